"""Where two texts differ, word by word, so that a reader need not hunt. Only marks; nothing is put together."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import Final

import msgspec

WORDS_LIMIT: Final = 3_000
_WORD: Final = re.compile(r"\s+|\w+|[^\w\s]")


class Piece(msgspec.Struct, frozen=True):
    """A stretch of a text. `is_own`: the other text does not have it here."""

    text: str
    is_own: bool


def pieces(text: str, other: str) -> list[Piece]:
    """`text` in stretches that join to itself; a very long one is left unmarked."""
    mine, theirs = _WORD.findall(text), _WORD.findall(other)
    if not other or max(len(mine), len(theirs)) > WORDS_LIMIT:
        return [Piece(text, is_own=False)] if text else []
    found: list[Piece] = []
    for tag, first, last, _, _ in SequenceMatcher(None, mine, theirs, autojunk=False).get_opcodes():
        if first < last:
            words = "".join(mine[first:last])
            found.append(Piece(words, is_own=tag != "equal" and not words.isspace()))
    return _joined(found)


def _joined(found: list[Piece]) -> list[Piece]:
    """Stretches that only a space parts read as one."""
    joined: list[Piece] = []
    for piece in found:
        if piece.is_own and len(joined) > 1 and joined[-1].text.isspace() and joined[-2].is_own:
            space = joined.pop()
            joined.append(Piece(joined.pop().text + space.text + piece.text, is_own=True))
        else:
            joined.append(piece)
    return joined
