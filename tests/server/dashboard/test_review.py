"""The loop at the office: the queue, returning, co-signing, closing flags; who may, and what was shown counts."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import pytest

from server.storage import review
from server.storage.port import OfficeChange
from sync.ids import ORG_BUCKET
from sync.state import Record
from tests.server.dashboard.harbor import Harbor

READ = re.compile(r'href="/dashboard/notes/([0-9a-f-]{36})">Read')


@pytest.fixture
async def busy(desk: Harbor) -> Harbor:
    """The demo with the rule that every note is co-signed, and a supervisor signed in."""
    await rule(desk, {"who": "all"})
    await desk.enter()
    return desk


async def rule(desk: Harbor, cosign: dict[str, Any]) -> None:
    (organisation,) = await desk.records("organisation")
    change = OfficeChange("patch", "organisation", organisation.doc, ORG_BUCKET, {"rules": {"cosign": cosign}})
    decided = await desk.office.storage.submit_office(
        desk.org, desk.people.administrator.id, "administrator", [change], desk.office.clock()
    )
    assert decided.receipts[0].outcome == "applied"


async def queued(desk: Harbor) -> list[str]:
    return READ.findall(await desk.page("/dashboard/review"))


async def note_of(desk: Harbor, doc: str) -> Record:
    return next(note for note in await desk.records() if note.doc == doc)


def stamp(note: Record) -> dict[str, str]:
    assert note.signed
    return {"seen": str(note.seq), "hash": note.signed.hash}


async def test_strangers_and_specialists_reach_nothing(desk: Harbor) -> None:
    """Neither the lists nor the acts; nothing is changed."""
    note = (await desk.records())[0]
    for path in ("/dashboard/review", "/dashboard/caseloads"):
        assert (await desk.get(path)).status_code in (302, 303, 401)
    for act in ("return", "cosign", "close-flag"):
        answer = await desk.post(f"/dashboard/notes/{note.doc}/{act}", {"comment": "Why?", "reason": "x", **stamp(note)})
        assert answer.status_code in (302, 303, 401)
    assert await note_of(desk, note.doc) == note


async def test_another_organisations_note_is_not_there(desk: Harbor) -> None:
    """Not to be read, returned, co-signed or closed."""
    await desk.office.sign_in("supervisor")
    note = (await desk.records())[0]
    assert note.doc not in (await desk.get("/dashboard/review")).text
    for act in ("return", "cosign", "close-flag"):
        answer = await desk.post(f"/dashboard/notes/{note.doc}/{act}", {"comment": "Why?", "reason": "x", **stamp(note)})
        assert answer.status_code == 404
    assert await note_of(desk, note.doc) == note


async def test_an_administrator_reads_and_signs_nothing(busy: Harbor) -> None:
    """The agreement refuses, and what was typed is still there."""
    doc = (await queued(busy))[0]
    note = await note_of(busy, doc)
    await busy.enter(busy.people.administrator.sign_in)
    assert "/cosign" not in await busy.page(f"/dashboard/notes/{doc}")
    refused = await busy.post(f"/dashboard/notes/{doc}/return", {"comment": "Mine to keep", **stamp(note)})
    assert refused.status_code == 422
    assert "Only a supervisor" in refused.text
    assert await note_of(busy, doc) == note


async def test_ten_are_cosigned_from_the_queue_with_one_touch_each(busy: Harbor) -> None:
    """Each press leads to the next note; the queue is ten shorter, the audit ten rows longer."""
    before = await queued(busy)
    doc, done = before[0], []
    for _ in range(10):
        words = await busy.page(f"/dashboard/notes/{doc}")
        fields = dict(re.findall(r'<input type="hidden" name="(seen|hash)" value="([^"]+)">', words))
        answer = await busy.post(f"/dashboard/notes/{doc}/cosign", {**fields, "next": "yes"})
        assert answer.status_code == 303
        done.append(doc)
        doc = answer.headers["location"].rsplit("/", 1)[1]
    assert done == before[:10]
    assert await queued(busy) == before[10:]
    notes = {note.doc: note for note in await busy.records()}
    for one in done:
        seal, signed = notes[one].cosigned, notes[one].signed
        assert seal is not None
        assert signed is not None
        assert (seal.hash, seal.by) == (signed.hash, busy.people.supervisors[0].id)
    actions = [entry["subject"] for entry in await busy.office.log() if entry["action"] == "note_cosigned"]
    assert actions == done
    assert "Co-signed" in await busy.page(f"/dashboard/notes/{done[0]}")


async def test_the_queue_goes_forth_and_back(busy: Harbor) -> None:
    """Next and previous are links, without a script."""
    first, second, *_ = await queued(busy)
    assert f'href="/dashboard/notes/{second}" rel="next"' in await busy.page(f"/dashboard/notes/{first}")
    assert f'href="/dashboard/notes/{first}" rel="prev"' in await busy.page(f"/dashboard/notes/{second}")


async def test_a_return_with_a_passage_waits_and_leaves_the_queue(busy: Harbor) -> None:
    """The passage may be found without saying where; a browser's line ends do not matter."""
    notes = {note.doc: note for note in await busy.records()}
    doc = next(doc for doc in await queued(busy) if not notes[doc].returned)
    note = notes[doc]
    key, words = next((k, v) for k, v in note.fields["answers"].items() if isinstance(v, str) and " " in v)
    passage = words[:40].rpartition(" ")[0]
    fields = {"comment": "Who was there?\r\nAnd when?", "passage": f" {passage}\r\n", **stamp(note)}
    assert (await busy.post(f"/dashboard/notes/{doc}/return", fields)).status_code == 303
    after = await note_of(busy, doc)
    (said,) = after.returned
    assert (said.comment, said.passage, said.field) == ("Who was there?\nAnd when?", passage, f"answers.{key}")
    assert (after.fields, after.signed, after.state) == (note.fields, note.signed, "signed")
    assert doc not in await queued(busy)
    assert "Returned, waiting" in await busy.page("/dashboard")
    assert "Waits for its author" in await busy.page(f"/dashboard/notes/{doc}")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"comment": " "}, "Say what you ask for"),
        ({"comment": "x" * 4001}, "too long"),
        ({"comment": "Keep me", "passage": "nobody wrote this"}, "do not stand in that part"),
    ],
)
async def test_a_return_that_does_not_fit_keeps_what_was_typed(
    busy: Harbor, fields: dict[str, str], words: str
) -> None:
    doc = (await queued(busy))[0]
    note = await note_of(busy, doc)
    refused = await busy.post(f"/dashboard/notes/{doc}/return", {**fields, **stamp(note)})
    assert refused.status_code == 422
    assert words in refused.text
    assert all(value in refused.text for value in fields.values())
    assert await note_of(busy, doc) == note


