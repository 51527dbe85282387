"""The directory of resources, instruments, referrals and check-ins, as the office's screens list them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from server.storage.port import Rows
from sync.records.checkin import CheckinFields
from sync.records.instrument import InstrumentFields
from sync.records.referral import ReferralFields
from sync.records.resource import ResourceFields

RESOURCES_LIMIT = 20_000


class Resource(msgspec.Struct, frozen=True):
    """An entry of the directory and its record's id."""

    id: str
    fields: ResourceFields


class Instrument(msgspec.Struct, frozen=True):
    """An installed instrument and its record's id."""

    id: str
    fields: InstrumentFields


class Referral(msgspec.Struct, frozen=True):
    """A referral, who wrote it down, and when (ms, by the phone's clock)."""

    id: str
    author: str
    captured: int
    fields: ReferralFields


async def resources(
    rows: Rows, org: int, search: str = "", limit: int = RESOURCES_LIMIT, offset: int = 0
) -> list[Resource]:
    """By name, the open ones first. `search` is part of a name or address; '' is everything."""
    pattern = "%" + search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%" if search else ""
    found = await rows.all("links.resources", org=org, search=pattern, limit=limit, offset=offset)
    return [Resource(row["doc"], msgspec.json.decode(row["fields_json"], type=ResourceFields)) for row in found]


async def resource(rows: Rows, org: int, doc: str) -> Resource | None:
    """An entry of the directory; None where there is none."""
    row = await rows.one("links.resource", org=org, doc=doc)
    return Resource(row["doc"], msgspec.json.decode(row["fields_json"], type=ResourceFields)) if row else None


async def instruments(rows: Rows, org: int) -> list[Instrument]:
    """By key and version, those that are no longer offered too."""
    found = await rows.all("links.instruments", org=org)
    return [Instrument(row["doc"], msgspec.json.decode(row["fields_json"], type=InstrumentFields)) for row in found]


async def referrals(rows: Rows, org: int) -> list[Referral]:
    """Everybody's, open or closed, in no order."""
    found = await rows.all("links.referrals", org=org)
    return [
        Referral(
            row["doc"], row["author"], row["captured"], msgspec.json.decode(row["fields_json"], type=ReferralFields)
        )
        for row in found
    ]


async def checkins(rows: Rows, org: int) -> Sequence[CheckinFields]:
    """Everybody's, in no order."""
    found = await rows.all("links.checkins", org=org)
    return [msgspec.json.decode(row["fields_json"], type=CheckinFields) for row in found]


async def an_administrator(rows: Rows, org: int) -> str | None:
    """The first administrator of an organisation: what the command line does is done in their name."""
    row = await rows.one("links.administrator", org=org)
    return str(row["person"]) if row else None
