"""What the dashboard counts, kept current by reading the change log from where it last stood.

Counting a hundred thousand notes takes longer than a page may, and keeping sums in the writer's transaction would
slow every phone. So the sums live in memory, one set an organisation: before a page is shown, the days and people
that changed since are counted again. A note that moved (its time was edited) makes it count everything anew.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from server.storage import activity
from server.storage.activity import Changed, Group, Person
from server.storage.port import Rows

CATCH_UP_LIMIT: Final = 2_000
FIRST_DAY: Final = -40_000
LAST_DAY: Final = 3_000_000


class Projection:
    """One organisation's sums as of position `head`."""

    def __init__(self, org: int) -> None:
        self.org: Final = org
        self.head = -1
        self.due_ms = 0
        self.days: dict[int, list[Group]] = {}
        self.last_seen: dict[str, int] = {}
        self.people: dict[str, Person] = {}
        self._lock: Final = asyncio.Lock()

    async def catch_up(self, rows: Rows, head: int, due_ms: int) -> None:
        """Bring everything to `head`, the one of this snapshot; a snapshot older than the sums changes nothing.

        `due_ms`: how long after its end a note may be signed before it counts as late.
        """
        async with self._lock:
            if head <= self.head:
                return
            if due_ms != self.due_ms:
                self.head, self.due_ms = -1, due_ms
            changed = await activity.changed(rows, self.org, self.head, CATCH_UP_LIMIT + 1) if self.head >= 0 else None
            if changed is None or len(changed) > CATCH_UP_LIMIT or any(map(_has_moved, changed)):
                await self._count_all(rows)
            else:
                await self._recount(rows, changed)
            self.head = head

    def between(self, first: int, last: int) -> list[Group]:
        """Groups of the days from `first` to `last`, both included, oldest first."""
        days = sorted(day for day in self.days if first <= day <= last)
        return [group for day in days for group in self.days[day]]

    async def _count_all(self, rows: Rows) -> None:
        self.days = _by_day(await activity.groups(rows, self.org, FIRST_DAY, LAST_DAY, self.due_ms))
        self.last_seen = await activity.last_seen(rows, self.org)
        self.people = {person.doc: person for person in await activity.people(rows, self.org)}

    async def _recount(self, rows: Rows, changed: Sequence[Changed]) -> None:
        for day in {change.day for change in changed if change.day is not None}:
            self.days[day] = await activity.groups(rows, self.org, day, day, self.due_ms)
        if buckets := {change.bucket for change in changed if change.type == "note"}:
            for bucket in buckets:
                self.last_seen.pop(bucket, None)
            self.last_seen |= await activity.last_seen(rows, self.org, buckets)
        if docs := {change.doc for change in changed if change.type == "participant"}:
            self.people |= {person.doc: person for person in await activity.people(rows, self.org, docs)}


class Projections:
    """Every organisation's, made when first asked for."""

    def __init__(self) -> None:
        self._by_org: dict[int, Projection] = {}

    async def current(self, rows: Rows, org: int, head: int, due_ms: int) -> Projection:
        """The sums of an organisation, at the head of this snapshot or later."""
        projection = self._by_org.setdefault(org, Projection(org))
        await projection.catch_up(rows, head, due_ms)
        return projection


def _has_moved(change: Changed) -> bool:
    return change.type == "note" and change.kind == "patch"


def _by_day(groups: Sequence[Group]) -> dict[int, list[Group]]:
    days: defaultdict[int, list[Group]] = defaultdict(list)
    for group in groups:
        days[group.day].append(group)
    return dict(days)
