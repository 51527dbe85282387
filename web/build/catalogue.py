"""The phone's part of the catalogue, and the forms, as TypeScript data."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable
from typing import Any, Final

from server.templating.catalogue import LANGS, Lang, Text, sections
from web.build.paths import HEADER, WEB

SECTIONS: Final = ("common", "errors", "form", "gate", "note", "phone")
FORMS: Final = WEB / "forms"


def texts_module() -> str:
    """Both languages, only the sections that the phone shows: one line a text, because every phone loads it all."""
    by_lang = {lang: _merged(lang) for lang in LANGS}
    keys = sorted(by_lang[LANGS[0]])
    union = " | ".join(json.dumps(lang) for lang in LANGS)
    lines = "".join(f"  {lang}: {_js(_line(texts[key]) for key in keys)},\n" for lang, texts in by_lang.items())
    return (
        f"{HEADER}export type Lang = {union};\n\n"
        f"/** Keys, one a line; the texts of each language stand in the same order, plural forms apart by a tab. */\n"
        f"export const keys = {_js(keys)};\n"
        f"export const lines: Readonly<Record<Lang, string>> = {{\n{lines}}};\n"
    )


def _merged(lang: Lang) -> dict[str, Text]:
    of_lang = sections(lang)
    return {key: text for name in SECTIONS for key, text in of_lang.get(name, {}).items()}


def _line(text: Text) -> str:
    line = text if isinstance(text, str) else f"{text['one']}\t{text['other']}"
    if "\n" in line or line.count("\t") > isinstance(text, dict):
        raise ValueError(f"a text is one line without tabs: {line!r}")
    return line


def _js(lines: Iterable[str]) -> str:
    return json.dumps("\n".join(lines), ensure_ascii=False)


def forms_module() -> str:
    """Every form by its reference, such as `one_on_one@1`."""
    forms: dict[str, Any] = {}
    for path in sorted(FORMS.glob("*.toml")):
        form = tomllib.loads(path.read_text("utf-8"))
        forms[f"{form['name']}@{form['version']}"] = form
    data = json.dumps(forms, ensure_ascii=False, indent=2)
    refs = " | ".join(json.dumps(ref) for ref in forms) or "never"
    return (
        f'{HEADER}import type {{ Form }} from "../forms";\n\n'
        f"export const forms: Readonly<Record<{refs}, Form>> = {data};\n"
    )
