"""Notes as counting sees them: a person's contacts, read from their records (sync/units.py)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec

from server.storage.port import Row, Rows
from server.storage.records import fields_json
from sync.ids import participant_bucket
from sync.records.organisation import OrganisationFields
from sync.units import Contact, Counted, contact_of, count, first_day

_fields = msgspec.json.Decoder(dict[str, Any]).decode
EVER = -1_000_000


class Placed(msgspec.Struct, frozen=True, gc=False):
    """A contact, with where and in which session (None: in none) it was."""

    contact: Contact
    site: str | None
    session: str | None


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
    found = await by_bucket(rows, org, [participant_bucket(person)], known, EVER if first is None else first)
    return [one.contact for placed in found.values() for one in placed]


async def by_bucket(
    rows: Rows, org: int, buckets: Collection[str], known: Around, first: int = EVER
) -> dict[str, list[Placed]]:
    """The same of several people at once, by bucket; a bucket without any contact is missing."""
    wanted = msgspec.json.encode(sorted(buckets)).decode()
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for row in await rows.all("counting.notes", org=org, buckets=wanted, first=first):
        found[row["bucket"]].append(row)
    return {bucket: _placed(notes, known) for bucket, notes in found.items()}


async def buckets(rows: Rows, org: int) -> list[str]:
    """Of everybody with a contact."""
    return [row["bucket"] for row in await rows.all("counting.buckets", org=org)]


async def touched(rows: Rows, org: int, seq: int, limit: int) -> list[tuple[str, str]]:
    """Type and bucket of what changed after position `seq` and may change what counts, at most `limit`."""
    found = await rows.all("counting.touched", org=org, seq=seq, limit=limit)
    return [(row["type"], row["bucket"]) for row in found]


def _placed(notes: Sequence[Row], known: Around) -> list[Placed]:
    """A person's notes as contacts, without those that another one replaces."""
    found = [(row, _fields(fields_json(row))) for row in notes]
    replaced = {fields.get("supersedes") for _, fields in found}
    return [
        Placed(
            read(row["doc"], row["author"], fields, row["day"], known), fields.get("site"), fields.get("session")
        )
        for row, fields in found
        if row["doc"] not in replaced
    ]


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
