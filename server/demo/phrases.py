"""The demo's language: fragments with choices and slots, compiled once, so that a note costs microseconds."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Final

import msgspec

FOLDER: Final = Path(__file__).parent / "phrases"
_TOKEN: Final = re.compile(r"\[([^\[\]]*)\]|\{(\w+)\}")

# A literal, a list of alternatives, or the name of a slot in a one-element tuple.
Part = str | list["Fragment"] | tuple[str]
Fragment = list[Part]
Slots = dict[str, list[Fragment]]

PRONOUNS: Final = {
    "she/her": {"they": "she", "them": "her", "their": "her", "themself": "herself"},
    "he/him": {"they": "he", "them": "him", "their": "his", "themself": "himself"},
    "they/them": {"they": "they", "them": "them", "their": "their", "themself": "themself"},
}


class Theme(msgspec.Struct, frozen=True):
    """One subject of conversation. `did`: a sentence of each of its groups is taken, in order.

    `flags`: where every contact is about safety, the flag that belongs to each of `words`; else the ones that may be.
    """

    name: str
    kinds: list[str]
    where: list[str]
    support: list[str]
    goals: list[Fragment]
    words: list[Fragment]
    did: list[list[Fragment]]
    went: list[Fragment]
    next: list[Fragment]
    flags: list[str]
    is_about_safety: bool


class Language(msgspec.Struct, frozen=True):
    """All that can be said in one language. `form_words`: short answers by the key of their question."""

    slots: Slots
    themes: dict[str, Theme]
    words_tail: list[Fragment]
    between: list[Fragment]
    went_tail: list[Fragment]
    addenda: list[Fragment]
    form_words: dict[str, list[Fragment]]


@cache
def language(lang: str) -> Language:
    """The compiled phrases of `en` or `es`."""
    data = tomllib.loads((FOLDER / f"{lang}.toml").read_text(encoding="utf-8"))
    general = data["general"]
    return Language(
        slots={name: _all(texts) for name, texts in data["slots"].items()},
        themes={theme["name"]: _theme(theme) for theme in data["theme"]},
        words_tail=_all(general["words_tail"]),
        between=_all(general["between"]),
        went_tail=_all(general["went_tail"]),
        addenda=_all(general["addenda"]),
        form_words={key: _all(texts) for key, texts in data["form_words"].items()},
    )


def compiled(text: str) -> Fragment:
    """`a [b|c] {slot}` as parts; choices may hold slots but no further choices."""
    parts: Fragment = []
    at = 0
    for match in _TOKEN.finditer(text):
        parts.append(text[at : match.start()])
        choices, slot = match.groups()
        parts.append((slot,) if slot else [compiled(choice) for choice in choices.split("|")])
        at = match.end()
    parts.append(text[at:])
    return [part for part in parts if part]


class Speaker:
    """Somebody who speaks a language about a person; every reading is drawn anew."""

    def __init__(self, spoken: Language, pronouns: str, chance: Random) -> None:
        self.spoken: Final = spoken
        self._pronouns: Final = PRONOUNS[pronouns]
        self._chance: Final = chance

    def sentence(self, options: list[Fragment]) -> str:
        """A reading of one of the options, beginning with a capital and without stray spaces."""
        return _capital(self.say(_pick(options, self._chance)).strip())

    def say(self, fragment: Fragment) -> str:
        """One reading of a fragment. A slot with a capital (`{They}`) is written with one."""
        said: list[str] = []
        for part in fragment:
            if isinstance(part, str):
                said.append(part)
            elif isinstance(part, list):
                said.append(self.say(_pick(part, self._chance)))
            else:
                said.append(self._slot(part[0]))
        return "".join(said)

    def _slot(self, name: str) -> str:
        folded = name.lower()
        text = self._pronouns.get(folded) or self.say(_pick(self.spoken.slots[folded], self._chance))
        return _capital(text) if folded != name else text


def _pick(options: list[Fragment], dice: Random) -> Fragment:
    return options[int(dice.random() * len(options))]


def _capital(text: str) -> str:
    lead = 1 if text[:1] in {'"', "«"} else 0
    return text[:lead] + text[lead : lead + 1].upper() + text[lead + 1 :]


def _all(texts: list[str]) -> list[Fragment]:
    return [compiled(text) for text in texts]


def _theme(data: dict[str, Any]) -> Theme:
    return Theme(
        name=data["name"],
        kinds=data["kinds"],
        where=data["where"],
        support=data["support"],
        goals=_all(data.get("goals", [])),
        words=_all(data["words"]),
        did=[_all(group) for group in data["did"]],
        went=_all(data["went"]),
        next=_all(data["next"]),
        flags=data.get("flags", []),
        is_about_safety=data["kinds"] == ["crisis"],
    )
