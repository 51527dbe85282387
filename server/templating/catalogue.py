"""Every word on a screen, by key and language. No text falls back to another language: a missing key is an error.

`web/catalogue/<lang>/<section>.json` holds flat keys; a text is a string, or `{"one": ..., "other": ...}` chosen by
the argument `n`. `web/pocket/templating/text.ts` is its twin on the phone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, get_args

from markupsafe import Markup, escape

Lang = Literal["en", "es"]
Text = str | dict[str, str]

LANGS: Final[tuple[Lang, ...]] = get_args(Lang)
CATALOGUE: Final = Path(__file__).parents[2] / "web" / "catalogue"
_PLACEHOLDER: Final = re.compile(r"\{([a-z_]+)\}")


class Catalogue:
    """The texts of one language, all sections in one namespace."""

    def __init__(self, lang: Lang, texts: Mapping[str, Text]) -> None:
        self.lang: Final = lang
        self._texts = texts
        self._plain: Final = {
            key: text for key, text in texts.items() if isinstance(text, str) and not _PLACEHOLDER.search(text)
        }

    def text(self, key: str, /, **args: Any) -> str:
        """The text with its placeholders filled; Markup, escaped, as soon as one argument is Markup."""
        if not args and (plain := self._plain.get(key)) is not None:
            return plain
        chosen = self._texts[key]
        if isinstance(chosen, dict):
            chosen = chosen["one" if args["n"] == 1 else "other"]
        shown = {name: self.shown(value) for name, value in args.items()}
        if any(isinstance(value, Markup) for value in shown.values()):
            return Markup(_PLACEHOLDER.sub(lambda found: escape(shown[found[1]]), str(escape(chosen))))  # noqa: S704 - both sides are escaped
        return _PLACEHOLDER.sub(lambda found: shown[found[1]], chosen)

    def shown(self, value: Any) -> str:
        """An argument as it stands in a text: numbers grouped, None as nothing."""
        if value is None:
            return ""
        if isinstance(value, str):
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            return self.number(value)
        raise TypeError(f"a text takes words and whole numbers, not {type(value).__name__}")

    def number(self, value: int) -> str:
        """A whole number in groups of three."""
        return f"{value:,}".replace(",", str(self._texts["number.group"]))


def sections(lang: Lang, root: Path = CATALOGUE) -> dict[str, dict[str, Text]]:
    """Section to its texts, as the files hold them."""
    return {path.stem: json.loads(path.read_text("utf-8")) for path in sorted((root / lang).glob("*.json"))}


@cache
def catalogue(lang: Lang) -> Catalogue:
    """The catalogue of a language, read once."""
    texts: dict[str, Text] = {}
    for section, of_section in sections(lang).items():
        if twice := texts.keys() & of_section.keys():
            raise ValueError(f"{lang}/{section}.json repeats {sorted(twice)}")
        texts.update(of_section)
    return Catalogue(lang, texts)
