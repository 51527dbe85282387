"""The phone's part of the catalogue as TypeScript data.

Every phone loads these bytes before it can open a screen, so they are laid out for size: one line a text, in an
order that templates know by number. A key keeps its name only where code computes it or spells it out. English
is part of the service worker; another language is a file of its own, loaded by those who read it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import count, pairwise
from pathlib import Path
from typing import Final, NamedTuple

from server.templating.catalogue import LANGS, Lang, Text, sections
from web.build.paths import GENERATED, HEADER, WEB

PLACES: Final = 262_144  # many more than keys, or no salt keeps them apart
FIRST_STEP: Final = 32
SECTIONS: Final = (
    "attach",
    "common",
    "consent",
    "errors",
    "form",
    "gate",
    "keepwell",
    "links",
    "many",
    "loop",
    "moment",
    "note",
    "person",
    "phone",
    "plan",
    "units",
    "whom",
)
BUILT_IN: Final[Lang] = "en"
_WORD: Final = re.compile(r"""["']([a-z_]+\.[A-Za-z0-9_.]+)["']""")
_COMPUTED: Final = re.compile(r"`([a-z_]+\.[a-z_.]*)\$\{")


class Part(NamedTuple):
    """Texts that travel together: those with a name first, by their place, then those that only templates name."""

    named: Sequence[str]
    numbered: Sequence[str]


class Wanted(NamedTuple):
    """What a program needs: keys its templates write out, beginnings of keys they compute, and its own sources."""

    texts: Iterable[str]
    prefixes: Iterable[str]
    sources: Iterable[Path]


class Layout:
    """The order of the phone's texts: what the first program needs, then the rest."""

    def __init__(self, everything: Wanted, first: Wanted | None = None) -> None:
        known = _merged(BUILT_IN)
        named = _named(everything, known)
        self.salt: Final = _salt(named)
        in_first = set(first.texts) if first else set()
        early = in_first | (set(_named(first, known)) if first else set())
        numbered = sorted(set(everything.texts) & known.keys() - set(named))
        self.parts: Final = [
            Part(
                sorted((key for key in named if (key in early) is is_first), key=lambda key: place(key, self.salt)),
                [key for key in numbered if (key in in_first) is is_first],
            )
            for is_first in (True, False)
        ]
        order = [key for part in self.parts for key in (*part.named, *part.numbered)]
        self.numbers: Final = {key: at for at, key in enumerate(order) if key not in set(named)}

    def lines(self, lang: Lang, part: Part) -> str:
        """The texts of a language, one a line."""
        texts = _merged(lang)
        return "\n".join(_line(texts[key]) for key in (*part.named, *part.numbered))

    def module(self, part: Part) -> str:
        """The TypeScript module of one part: where its names lie, and its words in the built-in language."""
        union = " | ".join(json.dumps(lang) for lang in LANGS)
        places = [place(key, self.salt) for key in part.named]
        steps = "".join(chr(FIRST_STEP + step - last) for last, step in pairwise([0, *places]))
        return (
            f"{HEADER}export type Lang = {union};\n\n"
            f"export const salt = {self.salt};\n\n"
            "/** Where the keys of the first lines lie, each as a step from the last: see `place` in the build. */\n"
            f"export const steps = {json.dumps(steps, ensure_ascii=False)};\n\n"
            "/** One text a line, plural forms apart by a tab; what templates know by number comes last. */\n"
            f"export const {BUILT_IN} = {json.dumps(self.lines(BUILT_IN, part), ensure_ascii=False)};\n"
        )


def _named(wanted: Wanted, known: Mapping[str, Text]) -> list[str]:
    """Keys that code spells out or computes: they are found by their name."""
    code = "\n".join(path.read_text("utf-8") for path in wanted.sources)
    words = set(_WORD.findall(code))
    starts = (*wanted.prefixes, *_COMPUTED.findall(code), *(word for word in words if word.endswith(".")))
    return [key for key in known if key in words or key.startswith(starts)]


def place(key: str, salt: int) -> int:
    """A number that stands for a key, so that no phone has to load the names of its texts: FNV-1a, cut to 18 bits."""
    value = salt
    for character in key:
        value = (value ^ ord(character)) * 16_777_619 & 0xFFFF_FFFF
    return value % PLACES


def _salt(keys: Sequence[str]) -> int:
    """The first salt that gives every key a place of its own."""
    return next(salt for salt in count(1) if len({place(key, salt) for key in keys}) == len(keys))


def sources(patterns: Iterable[str] = ("**/*.ts",)) -> list[Path]:
    """The phone's own code, or a part of it."""
    found = (path for pattern in patterns for path in (WEB / "pocket").glob(pattern))
    return sorted(path for path in found if GENERATED not in path.parents)


def _merged(lang: Lang) -> dict[str, Text]:
    of_lang = sections(lang)
    return {key: text for name in SECTIONS for key, text in of_lang.get(name, {}).items()}


def _line(text: Text) -> str:
    line = text if isinstance(text, str) else f"{text['one']}\t{text['other']}"
    if "\n" in line or line.count("\t") > isinstance(text, dict):
        raise ValueError(f"a text is one line without tabs: {line!r}")
    return line
