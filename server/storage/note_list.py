"""Lists of notes, filtered and paged by the office's own index; never a word of their content."""

from __future__ import annotations

from typing import Any

import msgspec

from server.storage.port import Rows


class Filter(msgspec.Struct, frozen=True):
    """Which notes. Days are days since 1970; an empty text or None filters nothing.

    `person`: a participant's bucket. `state`: '' means all that were not voided. `flag`: 1 open, 2 closed.
    `late_ms`: signed later than this after the end.
    """

    first: int
    last: int
    site: str = ""
    kind: str = ""
    author: str = ""
    person: str = ""
    state: str = ""
    flag: int | None = None
    late_ms: int | None = None


class Listed(msgspec.Struct, frozen=True, gc=False):
    """A note in a list. `signed_seq`: position of its signature, which its receipt code says."""

    doc: str
    participant: str
    author: str
    site: str | None
    contact_kind: str
    day: int
    started_at: int
    ended_at: int
    signed_at: int | None
    state: str
    flag: int
    created: int
    signed_seq: int | None


class Place(msgspec.Struct, frozen=True):
    """Where a note stands in the order of lists."""

    day: int
    started_at: int
    doc: str


async def place(rows: Rows, org: int, doc: str) -> Place | None:
    """None for what is no note."""
    row = await rows.one("note_list.place", org=org, doc=doc)
    return Place(row["day"], row["started_at"], doc) if row else None


async def older(rows: Rows, org: int, chosen: Filter, limit: int, than: Place | None = None) -> list[Listed]:
    """Newest first, from just before `than`."""
    query = "note_list.older" if chosen.flag is None else "note_list.older_flagged"
    return [Listed(**row) for row in await rows.all(query, **_params(org, chosen, limit, than))]


async def newer(rows: Rows, org: int, chosen: Filter, limit: int, than: Place) -> list[Listed]:
    """The notes just after `than`, newest first."""
    found = await rows.all("note_list.newer", **_params(org, chosen, limit, than))
    return [Listed(**row) for row in reversed(found)]


async def count(rows: Rows, org: int, chosen: Filter) -> int:
    """How many notes there are in all the pages."""
    query = "note_list.count" if chosen.flag is None else "note_list.count_flagged"
    row = await rows.one(query, org=org, **msgspec.structs.asdict(chosen))
    return int(row["n"]) if row else 0


async def by_seq(rows: Rows, org: int, seq: int) -> tuple[str, str | None] | None:
    """The record, and its type if it exists, that the change at a position was about."""
    row = await rows.one("note_list.by_seq", org=org, seq=seq)
    return (row["doc"], row["type"]) if row else None


def _params(org: int, chosen: Filter, limit: int, than: Place | None) -> dict[str, Any]:
    at = {"day": than.day, "at": than.started_at, "doc": than.doc} if than else {"day": None, "at": None, "doc": None}
    return {"org": org, "limit": limit, **at, **msgspec.structs.asdict(chosen)}
