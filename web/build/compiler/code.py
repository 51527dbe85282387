"""Pieces of TypeScript."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Literal, NamedTuple


def js(value: str | int | None) -> str:
    """A literal."""
    return json.dumps(value, ensure_ascii=False)


class Part(NamedTuple):
    """A piece of text: literal text, an expression that gives Markup, or one whose value is to be escaped."""

    kind: Literal["literal", "markup", "value"]
    code: str


def text_of(parts: Sequence[Part]) -> Part:
    """Pieces, one after the other, as one: a template that escapes whatever is not Markup."""
    if len(parts) == 1 and parts[0].kind == "markup":
        return parts[0]
    return Part("markup", f"h`{''.join(map(_in_template, parts))}`")


def _in_template(part: Part) -> str:
    if part.kind != "literal":
        return f"${{{part.code}}}"
    return part.code.replace("\\", "\\\\").replace("`", "\\`").replace("${", "\\${")
