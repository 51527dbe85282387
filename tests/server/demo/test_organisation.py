"""The demo organisation: promised in number, the same from the same seed, lifelike, and right by the office's rules."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from server.auth.access import Access
from server.auth.passwords import Passwords
from server.demo import SEED, cast, founding_day, make
from server.demo.phrases import FOLDER
from server.pokes import Pokes
from server.settings import from_environment
from server.storage.forms import forms
from server.storage.migrations import migrate
from server.storage.records import record_by_doc
from server.storage.sqlite import SqliteStorage
from sync.forms import missing
from sync.state import Record

NOW = 1_790_000_000_000
HOUR = 3_600_000
NOTES = 2_500
PROMPTS = ("said", "did", "went", "crisis_what", "crisis_coping", "next")


@asynccontextmanager
async def made(folder: Path, notes: int, seed: int = SEED) -> AsyncIterator[SqliteStorage]:
    settings = from_environment({"DATABASE": str(folder / "demo.sqlite3")})
    migrate(settings.database, NOW)
    async with SqliteStorage.open(settings.database, Pokes(), forms()) as storage:
        access = Access(storage, settings, lambda: NOW, Passwords(memory_kib=64, passes=1))
        people = cast(seed, founding_day(NOW), notes)
        await make(access, people, NOW, notes=notes, seed=seed)
        access.passwords.close()
        yield storage


async def records(storage: SqliteStorage) -> list[Record]:
    async with storage.read() as rows:
        found = await rows._connection.execute_fetchall("SELECT doc FROM record ORDER BY doc")
        return [record for row in found if (record := await record_by_doc(rows, 1, row["doc"]))]


async def all_of(folder: Path, notes: int, seed: int = SEED) -> list[Record]:
    async with made(folder, notes, seed) as storage:
        return await records(storage)


def fingerprint(found: list[Record]) -> str:
    """Everything a reader could see."""
    seen = [
        (r.doc, r.type, r.state, r.author, r.fields, r.signed and (r.signed.at, r.signed.hash), [a.text for a in r.addenda])
        for r in found
    ]
    return hashlib.sha256(msgspec.json.encode(seen, order="deterministic")).hexdigest()


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> list[Record]:
    return asyncio.run(all_of(tmp_path_factory.mktemp("demo"), NOTES))


def of(found: list[Record], noun: str) -> list[Record]:
    return [record for record in found if record.type == noun]


def test_the_numbers_are_the_promised_ones(everything: list[Record]) -> None:
    counts = Counter(record.type for record in everything)
    assert counts["note"] == NOTES
    assert (counts["site"], counts["participant"], counts["assignment"]) == (3, 90, 92)
    assert Counter(r.fields["role"] for r in of(everything, "member")) == {
        "administrator": 1, "supervisor": 2, "specialist": 6,
    }  # fmt: skip
    assert all(12 <= n <= 20 for n in Counter(r.fields["specialist"] for r in of(everything, "assignment")).values())
    assert {r.fields["setting"] for r in of(everything, "site")} == {"drop_in_center", "prison", "hospital_ed"}
    assert len({r.fields["name"] for r in of(everything, "participant")}) == 90
    assert all(r.fields["goals"] for r in of(everything, "participant"))


def test_every_kind_of_trouble_is_there(everything: list[Record]) -> None:
    notes = of(everything, "note")
    late = [n for n in notes if n.signed.at - n.fields["ended_at"] > 24 * HOUR]
    assert 0.015 < len(late) / NOTES < 0.06
    assert sum(bool(n.fields.get("flags")) for n in notes) >= 15
    assert any(n.flag_closed for n in notes)
    assert any(not a.reason for n in notes for a in n.addenda)
    assert len([d for d in of(everything, "draft") if d.state == "open"]) == 6
    assert {r.fields["code"] for r in of(everything, "returned")} == {"NOTE_SIGNED", "OUT_OF_SCOPE"}
    assert sum(bool(r.kept) for r in of(everything, "participant")) == 1


def test_notes_are_whole_signed_and_in_the_past(everything: list[Record]) -> None:
    known = forms()
    for note in of(everything, "note"):
        assert note.state == "signed"
        assert note.fields["started_at"] < note.fields["ended_at"] <= note.signed.at <= NOW
        assert note.signed.received <= NOW
        lacking = {problem.field for problem in missing(known[note.fields["form"]], note.fields)}
        assert lacking <= {"goals", "support"}


def test_nobody_is_in_two_places_at_once(everything: list[Record]) -> None:
    spans: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for note in of(everything, "note"):
        spans[note.author].append((note.fields["started_at"], note.fields["ended_at"]))
    for of_one in spans.values():
        # The people of one group share its hour: to its specialist that is one place.
        ordered = sorted(set(of_one))
        assert all(a[1] <= b[0] for a, b in pairwise(ordered))


def test_notes_read_like_different_people_on_different_days(everything: list[Record]) -> None:
    notes = [n for n in of(everything, "note") if n.fields["contact_kind"] != "attempt_no_show"]
    notes = [n for n in notes if "session" not in n.fields]
    texts = [" ".join(filter(None, (n.fields["answers"].get(key) for key in PROMPTS))) for n in notes]
    assert len(set(texts)) > 0.99 * len(texts)
    assert Counter(n.fields["answers"].get("said") for n in notes if "said" in n.fields["answers"]).most_common(1)[0][1] < 40
    lengths = sorted(len(text.split()) for text in texts)
    assert 40 <= lengths[len(lengths) // 2] <= 80
    assert lengths[-1] <= 120
    spanish = [n for n in notes if n.fields["answers"].get("said", "").startswith("«")]
    assert 0.05 < len(spanish) / len(notes) < 0.3
    assert not any("{" in text or "[" in text or "|" in text or "  " in text for text in texts)
    kinds = {n.fields["contact_kind"] for n in of(everything, "note")}
    assert {form.name for form in forms().values() if form.is_single} <= kinds
    assert all(n.fields["form"].startswith(n.fields["contact_kind"]) for n in notes if forms()[n.fields["form"]].version > 1)
    assert {kind for n in notes for kind in n.fields.get("support", ())} == {
        "emotional", "informational", "instrumental", "affiliational",
    }  # fmt: skip


CLINICAL = r"patient|client|complian|diagnos|symptom|addict|abuse|clean and sober|dirty|relaps|manipulat|in denial|non-?adheren"


@pytest.mark.parametrize("lang", ["en", "es"])
def test_words_are_person_first(lang: str) -> None:
    assert re.findall(CLINICAL, (FOLDER / f"{lang}.toml").read_text("utf-8"), re.IGNORECASE) == []


async def test_the_same_seed_and_hour_make_the_same_organisation(tmp_path: Path) -> None:
    one, two, three = [
        fingerprint(await all_of(tmp_path / name, 150, seed)) for name, seed in (("one", 5), ("two", 5), ("three", 6))
    ]
    assert one == two
    assert one != three


def test_larger_organisations_have_more_people_not_busier_ones() -> None:
    people = cast(SEED, founding_day(NOW), 10_000)
    assert len(people.specialists) == 24
    assert len(people.participants) == 24 * 15
    assert len({person.name for person in people.participants}) == len(people.participants)
