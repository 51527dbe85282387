"""The office as phones meet it: the ledger, and what a pull takes from one snapshot of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from sync.cursor import begins_anew, compare, is_ahead
from sync.ids import ORG_BUCKET, specialist_bucket
from sync.messages import Drop, Problem, PullAnswer, PullRequest, Receipt, Row
from sync.reconcile import Asker, Record
from sync.records.kind import Body
from sync.simulation.ledger import Ledger, Refusal

SWEPT_LIMIT: Final = 3
"""Rows that may lie below a floor; at most a batch."""


class Office(Ledger):
    """What it answers."""

    def earlier(self, person: str) -> dict[str, int]:
        """The person's other phones, and how much each said it had not sent."""
        mine = (one.device for one in self.devices.values() if one.person == person)
        return {device: self.unsent.get(device, 0) for device in mine if device not in self.revoked}

    def allowed(self, person: str) -> list[str]:
        """Buckets this person's phone may hold now."""
        held = [bucket for bucket, spans in self.caseload.get(person, {}).items() if spans[-1][1] is None]
        return [ORG_BUCKET, specialist_bucket(person), *sorted(held)]

    def pull(self, asker: Asker, request: PullRequest) -> PullAnswer:
        """One batch from one snapshot. Cursors move where there are rows; a bucket read to its end gets the head."""
        if is_ahead(request.since, self.head):
            raise Refusal(Problem("CURSOR_AHEAD", epoch=self.epoch))
        scope = compare(request.since, self.allowed(asker.person))
        rows: list[Row] = []
        following: dict[str, int] = {}
        resets: list[str] = []
        remaining = 0
        for bucket in sorted(scope.keep | scope.grant):
            since, floor = request.since.get(bucket, 0), self.floors.get(bucket, 0)
            is_anew = begins_anew(since, floor)
            since = 0 if is_anew else since
            if self.newest.get(bucket, 0) <= since:
                continue
            new = sorted((seq, doc, gone) for doc, (seq, gone) in self.feed[bucket].items() if seq > since)
            room = self.room(request.limit_docs - len(rows), [seq for seq, _, _ in new], floor, is_first=not rows)
            remaining += max(0, len(new) - room)
            if room > 0:
                rows += [self._row(bucket, doc, seq, is_gone=gone) for seq, doc, gone in new[:room]]
                following[bucket] = max(self.cursor_after([seq for seq, _, _ in new], room), floor if is_anew else 0)
                resets += [bucket] if is_anew else []
            elif is_anew and not new:
                following[bucket], resets = self.head, [*resets, bucket]
        if not remaining:
            following = dict.fromkeys(sorted(scope.grant), self.head) | following
        drops = [Drop(bucket, "reassigned") for bucket in sorted(scope.drop)]
        self._hear(asker, request)
        answer = PullAnswer(
            self.epoch, self.head, self.safe_seq, self.now, rows, following, sorted(scope.grant), drops, resets,
            self._receipts(asker, request), remaining, remaining > 0, len(self.by_device.get(asker.device, [])) + 1,
            self.digests(asker.person) if request.digest and not remaining and not self.is_old else {},
            lease_ms=0 if self.is_old else self.lease_ms,
        )  # fmt: skip
        self.watch.answered(asker, answer, request.limit_docs)
        return answer

    def room(self, left: int, new: Sequence[int], floor: int, *, is_first: bool) -> int:
        """How many rows of a bucket go into the batch; what lies below its floor goes whole or waits."""
        swept = sum(seq <= floor for seq in new)
        return left if swept <= left else (swept if is_first else 0)

    def cursor_after(self, new: Sequence[int], room: int) -> int:
        """Cursor of a bucket once the first `room` of its new rows are applied."""
        return self.head if len(new) <= room else new[room - 1]

    def sweep(self, bucket: str) -> None:
        """Sweep old tombstones away, as far as little enough lies below the floor to come in one answer."""
        docs = self.feed.get(bucket, {})
        for floor in sorted((seq for seq, gone in docs.values() if gone), reverse=True):
            if sum(not gone and seq <= floor for seq, gone in docs.values()) <= SWEPT_LIMIT:
                self.feed[bucket] = {doc: at for doc, at in docs.items() if not at[1] or at[0] > floor}
                self.floors[bucket] = max(floor, self.floors.get(bucket, 0))
                return

    def digests(self, person: str) -> dict[str, str]:
        """By bucket: SHA-256 over doc and seq of every row that is there."""
        return {
            bucket: digest((doc, seq) for doc, (seq, gone) in self.feed.get(bucket, {}).items() if not gone)
            for bucket in self.allowed(person)
        }

    def body(self, record: Record) -> msgspec.Raw:
        """A record on the wire."""
        cached = self.bodies.get(record.doc)
        if cached is not None and cached[0] == record.seq:
            return cached[1]
        fields = msgspec.Raw(msgspec.json.encode(record.fields))
        body = Body(
            record.author, record.state, record.captured, record.received, record.created, fields, record.signed,
            record.addenda, record.kept, record.returned, record.cosigned, record.flag_closed,
        )  # fmt: skip
        raw = msgspec.Raw(msgspec.json.encode(body))
        self.bodies[record.doc] = (record.seq, raw)
        return raw

    def _receipts(self, asker: Asker, request: PullRequest) -> list[Receipt]:
        log = self.by_device.get(asker.device, [])
        found = [log[n - 1] for n in request.open if n <= len(log)]
        if self.is_old:
            return [entry.receipt for entry in found if entry is not None]
        return [msgspec.structs.replace(e.receipt, hash=e.parsed.hash.hex()) for e in found if e is not None]

    def _hear(self, asker: Asker, request: PullRequest) -> None:
        if request.report is not None:
            self.unsent[asker.device] = request.report.unsent

    def _row(self, bucket: str, doc: str, seq: int, *, is_gone: bool) -> Row:
        record = self.records[doc]
        return Row(bucket, doc, record.type, seq, None if is_gone else self.body(record), "void" if is_gone else None)


def digest(rows: Iterable[tuple[str, int]]) -> str:
    """As both sides compute it."""
    return hashlib.sha256("".join(f"{doc} {seq}\n" for doc, seq in sorted(rows)).encode()).hexdigest()
