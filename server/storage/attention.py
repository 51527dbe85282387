"""What waits for a supervisor: open safety flags, unsigned drafts, work that came back, values kept aside."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any, Final

import msgspec

from server.storage.port import Rows

LIMIT: Final = 200


class OpenFlag(msgspec.Struct, frozen=True):
    """A note whose safety flag nobody has closed."""

    doc: str
    participant: str
    site: str | None
    author: str
    started_at: int
    ended_at: int
    flags: list[str]


class OpenDraft(msgspec.Struct, frozen=True):
    """A note begun and not signed: whom it is about, where and when; never what it says."""

    doc: str
    participant: str | None
    site: str | None
    author: str
    started_at: int


class Returned(msgspec.Struct, frozen=True):
    """A change that came back to its specialist. `about`: the record it was meant for, which may not exist."""

    doc: str
    author: str
    received: int
    code: str
    about: str
    about_type: str | None
    participant: str | None


class KeptAside(msgspec.Struct, frozen=True):
    """A record with a field, or several, of which one value stands and others wait. `people`: who wrote those.

    `form`: of a note, as `name@version`.
    """

    doc: str
    fields: list[str]
    people: list[str]
    at: int
    n: int
    type: str
    participant: str | None
    name: str
    form: str = ""


class Site(msgspec.Struct, frozen=True):
    """A site's name, and whether work there can be billed."""

    doc: str
    name: str
    is_billable: bool


async def open_flags(rows: Rows, org: int) -> list[OpenFlag]:
    """Newest first."""
    found = await rows.all("attention.open_flags", org=org, limit=LIMIT)
    return [OpenFlag(**{**row, "flags": json.loads(row["flags"])}) for row in found]


async def drafts_before(rows: Rows, org: int, before: int, crisis_before: int) -> list[OpenDraft]:
    """Drafts of contacts that began before an instant, those of a crisis before another, the oldest first."""
    params = {"before": before, "crisis_before": crisis_before, "limit": LIMIT}
    return [OpenDraft(**row) for row in await rows.all("attention.drafts_before", org=org, **params)]


async def returned(rows: Rows, org: int) -> list[Returned]:
    """Newest first."""
    return [Returned(**row) for row in await rows.all("attention.returned", org=org, limit=LIMIT)]


async def kept_aside(rows: Rows, org: int) -> list[KeptAside]:
    """One entry a record, the oldest first."""
    found = await rows.all("attention.conflicts", org=org, limit=LIMIT)
    return [
        KeptAside(**{**row, "fields": json.loads(row["fields"]), "people": json.loads(row["people"])}) for row in found
    ]


async def specialists_of(rows: Rows, org: int, buckets: Collection[str]) -> dict[str, str]:
    """Bucket to one specialist who holds it now."""
    wanted = msgspec.json.encode(sorted(buckets)).decode()
    found = await rows.all("attention.specialists_of", org=org, buckets=wanted)
    return {row["bucket"]: row["specialist"] for row in found}


async def held_by_anybody(rows: Rows, org: int) -> frozenset[str]:
    """Buckets that somebody holds now."""
    return frozenset(row["bucket"] for row in await rows.all("attention.held_by_anybody", org=org))


async def sites(rows: Rows, org: int) -> list[Site]:
    """All of them, open or not, by name."""
    found: list[Any] = list(await rows.all("attention.sites", org=org))
    named = [Site(row["doc"], row["name"], row["is_billable"] != 0) for row in found]
    return sorted(named, key=lambda site: site.name)
