"""What the loop leaves to do: notes to review, notes returned and waiting, assignments and their covers, tasks."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from server.storage.port import Rows
from sync.records.task import TaskFields

QUEUE_LIMIT: Final = 300
"""Notes that one queue holds; the oldest first, so that the others come as these are done."""
LIST_LIMIT: Final = 200

_fields = msgspec.json.Decoder(dict[str, Any]).decode
_task = msgspec.json.Decoder(TaskFields).decode


class Unread(msgspec.Struct, frozen=True):
    """A signed note that nobody has co-signed or returned. `flag`: 0 none, 1 an open safety flag, 2 a closed one."""

    doc: str
    participant: str
    site: str | None
    author: str
    contact_kind: str
    started_at: int
    ended_at: int
    captured: int
    signed_at: int
    flag: int
    fields: dict[str, Any]


class SentBack(msgspec.Struct, frozen=True):
    """A note that was returned, and whose author has not answered. `since`: of the earliest such return (ms)."""

    doc: str
    participant: str
    site: str | None
    author: str
    since: int


class Held(msgspec.Struct, frozen=True):
    """An assignment in force; `until` as in its record. `doc`, `bucket`: for ending it."""

    doc: str
    bucket: str
    author: str
    specialist: str
    participant: str
    until: str


class Task(msgspec.Struct, frozen=True):
    """A task as it was given (ms by the office's clock)."""

    doc: str
    author: str
    given_at: int
    fields: TaskFields


async def unread(rows: Rows, org: int, since: int) -> list[Unread]:
    """Notes signed since an instant (ms), the oldest first."""
    found = await rows.all("review.queue", org=org, since=since, limit=QUEUE_LIMIT)
    return [
        Unread(**{name: row[name] for name in row if name != "fields_json"}, fields=_fields(row["fields_json"]))
        for row in map(dict, found)
    ]


async def sent_back(rows: Rows, org: int) -> list[SentBack]:
    """The longest wait first."""
    return [SentBack(**row) for row in await rows.all("review.returned", org=org, limit=LIST_LIMIT)]


async def provisional(rows: Rows, org: int) -> frozenset[str]:
    """Members whose credential is provisional."""
    return frozenset(row["doc"] for row in await rows.all("review.provisional", org=org))


async def held(rows: Rows, org: int) -> list[Held]:
    """Every assignment in force."""
    return [Held(**row) for row in await rows.all("review.assignments", org=org)]


async def tasks(rows: Rows, org: int) -> list[Task]:
    """Newest first, done ones too."""
    found = await rows.all("review.tasks", org=org, limit=LIST_LIMIT)
    return [Task(row["doc"], row["author"], row["received"], _task(row["fields_json"])) for row in found]


async def organisations(rows: Rows) -> list[int]:
    """Every organisation of this office, for work that runs by itself."""
    return [row["org"] for row in await rows.all("review.organisations")]