async def test_a_page_that_grew_old_cosigns_nothing(busy: Harbor) -> None:
    """A colleague returned the note meanwhile: the page is shown again, with the return in it."""
    doc = (await queued(busy))[0]
    note = await note_of(busy, doc)
    await busy.post(f"/dashboard/notes/{doc}/return", {"comment": "What was decided?", **stamp(note)})
    refused = await busy.post(f"/dashboard/notes/{doc}/cosign", stamp(note))
    assert refused.status_code == 422
    assert "Something was added" in refused.text
    assert "What was decided?" in refused.text
    assert (await note_of(busy, doc)).cosigned is None
    assert (await busy.post(f"/dashboard/notes/{doc}/cosign", {"seen": "9" * 40, "hash": "z"})).status_code == 422


async def marked_provisional(desk: Harbor, person: str) -> None:
    change = OfficeChange("patch", "member", person, ORG_BUCKET, {"is_provisional": True})
    by = desk.people.administrator.id
    decided = await desk.office.storage.submit_office(desk.org, by, "administrator", [change], desk.office.clock())
    assert decided.receipts[0].outcome == "applied"


@pytest.mark.parametrize(
    "cosign",
    [
        {"who": "none"}, {"who": "all"}, {"who": "provisional"}, {"who": "crisis_only"},
        {"who": "sample", "percent": 1}, {"who": "sample", "percent": 50}, {"who": "sample", "percent": 100},
    ],
)  # fmt: skip
async def test_every_rule_of_co_signing_decides_the_queue(busy: Harbor, cosign: dict[str, Any]) -> None:
    """The queue is the exceptions and what the rule asks for, told from the records alone; each says why."""
    beginner = busy.people.specialists[1].id
    await marked_provisional(busy, beginner)
    everything = await queued(busy)
    await rule(busy, {"who": "none"})
    exceptions = set(await queued(busy))
    notes = {note.doc: note for note in await busy.records()}

    def is_asked(doc: str) -> bool:
        fields = notes[doc].fields
        match cosign["who"]:
            case "all":
                return True
            case "sample":
                return int(hashlib.sha256(doc.encode()).hexdigest()[:8], 16) % 100 < cosign["percent"]
            case "provisional":
                return notes[doc].author == beginner
            case "crisis_only":
                return fields["contact_kind"] == "crisis" or bool(fields.get("flags"))
            case _:
                return False

    if cosign["who"] != "none":
        await rule(busy, cosign)
    words = await busy.page("/dashboard/review")
    shown = READ.findall(words)
    asked = {doc for doc in everything if is_asked(doc)}
    assert set(shown) == exceptions | asked
    assert shown == await queued(busy), "and again"
    if cosign["who"] == "all":
        assert "Your rules ask you to co-sign every note." in words, "once for all"
    else:
        assert words.count("Needs co-signing because") == len(asked)
    if cosign["who"] in {"all", "provisional", "crisis_only"}:
        assert asked
    for doc in list(asked)[:3]:
        assert "Needs co-signing because" in await busy.page(f"/dashboard/notes/{doc}")


