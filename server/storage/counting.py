"""Notes as counting sees them: a person's contacts, read from their records (sync/units.py)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from server.storage.port import Rows
from sync.ids import participant_bucket
from sync.records.organisation import OrganisationFields
from sync.units import Contact, Counted, contact_of, count, first_day

_fields = msgspec.json.Decoder(dict[str, Any]).decode
EVER = -1_000_000


class Around(msgspec.Struct, frozen=True):
    """What notes do not say themselves. `sites`: whether each is paid. `sizes`: people of a session by its id."""

    sites: Mapping[str, bool]
    volunteers: frozenset[str]
    sizes: Mapping[str, int]


async def around(rows: Rows, org: int) -> Around:
    """Places, volunteers and sizes of groups of an organisation."""
    sites, volunteers, sizes = await rows.several(
        ("counting.sites", {"org": org}), ("counting.volunteers", {"org": org}), ("counting.sizes", {"org": org})
    )
    return Around(
        sites={row["doc"]: bool(row["is_paid"]) for row in sites},
        volunteers=frozenset(row["doc"] for row in volunteers),
        sizes={row["doc"]: row["people"] for row in sizes},
    )


async def contacts(rows: Rows, org: int, person: str, first: int | None, known: Around) -> list[Contact]:
    """A person's contacts from a day on (None: all); what was voided or superseded is left out."""
    params = {"org": org, "bucket": participant_bucket(person), "first": EVER if first is None else first}
    found = [(row, _fields(row["fields_json"])) for row in await rows.all("counting.notes", **params)]
    replaced = {fields.get("supersedes") for _, fields in found}
    return [
        read(row["doc"], row["author"], fields, row["day"], known)
        for row, fields in found
        if row["doc"] not in replaced
    ]  # fmt: skip


def read(doc: str, author: str, fields: Mapping[str, Any], day: int, known: Around) -> Contact:
    """One note as a contact. A site that nobody knows is paid like any other."""
    site = fields.get("site")
    return contact_of(
        doc,
        author,
        fields,
        day,
        known.sites.get(site, True) if site else None,
        known.sizes.get(fields.get("session") or "", 0),
        is_volunteer=author in known.volunteers,
    )


async def counted_note(  # noqa: PLR0917 - one note, and whose rules
    rows: Rows, org: int, doc: str, author: str, fields: Mapping[str, Any], day: int, settings: OrganisationFields
) -> Counted:
    """One note by the organisation's rules, with everything of its day and its period: as its author's phone counts."""
    known = await around(rows, org)
    first = first_day(day, settings.units)
    others = await contacts(rows, org, fields["participant"], first, known)
    mine = read(doc, author, fields, day, known)
    kept = [one for one in others if one.doc not in {doc, fields.get("supersedes")}]
    return count([*kept, mine], settings.units, settings.rules.billing)[doc]
