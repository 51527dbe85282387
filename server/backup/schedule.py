"""Backups by themselves while the office runs: one every BACKUP_EVERY_H hours.

The same command does it in a process of its own: it takes no turn from the office that serves, and can fail without it.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

from server.clock import Clock
from server.log import event
from server.settings import Settings
from server.storage import backups
from server.storage.port import Storage

HOUR_MS: Final = 3_600_000
LOOK_S: Final = 60.0
AGAIN_S: Final = 900.0
NICE: Final = 10


@asynccontextmanager
async def running(settings: Settings, storage: Storage, now: Clock) -> AsyncIterator[None]:
    """Keep the schedule until the block ends; nothing while no directory or no key is configured."""
    if settings.backups is None:
        yield
        return
    task = asyncio.create_task(_keep(settings, storage, now), name="backups")
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def is_due(made_at: int | None, every_h: int, now: int) -> bool:
    """True when the last good backup is so old, or there is none, or its time lies in the future."""
    return made_at is None or not 0 <= now - made_at < every_h * HOUR_MS


async def _keep(settings: Settings, storage: Storage, now: Clock) -> None:
    while True:
        wait_s = LOOK_S
        if settings.backup_recipient.exists() and is_due(await _last(storage), settings.backup_every_h, now()):
            wait_s = LOOK_S if await _run(settings) == 0 else AGAIN_S
        await asyncio.sleep(wait_s)


async def _last(storage: Storage) -> int | None:
    async with storage.read() as rows:
        found = await backups.last_good(rows)
    return int(found["made_at"]) if found else None


async def _run(settings: Settings) -> int:
    """One `alongside backup`; its exit status. Stopped when the office stops."""
    environment = {**os.environ, **settings.environment()}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "server", "backup", env=environment, stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        if sys.platform != "win32":
            with suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, process.pid, NICE)
        status = await process.wait()
    except asyncio.CancelledError:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
        raise
    event("backup", status=status)
    return status
