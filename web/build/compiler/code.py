"""Pieces of TypeScript."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Final

_STRING: Final = re.compile(r'"(?:[^"\\]|\\.)*"')


def js(value: str | int | None) -> str:
    """A literal."""
    return json.dumps(value, ensure_ascii=False)


def text_of(parts: Sequence[str]) -> str:
    """Literals and expressions, one after the other, as one expression."""
    parts = _merged(parts)
    if not parts:
        return '""'
    if len(parts) == 1:
        return parts[0]
    return "`" + "".join(_in_template(part) for part in parts) + "`"


def is_one_call(code: str) -> bool:
    """Does the parenthesis that opens first close last? Strings may hold more of them, so they are left out first."""
    depth = 0
    bare = _STRING.sub("", code)
    for at, character in enumerate(bare):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == ")" and depth == 0:
            return at == len(bare) - 1
    return False


def _merged(parts: Sequence[str]) -> list[str]:
    """Neighbouring literals as one."""
    merged: list[str] = []
    for part in parts:
        if merged and part.startswith('"') and merged[-1].startswith('"'):
            merged[-1] = merged[-1][:-1] + part[1:]
        elif part != '""':
            merged.append(part)
    return merged


def _in_template(part: str) -> str:
    if not part.startswith('"'):
        return f"${{{part}}}"
    text: str = json.loads(part)
    return text.replace("\\", "\\\\").replace("`", "\\`").replace("${", "\\${")
