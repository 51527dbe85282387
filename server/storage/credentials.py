"""Certificates, education and clearances of specialists, as the dashboard lists them."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from server.storage.port import Rows
from sync.ids import specialist_bucket
from sync.records.credential import CredentialFields

LIMIT: Final = 1000


class Credential(msgspec.Struct, frozen=True):
    """One record with its id."""

    doc: str
    fields: CredentialFields

    @property
    def specialist(self) -> str:
        return self.fields.specialist

    @property
    def name(self) -> str:
        return self.fields.name

    @property
    def site(self) -> str | None:
        return self.fields.site

    @property
    def ends_on(self) -> str:
        return self.fields.ends_on


async def with_an_end(rows: Rows, org: int) -> list[Credential]:
    """Everybody's that are still in use and end on a day, the nearest first."""
    return [_read(row) for row in await rows.all("credentials.with_an_end", org=org, limit=LIMIT)]


async def of_specialist(rows: Rows, org: int, specialist: str) -> list[Credential]:
    """All of one specialist, those that are over too."""
    bucket = specialist_bucket(specialist)
    return [_read(row) for row in await rows.all("credentials.of_specialist", org=org, bucket=bucket, limit=LIMIT)]


def _read(row: Any) -> Credential:
    return Credential(row["doc"], msgspec.json.decode(row["fields_json"], type=CredentialFields))
