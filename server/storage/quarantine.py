"""Changes that could not be read or decided: kept whole, until a supervisor says that they were dealt with."""

from __future__ import annotations

import msgspec

from server.storage.port import Rows, Transaction

LIMIT = 200


class Held(msgspec.Struct, frozen=True):
    """One change as lists show it. `kind`, `type`: as far as they could be read; `doc` may be ''."""

    id: int
    n: int
    seq: int
    at: int
    why: str
    device: str
    person: str
    kind: str | None
    doc: str | None
    code: str | None
    type: str | None
    participant: str | None
    size_bytes: int


class Whole(msgspec.Struct, frozen=True):
    """The same with its bytes, and what was said when it was settled."""

    id: int
    n: int
    seq: int
    at: int
    why: str
    raw: bytes
    settled_at: int | None
    settled_by: str | None
    reason: str | None
    device: str
    person: str
    kind: str | None
    doc: str | None
    code: str | None
    type: str | None
    participant: str | None


async def held(rows: Rows, org: int) -> list[Held]:
    """Those that nobody has settled, the oldest first."""
    return [Held(**row) for row in await rows.all("quarantine.open", org=org, limit=LIMIT)]


async def whole(rows: Rows, org: int, id_: int) -> Whole | None:
    """One of them, settled or not."""
    row = await rows.one("quarantine.by_id", org=org, id=id_)
    return Whole(**row) if row else None


async def settle(tx: Transaction, org: int, id_: int, *, by: str, reason: str, now: int) -> bool:
    """True when it was open until now."""
    return await tx.run("quarantine.settle", org=org, id=id_, by=by, reason=reason, now=now) == 1
