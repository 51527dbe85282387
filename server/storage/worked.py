"""Sessions with many people and working time without any, as the office lists them. Instants in ms."""

from __future__ import annotations

import msgspec

from server.storage.port import Rows


class Session(msgspec.Struct, frozen=True, gc=False):
    """`notes`: how many people have a note of it; `headcount`: how many more stayed anonymous."""

    doc: str
    author: str
    site: str | None
    sort: str
    started_at: int
    ended_at: int
    title: str
    zone: str
    headcount: int
    notes: int


class WorkTime(msgspec.Struct, frozen=True, gc=False):
    """One specialist's minutes of one activity in a span."""

    author: str
    activity: str
    minutes: int
    entries: int


async def sessions(rows: Rows, org: int, first: int, last: int, limit: int) -> list[Session]:
    """Sessions that began from `first` to `last`, newest first."""
    found = await rows.all("worked.sessions", org=org, first=first, last=last, limit=limit)
    return [Session(**row) for row in found]


async def times(rows: Rows, org: int, first: int, last: int) -> list[WorkTime]:
    """Working time that began from `first` to `last`, by specialist and activity."""
    return [WorkTime(**row) for row in await rows.all("worked.times", org=org, first=first, last=last)]
