"""/dashboard/outcomes: how answers have changed from each person's first check-in to their newest, never a name.

A person counts once, with the first and the newest answer within the year. Averages of fewer than five people are not
shown: they would say something about somebody. Nobody is ranked, and nothing here scores risk.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency

from server.auth.access import Access
from server.auth.sessions import Member
from server.dashboard.scene import Scene, look
from server.dashboard.shown import shown
from server.dashboard.waiting import waiting
from server.responses import AnyRequest
from server.storage import links
from server.storage.links import Instrument
from sync.instruments import score, span
from sync.records.checkin import CheckinFields

LEAST_PEOPLE: Final = 5
YEAR_MS: Final = 365 * 24 * 3_600_000
OWN: Final = ("mood", "connection", "housing", "hope", "cravings")
LESS_IS_BETTER: Final = frozenset({"cravings"})
OWN_MOST: Final = 10


class Value(msgspec.Struct, frozen=True):
    """What one person answered at one time."""

    person: str
    at: int
    value: int


class Outcome(msgspec.Struct, frozen=True):
    """One row. `people` with two answers or more; means in tenths, None where too few people stand behind them."""

    title: str
    least: int
    most: int
    is_more_better: bool
    people: int
    first: int | None
    newest: int | None
    change: int | None
    higher: int | None
    lower: int | None


@get("/outcomes")
async def show(request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member]) -> Response[Any]:
    async with access.storage.read() as rows:
        scene = await look(request, access, member, rows)
        found = await waiting(rows, scene)
        every = await scene.standing.remembered("checkins", partial(links.checkins, rows, member.org))
        installed = await links.instruments(rows, member.org)
    recent = [one for one in every if one.taken_at > scene.now - YEAR_MS]
    view = {
        "outcomes": [row for row in _rows(scene, recent, installed) if row.people],
        "checkins": len(recent),
        "people": len({one.participant for one in recent}),
        "least": LEAST_PEOPLE,
    }
    return shown(request, scene, found, "dashboard/outcomes.html", view)


def _rows(scene: Scene, every: Sequence[CheckinFields], installed: Sequence[Instrument]) -> list[Outcome]:
    own = [one for one in every if one.instrument is None]
    rows = []
    for key in OWN:
        title = scene.text(f"links.own.{key}.short")
        rows.append(outcome(title, (0, OWN_MOST), _own(own, key), is_more_better=key not in LESS_IS_BETTER))
    for instrument in installed:
        fields = instrument.fields
        values = _scored([one for one in every if one.instrument == instrument.id], instrument)
        rows.append(outcome(fields.name, span(fields), values, is_more_better=fields.scoring.higher_is == "better"))
    return rows


def outcome(title: str, ends: tuple[int, int], values: Sequence[Value], *, is_more_better: bool) -> Outcome:
    """From each person's first value to their newest; people with one value alone do not count."""
    pairs = _first_and_newest(values)
    count = len(pairs)
    if count < LEAST_PEOPLE:
        return Outcome(title, *ends, is_more_better, count, None, None, None, None, None)
    firsts, newest = sum(first for first, _ in pairs), sum(last for _, last in pairs)
    return Outcome(
        title, *ends, is_more_better, count, _tenths(firsts, count), _tenths(newest, count),
        _tenths(newest - firsts, count), _hidden(sum(last > first for first, last in pairs), count),
        _hidden(sum(last < first for first, last in pairs), count),
    )  # fmt: skip


def _hidden(part: int, count: int) -> int | None:
    """A part of the people, unless nearly everybody or nearly nobody is in it."""
    return part if LEAST_PEOPLE <= part <= count - LEAST_PEOPLE or part in {0, count} else None


def _first_and_newest(values: Sequence[Value]) -> list[tuple[int, int]]:
    by_person: Mapping[str, list[Value]] = defaultdict(list)
    for value in sorted(values, key=lambda value: value.at):
        by_person[value.person].append(value)
    return [(found[0].value, found[-1].value) for found in by_person.values() if len(found) > 1]


def _own(every: Sequence[CheckinFields], key: str) -> list[Value]:
    return [Value(one.participant, one.taken_at, one.answers[key]) for one in every if key in one.answers]


def _scored(every: Sequence[CheckinFields], instrument: Instrument) -> list[Value]:
    scored = [(one, score(instrument.fields, one.answers)) for one in every]
    return [Value(one.participant, one.taken_at, value) for one, value in scored if value is not None]


def _tenths(total: int, count: int) -> int:
    """A mean in tenths, half up."""
    return (20 * total + count) // (2 * count)
