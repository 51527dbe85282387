"""Sites as the office's screens list them."""

from __future__ import annotations

import msgspec

from server.storage.port import Rows
from sync.records.site import SiteFields

SITES_LIMIT = 500


class Site(msgspec.Struct, frozen=True):
    """A site and its record's id."""

    id: str
    fields: SiteFields


async def sites(rows: Rows, org: int, limit: int = SITES_LIMIT, offset: int = 0) -> list[Site]:
    """By name, the open ones first."""
    found = await rows.all("sites.page", org=org, limit=limit, offset=offset)
    return [Site(row["doc"], msgspec.json.decode(row["fields_json"], type=SiteFields)) for row in found]


async def site(rows: Rows, org: int, doc: str) -> Site | None:
    """None where there is none."""
    row = await rows.one("sites.one", org=org, doc=doc)
    return Site(row["doc"], msgspec.json.decode(row["fields_json"], type=SiteFields)) if row else None
