"""The organisation record: the words, times and rules that phones also have."""

from __future__ import annotations

import msgspec

from server.storage.port import Glance, Rows
from sync.records.organisation import OrganisationFields

UTC = "UTC"
DAY_MS = 86_400_000
LEASE_DAYS = {field.name: field.default for field in msgspec.structs.fields(OrganisationFields)}["lease_days"]


class Settings(msgspec.Struct, frozen=True):
    """The record's id and its fields."""

    doc: str
    fields: OrganisationFields


async def organisation_record(rows: Rows, org: int) -> Settings | None:
    """None while the organisation has no record yet."""
    row = await rows.one("organisation_settings.fields", org=org)
    return Settings(row["doc"], msgspec.json.decode(row["fields_json"], type=OrganisationFields)) if row else None


async def organisation_settings(rows: Rows, org: int) -> OrganisationFields | None:
    """Its fields alone."""
    found = await organisation_record(rows, org)
    return found.fields if found else None


async def zone_of(rows: Rows, org: int) -> str:
    """IANA zone in which an organisation's screens show times."""
    settings = await organisation_settings(rows, org)
    return settings.zone if settings else UTC


def lease_ms(rows: Glance, org: int) -> int:
    """How long a phone may be read without hearing from the office; 0: no limit."""
    row = rows.one("organisation_settings.lease", org=org)
    days = LEASE_DAYS if row is None or row["days"] is None else int(row["days"])
    return int(days) * DAY_MS
