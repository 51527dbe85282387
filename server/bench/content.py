"""What the benchmark's phones write: notes of 1.5 kB in the demo's words, drawn evenly.

No two sentences are alike, so the text compresses worse than people's own; repeating sentences would flatter us.
"""

from __future__ import annotations

import re
from random import Random
from typing import Any, Final

import msgspec

from server.demo.phrases import FOLDER
from server.storage.ids import new_id

NOTE_BYTES: Final = 1_448
_NO_WORDS: Final = re.compile(r"[\[\]{}|\"\\]|^[a-z_]+ = |^#.*$", re.MULTILINE)
_ZONES: Final = ("America/New_York", "America/Chicago", "America/Denver")
_SETTINGS: Final = ("drop_in_center", "prison", "hospital_ed")
_SUPPORT: Final = ("emotional", "informational", "instrumental", "affiliational")
_HOUR: Final = 3_600_000


class Prose:
    """Words of both languages, drawn evenly."""

    def __init__(self) -> None:
        source = "\n".join((FOLDER / name).read_text("utf-8") for name in ("en.toml", "es.toml"))
        self._words = sorted(set(_NO_WORDS.sub(" ", source).split()))

    def text(self, dice: Random, size: int) -> str:
        """`size` characters of them."""
        return " ".join(dice.choices(self._words, k=size // 3))[:size]


def participant(dice: Random, n: int, doc: str, *, author: str, now: int) -> bytes:
    """The create of a person."""
    name = f"Person {dice.randrange(10**6)}"
    return _change(n, "participant", doc, {"name": name}, person=doc, author=author, now=now)


def note(prose: Prose, dice: Random, n: int, *, person: str, author: str, site: str, now: int) -> bytes:
    """The create of a note of NOTE_BYTES."""
    started = now - dice.randrange(60 * 24) * _HOUR // 60
    fields: dict[str, Any] = {
        "participant": person,
        "contact_kind": "one_on_one",
        "form": "one_on_one@1",
        "started_at": started,
        "ended_at": started + dice.randrange(15, 90) * 60_000,
        "zone": dice.choice(_ZONES),
        "setting": dice.choice(_SETTINGS),
        "mode": "in_person",
        "site": site,
        "support": dice.sample(_SUPPORT, 2),
        "answers": {"progress": "toward", "next_owner": "both", "shared": "yes"},
    }
    answers = fields["answers"]
    doc = new_id(now)
    room = NOTE_BYTES - len(_change(n, "note", doc, fields, person=person, author=author, now=now)) - 30
    for key, share in (("did", 0.5), ("went", 0.2), ("said", 0.15), ("next", 0.15)):
        answers[key] = prose.text(dice, int(room * share) - 8)
    return _change(n, "note", doc, fields, person=person, author=author, now=now)


def _change(n: int, noun: str, doc: str, fields: dict[str, Any], *, person: str, author: str, now: int) -> bytes:
    return msgspec.json.encode({
        "n": n,
        "kind": "create",
        "type": noun,
        "doc": doc,
        "bucket": f"p:{person}",
        "author": author,
        "captured": {"wall": now, "mono": n * 1000, "boot": "01a052d1-a159-76b5-bf6b-acda21c76d84"},
        "set": fields,
    })
