"""What is kept of a person beside notes: consents, signed plans, pages they share. Private pages never come here."""

from __future__ import annotations

from typing import Final, Generic, TypeVar

import msgspec

from server.storage.port import Row, Rows
from sync.records.consent import ConsentFields
from sync.records.keepwell_copy import KeepwellCopyFields
from sync.records.plan import PlanFields

LIMIT: Final = 200
F = TypeVar("F", ConsentFields, PlanFields, KeepwellCopyFields)
_NOUNS: Final[dict[type[msgspec.Struct], str]] = {
    ConsentFields: "consent",
    PlanFields: "plan",
    KeepwellCopyFields: "keepwell_copy",
}


class Held(msgspec.Struct, Generic[F], frozen=True):
    """One record. `captured`: wall clock (ms) of the phone that wrote it."""

    doc: str
    author: str
    captured: int
    fields: F


async def of_person(rows: Rows, org: int, participant: str, fields: type[F]) -> list[Held[F]]:
    """A person's records of one kind, newest first."""
    found = await rows.all(
        "person_records.of_person", org=org, participant=participant, type=_NOUNS[fields], limit=LIMIT
    )
    return [_held(row, fields) for row in found]


async def one(rows: Rows, org: int, doc: str, fields: type[F]) -> Held[F] | None:
    """One record by its id."""
    row = await rows.one("person_records.one", org=org, doc=doc, type=_NOUNS[fields])
    return _held(row, fields) if row else None


async def consents_ending(rows: Rows, org: int, today: str, until: str) -> list[Held[ConsentFields]]:
    """Consents in force whose last day lies in these days (YYYY-MM-DD, both included), the first to end first."""
    found = await rows.all("person_records.consents_ending", org=org, today=today, until=until, limit=LIMIT)
    return [_held(row, ConsentFields) for row in found]


def _held(row: Row, fields: type[F]) -> Held[F]:
    return Held(row["doc"], row["author"], row["captured"], msgspec.json.decode(row["fields_json"], type=fields))
