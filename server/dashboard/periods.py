"""Days grouped into periods a chart can show, and what those periods say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time
from typing import Final

import msgspec

from server.storage.activity import Group
from server.storage.records import zone_of

EPOCH_ORDINAL: Final = 719_163
WEEK: Final = 7
DAILY_UP_TO: Final = 31
NOTICEABLE: Final = 0.08


class Period(msgspec.Struct, frozen=True):
    """Days `first` to `last`, both included, with their groups."""

    first: int
    last: int
    groups: list[Group]

    @property
    def notes(self) -> int:
        return sum(group.notes for group in self.groups)

    def by(self, key: Callable[[Group], str | None]) -> Counter[str | None]:
        """Contacts by whatever `key` reads of a group."""
        counted: Counter[str | None] = Counter()
        for group in self.groups:
            counted[key(group)] += group.notes
        return counted


class Trend(msgspec.Struct, frozen=True):
    """The newest whole period against the mean of those before it. `word`: rose, fell, held, first or none."""

    word: str
    notes: int
    usual: int
    most: str | None


def civil(day: int) -> str:
    """`2026-11-21` of a day since 1970."""
    return date.fromordinal(day + EPOCH_ORDINAL).isoformat()


def day_of(text: str) -> int | None:
    """Day since 1970 of `2026-11-21`; None for what is no date."""
    try:
        return date.fromisoformat(text).toordinal() - EPOCH_ORDINAL
    except ValueError:
        return None


def instants(first: int, last: int, zone: str) -> tuple[int, int]:
    """The first and the last millisecond of the days `first` to `last` (days since 1970) in an IANA zone."""
    where = zone_of(zone)
    start, end = (datetime.combine(date.fromordinal(day + EPOCH_ORDINAL), time.min, where) for day in (first, last + 1))
    return int(start.timestamp() * 1000), int(end.timestamp() * 1000) - 1


def periods(groups: Iterable[Group], first: int, last: int) -> list[Period]:
    """Days for a range of up to a month, else weeks that end with the range; the first week may be short."""
    size = 1 if last - first < DAILY_UP_TO else WEEK
    ends = list(range(last, first - 1, -size))[::-1]
    made = [Period(max(first, end - size + 1), end, []) for end in ends]
    for group in groups:
        if first <= group.day <= last:
            made[len(made) - 1 - (last - group.day) // size].groups.append(group)
    return made


def trend(made: Sequence[Period]) -> Trend:
    """What the newest period says beside the ones before it."""
    if not made or not any(period.notes for period in made):
        return Trend("none", 0, 0, None)
    newest = made[-1]
    before = [period for period in made[:-1] if period.last - period.first == newest.last - newest.first]
    most = newest.by(lambda group: group.site).most_common(1)
    place = most[0][0] if most else None
    if not before:
        return Trend("first", newest.notes, 0, place)
    usual = round(sum(period.notes for period in before) / len(before))
    change = newest.notes - usual
    word = "held" if abs(change) <= NOTICEABLE * usual else "rose" if change > 0 else "fell"
    return Trend(word, newest.notes, usual, place)
