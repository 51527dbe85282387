"""What was done: contacts by day, site and kind, and when each person was last seen."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec

from server.storage.port import Rows


class Group(msgspec.Struct, frozen=True, gc=False):
    """Contacts of one day, site (None: away from every site) and kind. `day`: days since 1970 where it was.

    `late`: how many were signed later after their end than the organisation asks.
    """

    day: int
    site: str | None
    contact_kind: str
    notes: int
    late: int
    minutes: int
    emotional: int
    informational: int
    instrumental: int
    affiliational: int


class Person(msgspec.Struct, frozen=True, gc=False):
    """A participant as lists show one. `received`: when the office first knew of them (ms)."""

    doc: str
    bucket: str
    received: int
    name: str
    site: str | None
    is_active: bool


class Changed(msgspec.Struct, frozen=True, gc=False):
    """A note or participant that a change has touched."""

    kind: str
    doc: str
    type: str
    day: int | None
    bucket: str


async def head(rows: Rows, org: int) -> int:
    """The newest position of an organisation."""
    row = await rows.one("activity.head", org=org)
    return int(row["head"]) if row else 0


async def groups(rows: Rows, org: int, first: int, last: int, due_ms: int) -> list[Group]:
    """Groups of the days from `first` to `last`, both included; notes that were voided do not count."""
    found = await rows.all("activity.groups", org=org, first=first, last=last, due_ms=due_ms)
    return [Group(**row) for row in found]


async def last_seen(rows: Rows, org: int, buckets: Collection[str] | None = None) -> dict[str, int]:
    """Bucket to the start (ms) of the newest contact; of everybody, or of the given buckets."""
    if buckets is None:
        found = await rows.all("activity.last_seen", org=org)
    else:
        found = await rows.all("activity.last_seen_of", org=org, buckets=_json(buckets))
    return {row["bucket"]: row["at"] for row in found}


async def people(rows: Rows, org: int, docs: Collection[str] | None = None) -> list[Person]:
    """Everybody, or the given ones."""
    if docs is None:
        found = await rows.all("activity.people", org=org)
    else:
        found = await rows.all("activity.people_of", org=org, docs=_json(docs))
    return [Person(**{**row, "is_active": bool(row["is_active"])}) for row in found]


async def changed(rows: Rows, org: int, seq: int, limit: int) -> Sequence[Changed]:
    """What changed after position `seq`, at most `limit`."""
    found = await rows.all("activity.changed", org=org, seq=seq, limit=limit)
    return [Changed(**row) for row in found]


def _json(values: Collection[str]) -> str:
    return msgspec.json.encode(sorted(values)).decode()
