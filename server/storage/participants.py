"""Participants and who supports them, as the administrator's screens list them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from server.storage.port import Rows
from sync.ids import participant_bucket
from sync.records.participant import ParticipantFields


class Participant(msgspec.Struct, frozen=True):
    """A participant's record, and the names of the specialists who hold it now."""

    id: str
    fields: ParticipantFields
    supporters: list[str] = []


class Assignment(msgspec.Struct, frozen=True):
    """An assignment in force. `doc`, `bucket`: of its record, for ending it."""

    doc: str
    bucket: str
    specialist: str
    name: str


async def participants(rows: Rows, org: int, search: str, limit: int, *, offset: int) -> list[Participant]:
    """By name, the active ones first. `search` is part of a name or code; '' is everybody."""
    pattern = "%" + search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%" if search else ""
    found = await rows.all("participants.page", org=org, search=pattern, limit=limit, offset=offset)
    names = await _supporters(rows, org, [row["doc"] for row in found])
    return [
        Participant(row["doc"], _fields(row["fields_json"]), names.get(participant_bucket(row["doc"]), []))
        for row in found
    ]


async def participant(rows: Rows, org: int, doc: str) -> Participant | None:
    """None where there is none that stands."""
    row = await rows.one("participants.one", org=org, doc=doc)
    return Participant(row["doc"], _fields(row["fields_json"])) if row else None


async def codes(rows: Rows, org: int) -> dict[str, str]:
    """The organisation's own code, in lower case, to the participant's id."""
    return {row["code"].casefold(): row["doc"] for row in await rows.all("participants.codes", org=org)}


async def assignments(rows: Rows, org: int, participant_id: str) -> list[Assignment]:
    """Who supports a participant now."""
    found = await rows.all("participants.assignments", org=org, participant=participant_id)
    return [msgspec.convert(dict(row), Assignment) for row in found]


async def supporter_ids(rows: Rows, org: int, ids: Sequence[str]) -> set[tuple[str, str]]:
    """(participant, specialist) of every assignment in force among `ids`."""
    found = await rows.all("participants.supporters", org=org, buckets=_buckets(ids))
    return {(row["bucket"].removeprefix("p:"), row["specialist"]) for row in found}


async def _supporters(rows: Rows, org: int, ids: Sequence[str]) -> dict[str, list[str]]:
    names: dict[str, list[str]] = {}
    for row in await rows.all("participants.supporters", org=org, buckets=_buckets(ids)):
        names.setdefault(row["bucket"], []).append(row["name"])
    return names


def _buckets(ids: Sequence[str]) -> str:
    return msgspec.json.encode([participant_bucket(doc) for doc in ids]).decode()


def _fields(text: str) -> ParticipantFields:
    return msgspec.json.decode(text, type=ParticipantFields)
