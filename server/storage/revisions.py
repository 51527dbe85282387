"""Which notes took the place of a note."""

from __future__ import annotations

from server.storage.port import Rows
from server.storage.records import record_of
from sync.state import Record


async def revisions_of(rows: Rows, org: int, doc: str) -> list[Record]:
    """Signed notes that supersede this one, in the order in which they came; mostly none, rarely more than one."""
    return [record_of(row) for row in await rows.all("revisions.of_note", org=org, doc=doc)]
