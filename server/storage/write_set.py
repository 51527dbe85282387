"""What a round of decisions writes, gathered so that each table is written with one statement.

The order of `steps` is the order of the protocol: the log and the records first, positions confirmed last.
"""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import Any, Final

import msgspec

from server.storage.access_log import Access
from server.storage.connection import Step, put
from server.storage.records import row_of
from sync.intake import Parsed
from sync.messages import Receipt
from sync.state import Record
from sync.verdict import Decision

_encode: Final = msgspec.json.Encoder().encode


class Touched(msgspec.Struct):
    """A record to write: `device` creates it (0 for one that stands), `as_created` are the fields its create says."""

    record: Record
    device: int
    as_created: dict[str, Any] | None


class WriteSet:
    """Rows by statement. One per attempt: a failed attempt is thrown away whole."""

    def __init__(self) -> None:
        self.touched: dict[tuple[int, str], Touched] = {}
        self.heads: dict[int, tuple[int, int]] = {}
        self.spans: list[tuple[str, tuple[Any, ...]]] = []
        self.rows: dict[str, list[tuple[Any, ...]]] = {
            statement: []
            for statement in (
                "changes.insert",
                "changes.put_aside",
                "changes.settle",
                "changes.quarantine",
                "devices.pushed",
                "devices.reported",
                "devices.lost",
                "devices.forked",
                "alarms.ring",
                "access_log.append",
            )
        }

    def add(self, org: int, device: int, parsed: Parsed, decision: Decision) -> None:
        """Everything one decision writes but its records."""
        receipt = decision.receipt
        self.rows["changes.insert"].append(_change_row(org, device, parsed, receipt))
        for grant in decision.grants:
            self.spans.append(("caseload.grant", (org, grant.specialist, grant.bucket, grant.from_seq)))
        for ending in decision.ends:
            self.spans.append(("caseload.end", (org, ending.specialist, ending.bucket, receipt.seq)))
        for kept in decision.kept:
            value = _encode(kept.value).decode()
            self.rows["changes.put_aside"].append((org, receipt.doc, kept.field, value, kept.by, kept.at, kept.seq))
        if receipt.outcome == "quarantined":
            why = decision.bug or receipt.code
            self.rows["changes.quarantine"].append(
                (org, device, receipt.n, receipt.seq, receipt.at, why, parsed.raw),
            )

    def settle(self, org: int, before: Record, after: Record) -> None:
        """Mark as settled what the record no longer carries."""
        still = {(kept.field, kept.seq) for kept in after.kept}
        self.rows["changes.settle"] += [
            (org, after.doc, kept.field, kept.seq, after.seq)
            for kept in before.kept
            if (kept.field, kept.seq) not in still
        ]

    def audit(self, access: Access) -> None:
        self.rows["access_log.append"].append(access)

    def steps(self) -> list[Step]:
        """Everything in order; the positions last. A head that somebody else moved fails its own constraint."""
        inserts: list[tuple[Any, ...]] = []
        updates: list[tuple[Any, ...]] = []
        for (org, _), touched in self.touched.items():
            is_as_created = touched.as_created is touched.record.fields
            row = row_of(org, touched.device, touched.record, is_as_created=is_as_created)
            (inserts if touched.device else updates).append(row)
        steps = [put("records.insert", inserts), put("records.update", updates)]
        # In the order they were decided: one pair may be ended and granted again within one transaction.
        for statement, spans in groupby(self.spans, key=itemgetter(0)):
            steps.append(put(statement, [row for _, row in spans]))
        steps += [put(statement, rows) for statement, rows in self.rows.items()]
        steps.append(put("changes.raise_head", [(org, seen, head) for org, (seen, head) in self.heads.items()]))
        return [step for step in steps if step.params]


def _change_row(org: int, device: int, parsed: Parsed, receipt: Receipt) -> tuple[Any, ...]:
    return (
        org,
        receipt.seq,
        device,
        receipt.n,
        parsed.change.kind if parsed.change else "unreadable",
        receipt.doc,
        receipt.at,
        receipt.outcome,
        receipt.code,
        receipt.field,
        receipt.offer,
        _encode(receipt.conflicts).decode() if receipt.conflicts else None,
        parsed.hash,
        parsed.raw,
    )
