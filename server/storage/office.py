"""A member's change at a screen becomes a change like any other, of that member's own device at the office.

So there is one way in, one reconcile and one log. n, base, author and clock are filled in under the writer, where
nothing moves.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID, uuid5

import msgspec

from server.storage.changes import prepare
from server.storage.connection import SqliteTransaction
from server.storage.desk import Prepared
from server.storage.port import Along, OfficeChange, Submission
from sync.clock import ClockReading
from sync.messages import Change, ChangeKind, RecordType
from sync.records.kind import Role

_OFFICE: Final = UUID("6f0d2c0e-5f4b-5c1a-9d0e-0a1105de0ff1")


class OfficeWork(msgspec.Struct, frozen=True):
    """Changes of one member, waiting for the writer. `along`: what is written with them, in the same transaction."""

    org: int
    person: str
    role: Role
    changes: Sequence[OfficeChange]
    now: int
    along: Along | None = None

    @property
    def device(self) -> str:
        """Id of the member's device at the office: always the same one."""
        return str(uuid5(_OFFICE, f"{self.org}:{self.person}"))


async def prepare_office(tx: SqliteTransaction, work: OfficeWork) -> Prepared:
    """Number the changes and say what they saw: the records as they stand."""
    device = await _device(tx, work)
    known = await tx.all("records.seqs", org=work.org, docs=_json([change.doc for change in work.changes]))
    seqs = {row["doc"]: row["seq"] for row in known}
    raws = [
        msgspec.json.encode(
            Change(
                n=n,
                kind=msgspec.convert(change.kind, ChangeKind),
                type=msgspec.convert(change.type, RecordType),
                doc=change.doc,
                bucket=change.bucket,
                author=work.person,
                captured=ClockReading(work.now),
                scope_seq=device["head"],
                base=seqs.get(change.doc, 0) if change.base is None else change.base,
                set=change.set,
                reason=change.reason,
                content_hash=change.content_hash,
            )
        )
        for n, change in enumerate(work.changes, device["next_n"])
    ]
    return prepare(Submission(work.org, work.device, work.person, work.role, device["next_n"], raws, work.now))


async def _device(tx: SqliteTransaction, work: OfficeWork) -> dict[str, Any]:
    rows = await tx.all("devices.by_ids", ids=_json([work.device]))
    if not rows:
        await tx.run(
            "devices.add", id=work.device, org=work.org, person=work.person, kind="office", public_key=None,
            deposit_hash=None, now=work.now, app="",
        )  # fmt: skip
        rows = await tx.all("devices.by_ids", ids=_json([work.device]))
    return dict(rows[0])


def _json(values: Sequence[str]) -> str:
    return msgspec.json.encode(values).decode()
