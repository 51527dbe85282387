"""What leaves the organisation: the notes that are chosen for it, and the accounting of what left."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final, Literal

import msgspec

from server.storage.port import Rows, Transaction
from sync.ids import participant_bucket
from sync.records.consent import ConsentFields
from sync.records.participant import Goal

Format = Literal["csv", "words", "print", "figures"]
NOTES_LIMIT: Final = 5_000
LAST_AT: Final = 2**62
_goals = msgspec.json.Decoder(list[Goal]).decode


class Choice(msgspec.Struct, frozen=True):
    """Which signed notes. Days are days since 1970, both included; '' chooses every site or person."""

    first: int
    last: int
    site: str = ""
    person: str = ""


class Chosen(msgspec.Struct, frozen=True):
    """A note that was chosen."""

    doc: str
    participant: str
    day: int


class Person(msgspec.Struct, frozen=True):
    """A participant as an export names one. `goals`: words by id."""

    name: str
    code: str
    goals: Mapping[str, str]


class Disclosure(msgspec.Struct, frozen=True):
    """A row of the accounting. `people`: how many participants it was about."""

    id: str
    at: int
    by_person: str
    recipient: str
    purpose: str
    basis: str
    reference: str
    format: Format
    notes: int
    left_out: int
    first_day: int
    last_day: int
    hash: str
    people: int = 0


async def chosen(rows: Rows, org: int, choice: Choice) -> list[Chosen]:
    """Oldest first, one more than may leave at once if there are more."""
    bucket = participant_bucket(choice.person) if choice.person else ""
    params = {"first": choice.first, "last": choice.last, "site": choice.site, "bucket": bucket}
    found = await rows.all("disclosures.chosen", org=org, limit=NOTES_LIMIT + 1, **params)
    return [Chosen(**row) for row in found]


async def consents(rows: Rows, org: int, people: Collection[str]) -> dict[str, list[ConsentFields]]:
    """Participant to their consents, in force or not."""
    buckets = _json([participant_bucket(person) for person in people])
    found: dict[str, list[ConsentFields]] = {}
    for row in await rows.all("disclosures.consents", org=org, buckets=buckets):
        fields = msgspec.json.decode(row["fields_json"], type=ConsentFields)
        found.setdefault(fields.participant, []).append(fields)
    return found


async def people(rows: Rows, org: int, docs: Collection[str]) -> dict[str, Person]:
    """Names, codes and goals of participants."""
    found = await rows.all("disclosures.people", org=org, docs=_json(docs))
    return {
        row["doc"]: Person(
            row["name"], row["code"], {goal.id: goal.words for goal in _goals(row["goals"])} if row["goals"] else {}
        )
        for row in found
    }


async def everybody(rows: Rows, org: int) -> list[tuple[str, str]]:
    """(id, name) of every participant, by name."""
    found = [(row["doc"], row["name"]) for row in await rows.all("disclosures.everybody", org=org)]
    return sorted(found, key=lambda one: (one[1].casefold(), one[0]))


async def superseded(rows: Rows, org: int, people: Collection[str]) -> set[str]:
    """Notes of these participants that a later one replaces."""
    buckets = _json([participant_bucket(person) for person in people])
    return {row["doc"] for row in await rows.all("disclosures.superseded", org=org, buckets=buckets)}


async def add(tx: Transaction, org: int, made: Disclosure, notes_of: Mapping[str, int]) -> None:
    """Account for what is about to leave. `notes_of`: participant to the number of notes."""
    told = msgspec.structs.asdict(made)
    del told["people"]
    await tx.run("disclosures.add", org=org, **told)
    rows = [{"org": org, "participant": doc, "disclosure": made.id, "notes": n} for doc, n in notes_of.items()]
    await tx.many("disclosures.add_person", rows)


async def listed(
    rows: Rows, org: int, limit: int, *, person: str = "", before: tuple[int, str] = (LAST_AT, "")
) -> Sequence[Disclosure]:
    """Newest first; of everybody, or of one participant with the number of their notes."""
    params = {"org": org, "limit": limit, "before_at": before[0], "before_id": before[1]}
    if person:
        found = await rows.all("disclosures.listed_of", participant=person, **params)
    else:
        found = await rows.all("disclosures.listed", **params)
    return [Disclosure(**row) for row in found]


def _json(values: Collection[str]) -> str:
    return msgspec.json.encode(sorted(values)).decode()
