"""Where two texts differ, word by word, so that a reader need not hunt. Only marks; nothing is put together.

Twin of web/pocket/pages/edits.ts: both answer the cases in tests/vectors/edits.json alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final, Literal

import msgspec

EDITS_LIMIT: Final = 200
"""Texts with more differing words than this have nothing in common worth showing: one is out, the other in."""

_SPACE: Final = r" \t\n\r"
_MARKS: Final = r".,;:!?()\[\]\"“”„‘’«»¿¡…/–—\-"
_words_of: Final = re.compile(f"[{_SPACE}]+|[{_MARKS}]|[^{_SPACE}{_MARKS}]+").findall

Kind = Literal["same", "out", "in"]
_Hunk = tuple[str, str, str]
"""Words that stay, then those that went, then those that came."""


class Piece(msgspec.Struct, frozen=True):
    """A stretch of text: in both, only in the old one (`out`), only in the new one (`in`)."""

    kind: Kind
    text: str


def edits(old: str, new: str) -> list[Piece]:
    """Both texts in one: `same` and `out` joined are the old one, `same` and `in` the new one."""
    return [
        piece
        for same, gone, came in _joined(_hunks(_words_of(old), _words_of(new)))
        for piece in (Piece("same", same), Piece("out", gone), Piece("in", came))
        if piece.text
    ]


def _hunks(old: Sequence[str], new: Sequence[str]) -> Iterator[_Hunk]:
    head = _common(old, new, lambda words, at: words[at])
    rest = old[head:], new[head:]
    tail = _common(*rest, lambda words, at: words[len(words) - 1 - at])
    middle = rest[0][: len(rest[0]) - tail], rest[1][: len(rest[1]) - tail]
    same, before = "".join(old[:head]), (0, 0)
    for x, y in [*_kept(*middle), (len(middle[0]), len(middle[1]))]:
        if (x, y) != before:
            yield same, "".join(middle[0][before[0] : x]), "".join(middle[1][before[1] : y])
            same = ""
        same += middle[0][x] if x < len(middle[0]) else ""
        before = x + 1, y + 1
    yield same + "".join(old[len(old) - tail :]), "", ""


def _common(old: Sequence[str], new: Sequence[str], word: Callable[[Sequence[str], int], str]) -> int:
    most = min(len(old), len(new))
    return next((at for at in range(most) if word(old, at) != word(new, at)), most)


def _kept(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Places of the words that stay, by the fewest edits (Myers 1986); none where there are too many."""
    furthest = {1: 0}
    trace: list[dict[int, int]] = []
    for count in range(min(len(old) + len(new), EDITS_LIMIT) + 1):
        trace.append(dict(furthest))
        for line in range(-count, count + 1, 2):
            x = _step(furthest, count, line)
            y = x - line
            while x < len(old) and y < len(new) and old[x] == new[y]:
                x, y = x + 1, y + 1
            furthest[line] = x
            if x >= len(old) and y >= len(new):
                return _way_back(trace, x, y)
    return []


def _step(furthest: dict[int, int], count: int, line: int) -> int:
    if line == -count or (line != count and furthest[line - 1] < furthest[line + 1]):
        return furthest[line + 1]
    return furthest[line - 1] + 1


def _way_back(trace: Sequence[dict[int, int]], x: int, y: int) -> list[tuple[int, int]]:
    kept: list[tuple[int, int]] = []
    for count in range(len(trace) - 1, -1, -1):
        line = x - y
        start = _step(trace[count], count, line)
        while x > max(start, 0) and y > 0:
            x, y = x - 1, y - 1
            kept.append((x, y))
        is_down = line == -count or (line != count and trace[count][line - 1] < trace[count][line + 1])
        x, y = (x, y - 1) if is_down else (x - 1, y)
    return kept[::-1]


def _joined(hunks: Iterator[_Hunk]) -> Iterator[_Hunk]:
    """Changes that only a space parts read as one."""
    before: _Hunk = ("", "", "")
    for same, gone, came in hunks:
        is_one = same.isspace() and (gone or came) and (before[1] or before[2])
        if is_one and (before[1] or gone) and (before[2] or came):
            before = before[0], before[1] + same + gone, before[2] + same + came
            continue
        yield before
        before = same, gone, came
    yield before
