"""How much of what the organisation's rules allow each person has used, on a day and in its period."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final, Literal

import msgspec

from server.dashboard.unit_sums import HUNDRED, Piece, UnitSums
from sync.records.rules import UnitRule
from sync.units import period_start

Standing = Literal["over", "near", "within"]
ORDER: Final[tuple[Standing, ...]] = ("over", "near", "within")


class Use(msgspec.Struct, frozen=True):
    """Hundredths of units. `paid` of `limit` are used; `past`: those that this limit left unpaid. `limit` 0: none.

    `near`: from how many of a hundred on somebody is near the limit.
    """

    paid: int
    past: int
    limit: int
    near: int

    @property
    def percent(self) -> int:
        """Rounded down, so that 100 means that nothing is left."""
        return self.paid * 100 // self.limit if self.limit else 0

    @property
    def standing(self) -> Standing:
        if self.limit and self.past:
            return "over"
        return "near" if self.limit and self.percent >= self.near else "within"


class Used(msgspec.Struct, frozen=True):
    """One person's use on a day, and from the beginning of its period up to that day."""

    day: Use
    period: Use

    @property
    def standing(self) -> Standing:
        return min((self.day.standing, self.period.standing), key=ORDER.index)


def has_limit(rule: UnitRule) -> bool:
    """Whether there is anything to come near to."""
    return bool(rule.max_per_day or _has_period(rule))


def used(pieces: Sequence[Piece], rule: UnitRule, day: int, near: int) -> Used:
    """A person's contacts against the rules, as of `day` (days since 1970). `near`: percent."""
    start = period_start(day, rule) if _has_period(rule) else day
    days: defaultdict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for one in pieces:
        if start <= one.day <= day and (one.paid or one.is_past):
            made, paid = days[one.day]
            days[one.day] = (made + one.made, paid + one.paid)
    made, paid = days[day]
    most = rule.max_per_day * HUNDRED
    on_day = Use(paid, max(0, made - most) if most else 0, most, near)
    if not _has_period(rule):
        return Used(on_day, Use(paid, 0, 0, near))
    in_days = sum(min(made, most) if most else made for made, _ in days.values())
    paid = sum(paid for _, paid in days.values())
    return Used(on_day, Use(paid, max(0, in_days - paid), rule.max_per_period * HUNDRED, near))


def _has_period(rule: UnitRule) -> bool:
    return rule.period != "none" and rule.max_per_period > 0


class Reached:
    """Everybody who is near a limit or past it today. Only whose contacts changed is looked at again."""

    def __init__(self) -> None:
        self.people: Final = dict[str, tuple[Standing, int]]()
        """Bucket to standing, and since which day."""
        self._conditions: tuple[UnitRule, int, int] | None = None

    def look_again(self, sums: UnitSums, rule: UnitRule, today: int, near: int) -> None:
        """Bring it to where the sums stand."""
        conditions = (rule, today, near)
        buckets = sums.changed if conditions == self._conditions else {*self.people, *sums.people}
        for bucket in buckets:
            pieces = sums.people.get(bucket, [])
            standing = used(pieces, rule, today, near).standing
            if standing == "within":
                self.people.pop(bucket, None)
            else:
                self.people[bucket] = (standing, since(pieces, rule, today, near))
        sums.changed.clear()
        self._conditions = conditions


def since(pieces: Sequence[Piece], rule: UnitRule, day: int, near: int) -> int:
    """Since which day of the period somebody has been near its limit; `day` itself where it is the day's limit."""
    paid = 0
    enough = near * rule.max_per_period
    start = period_start(day, rule) if _has_period(rule) else day
    for one in pieces:
        paid += one.paid if start <= one.day <= day else 0
        if enough and paid >= enough:
            return one.day
    return day
