"""What the benchmark's phones write: notes of 1.5 kB in words that follow each other as in real notes.

A chain over the demo's phrases gives text with the entropy of prose; repeating whole sentences would flatter the
compression.
"""

from __future__ import annotations

import re
from collections import defaultdict
from random import Random
from typing import Any, Final

import msgspec

from server.demo.phrases import FOLDER
from server.storage.ids import new_id

NOTE_BYTES: Final = 1_448
_ZONES: Final = ("America/New_York", "America/Chicago", "America/Denver")
_SETTINGS: Final = ("drop_in_center", "prison", "hospital_ed")
_SUPPORT: Final = ("emotional", "informational", "instrumental", "affiliational")
_HOUR: Final = 3_600_000


class Prose:
    """A chain of words: what follows what in the demo's phrases."""

    def __init__(self) -> None:
        text = re.sub(r"[\[\]{}|\"\\]|^[a-z_]+ = |^#.*$", " ", (FOLDER / "en.toml").read_text("utf-8"), flags=re.MULTILINE)
        words = text.split()
        self._after: dict[str, list[str]] = defaultdict(list)
        for word, following in zip(words, words[1:], strict=False):
            self._after[word].append(following)
        self._words = words

    def text(self, dice: Random, size: int) -> str:
        """About `size` characters of it."""
        words = [dice.choice(self._words)]
        length = len(words[0])
        while length < size:
            words.append(dice.choice(self._after.get(words[-1]) or self._words))
            length += len(words[-1]) + 1
        return " ".join(words)[:size]


def participant(dice: Random, n: int, doc: str, author: str, now: int) -> bytes:
    """The create of a person."""
    name = f"Person {dice.randrange(10**6)}"
    return _change(n, "participant", doc, doc, author, now, {"name": name})


def note(prose: Prose, dice: Random, n: int, person: str, author: str, site: str, now: int) -> bytes:
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
    room = NOTE_BYTES - len(_change(n, "note", doc, person, author, now, fields)) - 30
    for key, share in (("did", 0.5), ("went", 0.2), ("said", 0.15), ("next", 0.15)):
        answers[key] = prose.text(dice, int(room * share) - 8)
    return _change(n, "note", doc, person, author, now, fields)


def _change(n: int, noun: str, doc: str, person: str, author: str, now: int, fields: dict[str, Any]) -> bytes:
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
