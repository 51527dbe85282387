"""CSV that no spreadsheet runs: every cell quoted, none that could be read as a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Final

MARK: Final = "\ufeff"  # spreadsheets take a file without it for Latin-1
_STARTERS: Final = "=+-@＝＋－＠﹢﹣"
_BREAKS: Final = re.compile("[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+")
_INNER: Final = re.compile(rf"([;\t|]\s*)([{re.escape(_STARTERS)}])")


def safe(value: object) -> str:
    """A cell as text. What a formula could begin with gets an apostrophe before it, which spreadsheets do not show.

    Also after a character at which a program might part the line in its own way; line breaks become " / ".
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{value:.10g}"
    text = _INNER.sub(r"\1'\2", _BREAKS.sub(" / ", str(value)).replace("\x00", ""))
    stripped = text.lstrip(" \t\u00a0'\"")
    return f"'{text}" if stripped[:1] and stripped[0] in _STARTERS else text


def table(rows: Iterable[Sequence[object]]) -> bytes:
    """UTF-8 with a mark, every cell quoted, CRLF ends."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return (MARK + out.getvalue()).encode()
