"""How much memory the office holds with many notes: just started, and at rest after every page was looked at."""

from __future__ import annotations

import asyncio
from typing import NamedTuple

from server.bench.dashboard import Made, Reader
from server.bench.office import memory_mb, office

REST_S = 2


class Memory(NamedTuple):
    """Resident megabytes."""

    started: float
    rested: float


async def memory(made: Made) -> Memory:
    """Of a real office over that organisation."""
    async with office(made.database) as (port, pid):
        started = memory_mb(pid)
        reader = await asyncio.to_thread(Reader, port, made.supervisor)
        await asyncio.to_thread(reader.look)
        await asyncio.sleep(REST_S)
        return Memory(started, memory_mb(pid))
