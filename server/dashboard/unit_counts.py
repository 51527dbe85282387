"""Who counts units, and when: at once where little is to be done, beside the pages where it is much.

The first page of a day must not wait until a hundred thousand notes are counted. It says nothing of limits until they
are, and open pages are told to look again then.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from server.dashboard.unit_limits import Reached, has_limit
from server.dashboard.unit_sums import UnitSums
from server.pokes import Pokes
from server.storage.port import Rows, Storage
from sync.records.organisation import OrganisationFields

AT_ONCE: Final = 100
"""People whose contacts a page may count before it is shown."""


class UnitCounts:
    """One organisation's."""

    def __init__(self, org: int, storage: Storage, pokes: Pokes) -> None:
        self._sums: Final = UnitSums(org)
        self._reached: Final = Reached()
        self._storage: Final = storage
        self._pokes: Final = pokes
        self._beside: asyncio.Task[None] | None = None

    async def current(self, rows: Rows, settings: OrganisationFields) -> UnitSums:
        """At the head of this snapshot or later, however long that takes."""
        await self._sums.catch_up(rows, settings)
        return self._sums

    async def counted(self, rows: Rows, settings: OrganisationFields, head: int) -> UnitSums | None:
        """The same for a page that has other things to say: None while many are counted, which is done beside it."""
        if self._sums.stands_at(head, settings) or await self._sums.catch_up(rows, settings, AT_ONCE):
            return self._sums
        self._count_beside(settings)
        return None

    async def count(self, settings: OrganisationFields) -> None:
        """Count everything that is not counted yet, beside the pages; open ones are told to look again."""
        await self._count_beside(settings)

    async def reached(self, rows: Rows, settings: OrganisationFields, today: int, head: int) -> Reached:
        """Who is near a limit or past it; nobody while they are counted. `head`: of this snapshot or later."""
        if not has_limit(settings.units) or await self.counted(rows, settings, head) is None:
            return Reached()
        self._reached.look_again(self._sums, settings.units, today, settings.rules.near_percent)
        return self._reached

    def _count_beside(self, settings: OrganisationFields) -> asyncio.Task[None]:
        if self._beside is None or self._beside.done():
            self._beside = asyncio.create_task(self._count(settings), name="units")
        return self._beside

    async def _count(self, settings: OrganisationFields) -> None:
        async with self._storage.read() as rows:
            await self._sums.catch_up(rows, settings)
        self._pokes.poke([self._sums.org])

    async def end(self) -> None:
        """Leave off counting: the office closes."""
        if self._beside:
            self._beside.cancel()
            await asyncio.gather(self._beside, return_exceptions=True)


class AllUnitCounts:
    """Every organisation's, made when first asked for. On the office's state as `units`."""

    def __init__(self, storage: Storage, pokes: Pokes) -> None:
        self._storage: Final = storage
        self._pokes: Final = pokes
        self._by_org: Final = dict[int, UnitCounts]()

    def of(self, org: int) -> UnitCounts:
        if org not in self._by_org:
            self._by_org[org] = UnitCounts(org, self._storage, self._pokes)
        return self._by_org[org]

    @classmethod
    @asynccontextmanager
    async def kept(cls, storage: Storage, pokes: Pokes) -> AsyncIterator[AllUnitCounts]:
        """For as long as the office runs."""
        made = cls(storage, pokes)
        try:
            yield made
        finally:
            for one in made._by_org.values():
                await one.end()