async def test_a_queue_says_why_of_each(busy: Harbor) -> None:
    """Whose credential it is, and the number that was drawn."""
    beginner = busy.people.specialists[1]
    await marked_provisional(busy, beginner.id)
    await rule(busy, {"who": "provisional"})
    assert f"because {beginner.name} has a provisional credential" in await busy.page("/dashboard/review")
    await rule(busy, {"who": "sample", "percent": 60})
    words = await busy.page("/dashboard/review")
    for number in re.findall(r"its number is (\d+), and your rules take every number below 60", words):
        assert int(number) < 60
    assert "its number is" in words


async def test_an_answer_from_the_phone_brings_a_note_back_to_the_queue(busy: Harbor) -> None:
    """One of the demo's returns was answered by an addendum: it is to be read again."""
    answered = [n for n in await busy.records() if n.returned and any(a.by == n.author for a in n.addenda)]
    assert answered
    async with busy.office.storage.read() as rows:
        waiting = {one.doc for one in await review.sent_back(rows, busy.org)}
    assert waiting.isdisjoint({note.doc for note in answered})
    assert {note.doc for note in answered} <= set(await queued(busy))


async def test_where_there_is_nothing_to_review_the_box_says_why(desk: Harbor) -> None:
    """A note that nobody signed yet; and a signed one before an administrator, who does not review."""
    await desk.enter("ines")
    signed = next(note for note in await desk.records() if note.state == "signed" and note.cosigned is None)
    unsigned = OfficeChange(
        "create", "note", "018f0000-0000-7000-8000-00000000abce", signed.bucket, dict(signed.fields)
    )
    ruth = desk.people.supervisors[0].id
    decided = await desk.office.storage.submit_office(desk.org, ruth, "supervisor", [unsigned], desk.office.clock())
    assert decided.receipts[0].outcome == "applied"
    assert "Not signed yet." in await desk.page(f"/dashboard/notes/{unsigned.doc}")
    assert "A supervisor reviews this note." in await desk.page(f"/dashboard/notes/{signed.doc}")
