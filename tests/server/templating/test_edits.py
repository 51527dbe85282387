"""Where two texts differ: nothing is lost, nothing is put together, and both languages mark the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from server.templating.edits import EDITS_LIMIT, Piece, edits

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parents[2] / "vectors" / "edits.json").read_text("utf-8"))
WORDS = st.lists(st.sampled_from(["we", "went", "to", "see", "her", " ", ", ", ".", "\n", "día", "“"]), max_size=30).map("".join)


def test_the_vectors() -> None:
    for case in CASES:
        assert [[piece.kind, piece.text] for piece in edits(case["old"], case["new"])] == case["pieces"], case["about"]


@given(WORDS, WORDS)
def test_both_texts_are_in_it_whole(old: str, new: str) -> None:
    pieces = edits(old, new)
    assert "".join(piece.text for piece in pieces if piece.kind != "in") == old
    assert "".join(piece.text for piece in pieces if piece.kind != "out") == new
    assert all(piece.text for piece in pieces)


def test_what_stays_is_not_marked() -> None:
    pieces = edits("Likes the side door. Comes early.", "Likes the front door. Comes early.")
    assert [piece for piece in pieces if piece.kind != "same"] == [Piece("out", "side"), Piece("in", "front")]


def test_texts_with_nothing_in_common_end_soon() -> None:
    """More edits than the limit: one is out, the other in, in the time of a page."""
    old, new = (" ".join(f"{letter}{at}" for at in range(2 * EDITS_LIMIT)) for letter in "ab")
    assert [piece.kind for piece in edits(old, new)] == ["out", "in"]
