"""What an administrator must look at: phones that know more than the office, copied phones, work that is gone."""

from __future__ import annotations

from typing import Literal

import msgspec

from server.storage.port import Rows, Transaction

LIMIT = 200
Kind = Literal["cursor_ahead", "device_forked"]


class Alarm(msgspec.Struct, frozen=True):
    """`count`: how often since it was last acknowledged, from `at` to `last_at`. `detail`: a number, never words."""

    id: int
    kind: Kind
    device: str
    person: str
    at: int
    last_at: int
    count: int
    detail: str | None


class Lost(msgspec.Struct, frozen=True):
    """Changes that no database and no phone has any more. `by_person`: the supervisor who gave them up, if one did."""

    device: str
    person: str
    first_n: int
    last_n: int
    at: int
    by_person: str | None


async def ring(tx: Transaction, org: int, kind: Kind, device: int, *, now: int, detail: str) -> None:
    """Raise an alarm, or count it once more while it is open. `device`: its key."""
    await tx.run("alarms.ring_named", org=org, kind=kind, device=device, at=now, detail=detail)


async def alarms(rows: Rows, org: int) -> list[Alarm]:
    """Those nobody has acknowledged, the latest first."""
    return [msgspec.convert(dict(row), Alarm) for row in await rows.all("alarms.open", org=org, limit=LIMIT)]


async def acknowledge(tx: Transaction, org: int, id_: int, *, by: str, now: int) -> bool:
    """True when it was open until now."""
    return await tx.run("alarms.acknowledge", org=org, id=id_, by=by, now=now) == 1


async def lost(rows: Rows, org: int) -> list[Lost]:
    """Lost work that nobody has acknowledged, the latest first."""
    return [msgspec.convert(dict(row), Lost) for row in await rows.all("alarms.lost", org=org, limit=LIMIT)]


async def acknowledge_lost(tx: Transaction, org: int, device: str, first_n: int, *, by: str, now: int) -> bool:
    """True when it was open until now."""
    return await tx.run("alarms.acknowledge_lost", org=org, device=device, first_n=first_n, by=by, now=now) == 1
