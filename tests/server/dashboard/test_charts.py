"""Charts and periods are pure: the same groups say the same thing."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from server.dashboard.chart import HEIGHT, TOP, WIDTH, chart
from server.dashboard.freshness import freshness
from server.dashboard.periods import civil, day_of, periods, trend
from server.storage.activity import Group

HOUR = 3_600_000


def group(day: int, notes: int, site: str | None = "a") -> Group:
    return Group(day, site, "one_on_one", notes, 0, notes * 30, 0, 0, 0, 0)


@given(st.lists(st.integers(0, 100_000), max_size=120))
def test_bars_stay_within_their_drawing(values: list[int]) -> None:
    drawing = chart(values, ["Nov 9"] * len(values))
    for bar, value in zip(drawing.bars, values, strict=True):
        assert bar.x >= 0
        assert bar.x + bar.width <= WIDTH
        assert TOP <= bar.y <= drawing.base < HEIGHT
        assert bar.y + bar.height == drawing.base
        assert value or bar.height == 0
    assert all(a.x + a.width <= b.x for a, b in pairwise(drawing.bars))
    assert not drawing.bars or drawing.bars[-1].label == "Nov 9"


@given(st.integers(0, 40_000), st.integers(0, 800), st.lists(st.tuples(st.integers(-5, 900), st.integers(1, 9)), max_size=40))
def test_periods_cover_the_range_and_count_each_contact_once(first: int, length: int, found: list[tuple[int, int]]) -> None:
    last = first + length
    groups = [group(first + offset, notes) for offset, notes in found]
    made = periods(groups, first, last)
    assert (made[0].first, made[-1].last) == (first, last)
    assert all(a.last + 1 == b.first for a, b in pairwise(made))
    assert sum(period.notes for period in made) == sum(g.notes for g in groups if first <= g.day <= last)
    assert all(period.first <= g.day <= period.last for period in made for g in period.groups)


def test_a_month_is_told_by_day_and_more_by_week() -> None:
    assert len(periods([], 100, 130)) == 31
    assert [p.last - p.first for p in periods([], 100, 183)] == [6] * 12
    assert periods([], 100, 185)[0].last - periods([], 100, 185)[0].first == 1


def test_the_title_says_what_the_last_week_did() -> None:
    weeks = [group(100 + 7 * i, 100, "a") for i in range(8)]
    assert trend(periods(weeks, 94, 149)).word == "held"
    assert trend(periods([*weeks, group(149, 30, "b")], 94, 149)).word == "rose"
    assert trend(periods(weeks[:-1], 94, 149)).word == "fell"
    assert trend(periods([*weeks, group(149, 130, "b")], 94, 149)).most == "b"
    assert trend(periods([], 94, 149)).word == "none"
    assert trend(periods([group(100, 3)], 100, 100)).word == "first"


@given(st.integers(-700_000, 2_000_000))
def test_days_are_read_as_they_are_written(day: int) -> None:
    assert day_of(civil(day)) == day


def test_what_is_no_day_is_none() -> None:
    assert [day_of(text) for text in ("", "today", "2026-02-30", "2026-1-1", "0000-01-01")] == [None] * 5


def phone(state: str, *heard: int | None) -> dict[str, object]:
    return {"state": state, "last_push_at": heard[0], "last_pull_at": heard[1], "reported_at": None}


def test_freshness_counts_phones_in_use_and_the_quietest() -> None:
    now = 1_000 * HOUR
    phones = [phone("active", now - HOUR, None), phone("active", now - 60 * HOUR, now - 50 * HOUR), phone("revoked", 0, 0)]
    fresh = freshness(phones, now)
    assert (fresh.phones, fresh.heard, fresh.oldest_at) == (2, 1, now - 50 * HOUR)
    never = freshness([*phones, phone("active", None, None)], now)
    assert (never.phones, never.heard, never.oldest_at) == (3, 1, None)
    assert freshness([], now).phones == 0
