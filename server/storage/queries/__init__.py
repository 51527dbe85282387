"""The SQL of the office, by noun: `-- name: query` above each statement; `file.query` names it in Python."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final

_NAME: Final = re.compile(r"^-- name: ([a-z_]+)\s*$", re.MULTILINE)


@cache
def statements() -> dict[str, str]:
    """Every named statement of every file here; a name given twice is a mistake that stops the office."""
    found: dict[str, str] = {}
    for file in sorted(Path(__file__).parent.glob("*.sql")):
        _, *pieces = _NAME.split(file.read_text("utf-8"))
        for name, text in zip(pieces[::2], pieces[1::2], strict=True):
            if (key := f"{file.stem}.{name}") in found:
                raise ValueError(f"query {key} is there twice")
            found[key] = text.strip().rstrip(";")
    return found


def sql(query: str) -> str:
    """Text of a named statement."""
    return statements()[query]
