"""Sweeping away old traces of what left a bucket, so that the feed does not grow for ever.

Each bucket keeps a floor: the highest trace that was swept. A phone whose cursor lies below it may hold what it was
never told to forget, so it begins the bucket anew. All that stands up to the floor must then fit into one answer
(`sync.cursor.begins_anew`), so a bucket with much below keeps its traces.
"""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from functools import partial
from itertools import groupby
from typing import Final

from server.clock import Clock
from server.log import event
from server.storage.port import Storage, Transaction
from server.storage.repeating import repeating
from sync.messages import BATCH_DOCS_LIMIT, BATCH_LIMIT_BYTES

DAY_MS: Final = 86_400_000
FIRST_AFTER_S: Final = 600.0
EVERY_S: Final = 86_400.0
SWEPT_AFTER_DAYS: Final = 60
UNDER_LIMIT: Final = BATCH_DOCS_LIMIT // 2
UNDER_LIMIT_BYTES: Final = BATCH_LIMIT_BYTES // 2


async def sweep(storage: Storage, now: int) -> int:
    """Sweep every organisation, one at a time between other work; how many traces are gone."""
    async with storage.read() as rows:
        heads = await rows.all("sweep.old_heads", before=now - SWEPT_AFTER_DAYS * DAY_MS)
    done = 0
    for head in heads:
        if head["seq"]:
            done += await storage.write(partial(_sweep, org=head["org"], seq=head["seq"]))
    return done


def daily(storage: Storage, now: Clock) -> AbstractAsyncContextManager[None]:
    """Sweep a while after the start, and once a day from then on."""

    async def job() -> None:
        event("swept", traces=await sweep(storage, now()))

    return repeating("sweep", job, FIRST_AFTER_S, EVERY_S)


async def _sweep(tx: Transaction, org: int, seq: int) -> int:
    traces = await tx.all("sweep.old_traces", org=org, seq=seq)
    done = 0
    for bucket, some in groupby(traces, key=lambda row: str(row["bucket"])):
        seqs = [int(row["seq"]) for row in some]
        if floor := await _floor(tx, org, bucket, seqs):
            await tx.run("sweep.raise_floor", org=org, bucket=bucket, floor=floor)
            done += await tx.run("sweep.remove", org=org, bucket=bucket, floor=floor)
    return done


async def _floor(tx: Transaction, org: int, bucket: str, traces: list[int]) -> int:
    """The highest trace with little enough below it; 0 where there is none."""
    rows = await tx.all("sweep.under", org=org, bucket=bucket, seq=traces[-1], limit=UNDER_LIMIT + 1)
    limit, size_bytes = traces[-1], 0
    for place, row in enumerate(rows, 1):
        size_bytes += row["size_bytes"]
        if place > UNDER_LIMIT or size_bytes > UNDER_LIMIT_BYTES:
            limit = row["seq"] - 1
            break
    return max((seq for seq in traces if seq <= limit), default=0)
