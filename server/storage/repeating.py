"""Work that an office does by itself again and again, between other work, until it stops."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from server.errors import StorageBusyError, StorageFullError


@asynccontextmanager
async def repeating(
    name: str, job: Callable[[], Awaitable[None]], first_after_s: float, every_s: float
) -> AsyncIterator[None]:
    """Do `job` a while after the start and then regularly; where the storage is busy or full, again soon."""
    stop = asyncio.Event()

    async def run() -> None:
        wait_s = first_after_s
        while not stop.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), wait_s)
                return
            wait_s = every_s
            try:
                await job()
            except (StorageBusyError, StorageFullError):
                wait_s = first_after_s

    task = asyncio.create_task(run(), name=name)
    try:
        yield
    finally:
        stop.set()
        await task
