"""Reading the access log of one organisation."""

from __future__ import annotations

import msgspec

from server.storage.port import Rows

END = 2**53


class AccessRow(msgspec.Struct, frozen=True):
    """One row, with the names of actor and subject where they are members."""

    id: int
    at: int
    actor: str | None
    action: str
    subject: str | None
    detail: str | None
    number: int | None
    actor_name: str | None
    subject_name: str | None


class Filter(msgspec.Struct, frozen=True):
    """'' leaves a part open. `person`: as actor or as subject; `from_at` <= at < `to_at`; rows below `before`."""

    person: str = ""
    action: str = ""
    from_at: int = 0
    to_at: int = END
    before: tuple[int, int] = (END, END)


async def access_rows(rows: Rows, org: int, wanted: Filter, limit: int) -> list[AccessRow]:
    """Newest first."""
    found = await rows.all(
        "access_reading.page", org=org, from_at=wanted.from_at, to_at=wanted.to_at,
        before_at=wanted.before[0], before_id=wanted.before[1],
        actor=wanted.person, action=wanted.action, limit=limit,
    )  # fmt: skip
    return [msgspec.convert(dict(row), AccessRow) for row in found]
