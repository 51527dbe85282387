"""What the first pages count is counted when the office starts, one organisation after the other beside all else.

In small slices, with one of the readers: whoever asks meanwhile is answered in between, and nobody waits for sums of a
hundred thousand notes because the office was just started.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from server.dashboard.projection import Projections
from server.dashboard.unit_counts import AllUnitCounts
from server.storage import activity, review
from server.storage.organisation_settings import organisation_settings
from server.storage.port import Storage
from sync.records.organisation import late_hours


async def warm(storage: Storage, projections: Projections, units: AllUnitCounts) -> None:
    """Count everything once; what was counted already costs nothing."""
    async with storage.read() as rows:
        orgs = await review.organisations(rows)
    for org in orgs:
        async with storage.read() as rows:
            settings = await organisation_settings(rows, org)
            if settings is None:
                continue
            head = await activity.head(rows, org)
            await projections.current(rows, org, head, late_hours(settings) * 3_600_000)
        await units.of(org).count(settings)


@asynccontextmanager
async def warming(storage: Storage, projections: Projections, units: AllUnitCounts) -> AsyncIterator[None]:
    """Begin at once; whoever leaves the block earlier breaks it off."""
    task = asyncio.create_task(warm(storage, projections, units), name="warming")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
