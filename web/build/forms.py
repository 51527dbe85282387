"""The forms as TypeScript data: every version of every form, with each distinct field and section written once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import msgspec

from server.storage.forms import FOLDER, forms
from web.build.paths import HEADER

_HEAD: Final = f"""{HEADER}import type {{ Form, FormField, Section }} from "../forms";

"""


def module(folder: Path = FOLDER) -> str:
    """The module: `forms` by reference, `newest` by name. Raises FormFileError for a file that is no form."""
    known = forms(folder)
    parts = _Parts()
    rows = [f"  {_text(ref)}: {_form(msgspec.to_builtins(form), parts)},\n" for ref, form in known.items()]
    newest = {form.name: ref for ref, form in known.items()}
    return (
        f"{_HEAD}{''.join(parts.lines)}\n"
        "/** Every version of every form, by `name@version`. */\n"
        f"export const forms: Readonly<Record<string, Form>> = {{\n{''.join(rows)}}};\n\n"
        "/** What a fresh draft begins with, by the form's name. */\n"
        f"export const newest: Readonly<Record<string, string>> = {_text(newest)};\n"
    )


class _Parts:
    """Constants that forms share, named in the order in which they are first used."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._names: dict[str, str] = {}

    def name(self, kind: str, letter: str, value: str) -> str:
        if value not in self._names:
            self._names[value] = f"{letter}{len(self._names)}"
            self.lines.append(f"const {self._names[value]}: {kind} = {value};\n")
        return self._names[value]


def _form(form: dict[str, Any], parts: _Parts) -> str:
    sections = [_section(section, parts) for section in form.pop("section")]
    return _with(form, "section", sections)


def _section(section: dict[str, Any], parts: _Parts) -> str:
    fields = [parts.name("FormField", "f", _text(field)) for field in section.pop("field")]
    return parts.name("Section", "s", _with(section, "field", fields))


def _with(table: dict[str, Any], key: str, names: list[str]) -> str:
    """The table as an object that also holds a list of constants."""
    return f"{{ ...{_text(table)}, {key}: [{', '.join(names)}] }}" if table else f"{{ {key}: [{', '.join(names)}] }}"


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
