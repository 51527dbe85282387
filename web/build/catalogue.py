"""The phone's part of the catalogue, and the forms, as TypeScript data.

Every phone loads these bytes before it can open a screen, so they are laid out for size: one line a text, in an
order that templates know by number. A key keeps its name only where code computes it or spells it out. English
is part of the service worker; another language is a file of its own, loaded by those who read it.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Sequence
from itertools import count, pairwise
from pathlib import Path
from typing import Any, Final

from server.templating.catalogue import LANGS, Lang, Text, sections
from web.build.paths import GENERATED, HEADER, WEB

PLACES: Final = 16_384
FIRST_STEP: Final = 32
SECTIONS: Final = ("common", "errors", "form", "gate", "note", "phone")
FORMS: Final = WEB / "forms"
NOT_ON_PHONE: Final = frozenset(("label", "hint"))  # its templates name these texts themselves
BUILT_IN: Final[Lang] = "en"
_WORD: Final = re.compile(r"""["']([a-z_]+\.[A-Za-z0-9_.]+)["']""")
_COMPUTED: Final = re.compile(r"`([a-z_]+\.[a-z_.]*)\$\{")


class Layout:
    """The order of the phone's texts: the named ones first, then those that only templates name."""

    def __init__(self, in_templates: Iterable[str], prefixes: Iterable[str]) -> None:
        known = _merged(BUILT_IN)
        code = "\n".join(path.read_text("utf-8") for path in _sources())
        words = set(_WORD.findall(code))
        starts = (*prefixes, *_COMPUTED.findall(code), *(word for word in words if word.endswith(".")))
        named = [key for key in known if key in words or key.startswith(starts)]
        self.salt: Final = _salt(named)
        self.named: Final = sorted(named, key=lambda key: place(key, self.salt))
        self.numbered: Final = sorted(set(in_templates) & known.keys() - set(self.named))
        self.numbers: Final = {key: len(self.named) + at for at, key in enumerate(self.numbered)}

    def lines(self, lang: Lang) -> str:
        """The texts of a language, one a line."""
        texts = _merged(lang)
        return "\n".join(_line(texts[key]) for key in (*self.named, *self.numbered))

    def module(self) -> str:
        """The TypeScript module: names and the built-in language."""
        union = " | ".join(json.dumps(lang) for lang in LANGS)
        places = [place(key, self.salt) for key in self.named]
        steps = "".join(chr(FIRST_STEP + step - last) for last, step in pairwise([0, *places]))
        return (
            f"{HEADER}export type Lang = {union};\n\n"
            "/** Where the keys of the first lines lie, each as a step from the last: see `place` in the build. */\n"
            f"export const salt = {self.salt};\n"
            f"export const steps = {json.dumps(steps, ensure_ascii=False)};\n\n"
            "/** One text a line, plural forms apart by a tab; what templates know by number comes last. */\n"
            f"export const {BUILT_IN} = {json.dumps(self.lines(BUILT_IN), ensure_ascii=False)};\n"
        )


def place(key: str, salt: int) -> int:
    """A number that stands for a key, so that no phone has to load the names of its texts: FNV-1a, cut to 14 bits."""
    value = salt
    for character in key:
        value = (value ^ ord(character)) * 16_777_619 & 0xFFFF_FFFF
    return value % PLACES


def _salt(keys: Sequence[str]) -> int:
    """The first salt that gives every key a place of its own."""
    return next(salt for salt in count(1) if len({place(key, salt) for key in keys}) == len(keys))


def _sources() -> list[Path]:
    return [path for path in sorted((WEB / "pocket").rglob("*.ts")) if GENERATED not in path.parents]


def _merged(lang: Lang) -> dict[str, Text]:
    of_lang = sections(lang)
    return {key: text for name in SECTIONS for key, text in of_lang.get(name, {}).items()}


def _line(text: Text) -> str:
    line = text if isinstance(text, str) else f"{text['one']}\t{text['other']}"
    if "\n" in line or line.count("\t") > isinstance(text, dict):
        raise ValueError(f"a text is one line without tabs: {line!r}")
    return line


def forms_module() -> str:
    """Every form by its reference, such as `one_on_one@1`."""
    forms: dict[str, Any] = {}
    for path in sorted(FORMS.glob("*.toml")):
        form = tomllib.loads(path.read_text("utf-8"))
        for field in form["field"]:
            for words in NOT_ON_PHONE & field.keys():
                del field[words]
        forms[f"{form['name']}@{form['version']}"] = form
    data = json.dumps(forms, ensure_ascii=False, indent=2)
    refs = " | ".join(json.dumps(ref) for ref in forms) or "never"
    return (
        f'{HEADER}import type {{ Form }} from "../forms";\n\n'
        f"export const forms: Readonly<Record<{refs}, Form>> = {data};\n"
    )
