"""Icons are the package's own pictures in fewer bytes."""

from __future__ import annotations

import pytest

from web.build.icons import absolute, hundredth, inner, short


@pytest.mark.parametrize(
    ("number", "shorter"),
    [
        ("21.854", "21.85"),
        (".937", ".94"),
        ("10.939", "10.94"),
        ("0.004", "0.0"),
        (".996", "1.0"),
        ("12.01", "12.01"),
        ("7", "7"),
    ],
)
def test_numbers_keep_their_size(number: str, shorter: str) -> None:
    assert hundredth(number) == shorter
    assert abs(float(number) - float(shorter)) <= 0.005


def test_a_path_that_began_relative_begins_where_it_did() -> None:
    assert absolute("m9 15 2 2 4-4") == "M9 15l2 2 4-4"
    assert absolute("m6 9-1-1h3") == "M6 9l-1-1h3"
    assert absolute("m6 9v3") == "M6 9v3"
    assert absolute("M6 9 1 1") == "M6 9 1 1"


def test_paths_become_one_and_other_shapes_stay() -> None:
    assert short('<path d="M8 2v3"/><circle cx="1.005" cy="2" r="3"/><path d="m9 15 2 2"/>') == (
        '<path d="M8 2v3M9 15l2 2"/><circle cx="1.005" cy="2" r="3"/>'
    )


def test_our_own_mark_is_an_icon_like_the_others() -> None:
    assert inner("alongside").startswith("<path")
    with pytest.raises(FileNotFoundError, match="no icon 'none-such'"):
        inner("none-such")


def test_flags_of_an_arc_are_no_number() -> None:
    """Lucide writes `0 002.001 2`: two flags and a number, which rounding must not take for one."""
    assert hundredth("002.001") == "002.0"
    assert hundredth("012.346") == "012.35"
    assert "0 002.0 2H8" in inner("book-open")
