"""Receipts as stored: the change log's row is the receipt, so a repeated push gets the very same answer again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import msgspec

from server.storage.port import Glance, Row, Rows
from sync.intake import Parsed
from sync.messages import Code, Offer, Outcome, Receipt

_conflicts = msgspec.json.Decoder(list[str]).decode


def receipt_of(row: Row) -> Receipt:
    """The receipt a row of the change log stands for."""
    return Receipt(
        n=row["n"],
        outcome=cast("Outcome", row["outcome"]),
        seq=row["seq"],
        doc=row["doc"],
        at=row["at"],
        code=cast("Code | None", row["code"]),
        field=row["field"],
        offer=cast("Offer | None", row["offer"]),
        conflicts=_conflicts(row["conflicts"]) if row["conflicts"] else [],
    )


async def replayed(rows: Rows, device: int, changes: Sequence[Parsed]) -> list[Receipt] | None:
    """Receipts of changes decided before; None when one of them was decided with other bytes (a cloned phone)."""
    if not changes:
        return []
    first, last = changes[0].n, changes[-1].n
    stored = await rows.all("changes.receipts_between", device=device, first_n=first, last_n=last)
    if [row["hash"] for row in stored] != [parsed.hash for parsed in changes]:
        return None
    return [receipt_of(row) for row in stored]


def receipts_for(rows: Glance, device: int, open_n: Sequence[int]) -> list[Receipt]:
    """Receipts for the n that a phone still waits for, with the hash of what was decided; the others are not there."""
    if not open_n:
        return []
    text = msgspec.json.encode(open_n).decode()
    found = rows.all("changes.receipts_of", device=device, open=text)
    return [msgspec.structs.replace(receipt_of(row), hash=row["hash"].hex()) for row in found]
