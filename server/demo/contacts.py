"""When people meet: a calendar of contacts over the last weeks, ending just before now."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from server.demo.cast import HOME, Cast, Participant
from server.demo.dice import dice

WEEKS: Final = 12
MINUTE: Final = 60_000
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR

# First and last hour a visit may start, by site; and how alive each weekday is there, Monday first.
OPEN_HOURS: Final = ((9, 19), (9, 16), (8, 20))
WEEKDAYS: Final = (
    (1.0, 1.1, 0.9, 1.1, 1.2, 0.5, 0.0),
    (0.0, 1.0, 1.1, 1.0, 0.0, 0.0, 0.0),
    (0.9, 0.7, 0.8, 0.9, 1.1, 0.9, 0.6),
)
LENGTHS: Final = ((8, 14, 18, 23, 27, 32, 38, 44), (1, 2, 3, 4, 4, 4, 3, 2))


# One specialist's phone has been out of reach for as long; what it holds is not known here.
SILENT_SPECIALIST: Final = 2
SILENT_MS: Final = 51 * HOUR
LATE_SHARE: Final = 0.035


class Contact(msgspec.Struct, frozen=True, order=True):
    """A meeting, as instants, in the order of signing. `site` and `participant` are positions in the cast."""

    signed_at: int
    started_at: int
    ended_at: int
    specialist: int
    site: int
    participant: int


def calendar(seed: int, cast: Cast, notes: int, now: int) -> list[Contact]:
    """Exactly `notes` contacts of the last twelve weeks, busier of late, never two at once for a specialist."""
    today = datetime.fromtimestamp(now / 1000, UTC).astimezone(ZoneInfo(cast.zone)).date()
    days = [today - timedelta(days=back) for back in range(WEEKS * 7)]
    chance = dice(seed, "calendar")
    slots = (
        (chance.random() ** (1 / weight), start, specialist, site)
        for specialist in range(len(cast.specialists))
        for day in days
        for start, site, weight in _openings(cast, specialist, day, (today - day).days, now)
    )
    chosen = sorted((start, specialist, site) for _, start, specialist, site in heapq.nlargest(notes, slots))
    if len(chosen) < notes:
        raise ValueError(f"{len(cast.specialists)} specialists cannot meet people {notes} times in {WEEKS} weeks")
    return _with_people(seed, cast, chosen, now)


def _openings(cast: Cast, specialist: int, day: date, days_ago: int, now: int) -> Iterator[tuple[int, int, float]]:
    """Hours of a day that a specialist could spend with somebody: start, site, how likely."""
    home = HOME[specialist % len(HOME)]
    site = home if home != 1 or WEEKDAYS[1][day.weekday()] else 0
    rising, holiday = 1.25 - 0.5 * days_ago / (WEEKS * 7), 0.6 if days_ago // 7 == 4 else 1.0
    weight = WEEKDAYS[site][day.weekday()] * rising * holiday
    zone = ZoneInfo(cast.sites[site].zone)
    if not weight:
        return
    first, last = OPEN_HOURS[site]
    for hour in range(first, last):
        start = int(datetime.combine(day, time(hour), zone).timestamp()) * 1000
        until = now - SILENT_MS if specialist == SILENT_SPECIALIST else now
        if start + 75 * MINUTE < until:
            yield start, site, weight * (0.45 if hour in {12, last - 1} else 1.0)


def _with_people(seed: int, cast: Cast, slots: list[tuple[int, int, int]], now: int) -> list[Contact]:
    caseloads: dict[tuple[int, int], list[int]] = defaultdict(list)
    for position, supported in enumerate(cast.participants):
        caseloads[supported.specialist, supported.site].append(position)
    meetings = Meetings(cast.participants, now, dice(seed, "meetings"))
    chance = dice(seed, "lengths")
    contacts: list[Contact] = []
    for start, specialist, site in slots:
        people = caseloads[specialist, site] or caseloads[specialist, HOME[specialist % len(HOME)]]
        begin = start + chance.randrange(13) * MINUTE
        end = min(begin + (chance.choices(*LENGTHS)[0] + chance.randrange(6)) * MINUTE, start + HOUR)
        until = now - SILENT_MS if specialist == SILENT_SPECIALIST else now
        person = meetings.who(people, start)
        contacts.append(Contact(_signed_at(end, site, until, chance), begin, end, specialist, site, person))
    return sorted(contacts)


class Meetings:
    """Who comes: by each person's rhythm, seldom twice a day, not those who have stayed away lately."""

    def __init__(self, participants: list[Participant], now: int, chance: Random) -> None:
        self._participants: Final = participants
        self._now: Final = now
        self._chance: Final = chance
        self._seen: Final[dict[int, int]] = {}

    def who(self, people: list[int], start: int) -> int:
        """One of these people (positions in the cast) for a meeting at `start`."""
        known = self._participants
        here = [p for p in people if self._now - start > known[p].away_days * DAY] or people
        weights = [known[p].rhythm * (0.05 if start - self._seen.get(p, 0) < 20 * HOUR else 1.0) for p in here]
        person = self._chance.choices(here, weights)[0]
        self._seen[person] = start
        return person


def _signed_at(ended_at: int, site: int, until: int, chance: Random) -> int:
    """Soon after; for the prison in the car that afternoon; now and then a day or four late."""
    if chance.random() < LATE_SHARE:
        delay = chance.randrange(25 * HOUR, 96 * HOUR)
    elif site == 1:
        delay = chance.randrange(2 * HOUR, 5 * HOUR)
    else:
        delay = int(chance.expovariate(1 / (25 * MINUTE))) + 2 * MINUTE
    return min(ended_at + delay, max(ended_at + MINUTE, until - chance.randrange(2, 12) * MINUTE))
