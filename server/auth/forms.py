"""What a posted form said, as typed: every field is text, bounded, and kept for showing it again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec
from litestar import Request

FORM_LIMIT_BYTES: Final = 64 * 1024
_REPLACED: Final = {code: None for code in range(32) if chr(code) not in "\t\n"} | {0x7F: None}


class Problem(msgspec.Struct, frozen=True):
    """One thing to put right: the field it stands at ('' for the whole form) and the sentence, in both places."""

    field: str
    text: str


class Form(Mapping[str, str]):
    """Field to its text; a field that was not sent reads as ''."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        self._fields = dict(fields)

    def __getitem__(self, name: str) -> str:
        return self._fields.get(name, "")

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def line(self, name: str, limit: int = 120) -> str:
        """A field as one line without space around it, cut at `limit`."""
        return " ".join(self[name].split())[:limit]


async def posted(request: Request[Any, Any, Any]) -> Form:
    """The text fields of a posted form. Control characters fall out, lone surrogates become U+FFFD."""
    data = await request.form()
    return Form({name: clean(value) for name, value in data.multi_items() if isinstance(value, str)})


async def picked(request: Request[Any, Any, Any]) -> dict[str, list[str]]:
    """Every value of fields that may be sent more than once, such as boxes that were ticked; to be asked by name."""
    data = await request.form()
    found: dict[str, list[str]] = {}
    for name, value in data.multi_items():
        if isinstance(value, str):
            found.setdefault(name, []).append(clean(value))
    return found


def clean(text: str) -> str:
    """Text as the records accept it: LF line ends, no control characters, nothing that is not Unicode."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return whole.replace("\r\n", "\n").translate(_REPLACED)


def errors_by_field(problems: list[Problem]) -> Form:
    """First problem of each field, for standing inline; a field without one reads as ''."""
    return Form({problem.field: problem.text for problem in reversed(problems)})
