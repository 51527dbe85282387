"""Units of everybody, counted once and kept current from the change log, like the sums of contacts (projection.py).

What is paid of a contact depends on the person's earlier ones, so a person is counted anew whole when one of their
notes changed, and everybody when the rules, a place or a volunteer did. How units are counted, sync/units.py knows.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from sys import intern
from typing import Any, Final

import msgspec

from server.storage import activity, counting
from server.storage.counting import Around, Placed
from server.storage.port import Rows
from sync.records.organisation import OrganisationFields
from sync.records.rules import Billing, UnitRule
from sync.units import count

CHUNK: Final = 10
"""People read at a time: the office answers others in between, and never holds everybody's notes at once."""
LOOK_AGAIN_S: Final = 0.002
CATCH_UP_LIMIT: Final = 2_000
HUNDRED: Final = 100
PAST_A_LIMIT: Final = frozenset({"over_cap", "no_auth"})


class Piece(msgspec.Struct, frozen=True, gc=False):
    """One contact. `made`, `paid`: hundredths of units. `is_past`: the part that is not paid lies past a limit."""

    day: int
    site: str | None
    kind: str
    made: int
    paid: int
    is_past: bool


class Tally(msgspec.Struct, gc=False):
    """Hundredths of units of one day, site and kind."""

    made: int = 0
    paid: int = 0


class Told(msgspec.Struct, frozen=True, gc=False):
    """A tally and what it is of. `site` None: away from every site."""

    day: int
    site: str | None
    kind: str
    tally: Tally


class UnitSums:
    """One organisation's, as of position `head`. `people`: bucket to contacts, oldest first.

    `remembered`: what a page last made of them and under which conditions, so that it need not look at everybody again.
    `changed`: whose contacts were counted since somebody last emptied this set.
    """

    def __init__(self, org: int) -> None:
        self.org: Final = org
        self.head = -1
        self.people: dict[str, list[Piece]] = {}
        self.changed: set[str] = set()
        self.days: defaultdict[int, dict[tuple[str | None, str], Tally]] = defaultdict(dict)
        self.remembered: tuple[Hashable, Any] = (None, None)
        self._rule: tuple[UnitRule, Billing] | None = None
        self._around = Around({}, frozenset(), {})
        self._of_session: defaultdict[str, set[str]] = defaultdict(set)
        self._lock: Final = asyncio.Lock()
        self._counting = 0
        self._same: Final = dict[int, int]()
        """One int for each day, as there is one text for each site: a hundred thousand pieces hold each of them."""

    def stands_at(self, head: int, settings: OrganisationFields) -> bool:
        """Whether everything up to `head` is counted, by the rules of now."""
        return self.head >= head and self._rule == (settings.units, settings.rules.billing)

    async def catch_up(self, rows: Rows, settings: OrganisationFields, most: int | None = None) -> bool:
        """Bring everything to the head of this snapshot, by the organisation's rules of now.

        `most`: how many people may be counted for it. False, and nothing done, where it would take more: a page that
        has other things to say does not wait.
        """
        if most is not None and not await self._is_done_soon(most):
            return False
        async with self._lock:
            head, rule = await activity.head(rows, self.org), (settings.units, settings.rules.billing)
            if rule == self._rule and head <= self.head:
                return True
            touched, around = await self._touched(rows) if self.head >= 0 and rule == self._rule else (None, None)
            wanted = await counting.buckets(rows, self.org) if touched is None else touched
            if most is not None and len(wanted) > most:
                return False
            self._rule = rule
            if touched is None:
                self._forget()
            if touched is None or around is not None:
                self._around = around or await counting.around(rows, self.org)
            self._counting = len(wanted)
            try:
                for at in range(0, len(wanted), CHUNK):
                    await self._recount(rows, wanted[at : at + CHUNK])
            finally:
                self._counting = 0
            self.head = head
            return True

    async def _is_done_soon(self, most: int) -> bool:
        """Waits for what is being counted; False where these are more people than `most`."""
        while self._lock.locked():
            if self._counting > most:
                return False
            await asyncio.sleep(LOOK_AGAIN_S)
        return True

    def _forget(self) -> None:
        """Nothing is counted until everything is: whoever breaks off in between leaves no half sums behind."""
        self.head = -1
        self.changed.update(self.people)
        self.people.clear()
        self.days.clear()

    async def _touched(self, rows: Rows) -> tuple[list[str] | None, Around | None]:
        """Whose contacts are to be counted anew (None: everybody's), and what is around them where that changed too."""
        found = await counting.touched(rows, self.org, self.head, CATCH_UP_LIMIT + 1)
        if len(found) > CATCH_UP_LIMIT:
            return None, None
        buckets = {bucket for kind, bucket in found if kind == "note"}
        if all(kind == "note" for kind, _ in found):
            return sorted(buckets), None
        before, now = self._around, await counting.around(rows, self.org)
        if (before.sites, before.volunteers) != (now.sites, now.volunteers):
            return None, now
        sized = {name for name, size in now.sizes.items() if before.sizes.get(name) != size}
        return sorted(buckets.union(*(self._of_session.get(name, ()) for name in sized))), now

    async def _recount(self, rows: Rows, buckets: Sequence[str]) -> None:
        found = await counting.by_bucket(rows, self.org, buckets, self._around)
        self.changed.update(buckets)
        for bucket in buckets:
            self._add(self.people.pop(bucket, []), -1)
            if placed := found.get(bucket):
                self.people[bucket] = pieces = self._counted(placed)
                self._add(pieces, 1)
                for one in placed:
                    if one.session:
                        self._of_session[one.session].add(bucket)
        await asyncio.sleep(0)

    def _counted(self, placed: Sequence[Placed]) -> list[Piece]:
        rule, billing = self._rule or (UnitRule(), Billing())
        counted = count((one.contact for one in placed), rule, billing)
        return [
            Piece(
                self._same.setdefault(one.contact.day, one.contact.day),
                intern(one.site) if one.site else None,
                intern(one.contact.kind),
                round(told.units * HUNDRED),
                round(told.paid * HUNDRED),
                told.unpaid in PAST_A_LIMIT,
            )
            for one in placed
            if (told := counted[one.contact.doc])
        ]

    def _add(self, pieces: Iterable[Piece], sign: int) -> None:
        for one in pieces:
            tally = self.days[one.day].setdefault((one.site, one.kind), Tally())
            tally.made += sign * one.made
            tally.paid += sign * one.paid

    def between(self, first: int, last: int) -> list[Told]:
        """Units of the days from `first` to `last`, both included."""
        return [
            Told(day, site, kind, tally)
            for day, tallies in self.days.items()
            if first <= day <= last
            for (site, kind), tally in tallies.items()
        ]
