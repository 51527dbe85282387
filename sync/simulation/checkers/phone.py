"""Checks after everything a phone does: what it kept, what it was told, what it shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sync.messages import PUSH_LIMIT_BYTES, Receipt
from sync.simulation.checkers.books import Books, Violation, hold

if TYPE_CHECKING:
    from sync.simulation.phone import Batch, Item, Phone


class PhoneChecks(Books):
    """1, 2, 5, 7, 9 to 12, 14, 27, whether the phone was killed or not."""

    def met(self, phone: Phone) -> None:
        """A phone, or a copy of one, which then answers for what it holds undecided."""
        held = {item.n: item.hash for item in phone.store.outbox.values()}
        self.captured[phone.place] = held

    def typed(self, phone: Phone, item: Item) -> None:
        """Somebody touches "save"."""
        identity = (phone.store.device, item.n, item.hash)
        self.hashes.add(identity)
        self.saw_closing[identity] = _shows_closed(phone, item.change.get("bucket", ""))
        if item.change:
            self.written(item.change)

    def saved(self, phone: Phone, item: Item) -> None:
        """The screen says "saved"."""
        self.captured[phone.place][item.n] = item.hash

    def sent(self, path: str, body: bytes) -> None:
        hold(27, len(body) <= 2 * PUSH_LIMIT_BYTES, f"a {path} of {len(body)} bytes")

    def received(self, phone: Phone, receipts: Sequence[Receipt]) -> None:
        """Receipts stand in the outbox."""
        log = self.office.by_device.get(phone.store.device, [])
        for receipt in receipts:
            hold(2, receipt.n <= len(log), f"receipt for {receipt.n}, which is not in the durable log")
            entry = log[receipt.n - 1]
            before = self.receipts.setdefault((phone.store.device, receipt.n), receipt)
            hold(5, receipt == before, f"two different answers for {receipt.n}")
            hold(2, receipt == entry.receipt, f"the durable answer for {receipt.n} is another")
            item = phone.store.outbox.get(receipt.n)
            hold(
                7,
                item is None or item.hash == entry.parsed.hash,
                f"receipt for other bytes than captured as {receipt.n}",
            )

    def applied(self, phone: Phone, answer: Batch) -> None:
        """A batch stands in the store."""
        for row in answer.rows:
            key = (phone.place, row.b, row.doc)
            hold(12, row.seq >= self.seen.get(key, 0), f"phone {phone.place}: {row.doc} went back to {row.seq}")
            self.seen[key] = row.seq
        for drop in answer.drop:
            for key in [key for key in self.seen if key[0] == phone.place and key[1] == drop.b]:
                del self.seen[key]
        if not answer.more:
            held = phone.store.cursors.keys() | phone.store.records.keys()
            extra = held - self.scopes[phone.person, answer.head]
            hold(14, not extra, f"phone {phone.place} still holds {sorted(extra)}")

    def look(self, phone: Phone) -> None:
        """After anything that may have changed a phone's store, killed or not."""
        log = self.office.by_device.get(phone.store.device, [])
        outbox = phone.store.outbox
        for n, digest in self.captured[phone.place].items():
            item = outbox.get(n)
            if item is not None and item.hash == digest:
                continue
            if n > len(log) or log[n - 1].parsed.hash != digest:
                raise Violation(1, f"phone {phone.place}: change {n} was shown as saved and is nowhere")
        self._check_cursors(phone)
        self._check_own(phone)

    def _check_cursors(self, phone: Phone) -> None:
        cursors, records = phone.store.cursors, phone.store.records
        for bucket in records:
            hold(9, bucket in cursors or not records[bucket], f"phone {phone.place} holds {bucket} without a cursor")
        for bucket, cursor in cursors.items():
            hold(9, cursor <= self.office.head, f"phone {phone.place}: cursor of {bucket} ahead of the office")
            local = records.get(bucket, {})
            for doc, (seq, is_gone) in self.office.feed.get(bucket, {}).items():
                if seq > cursor:
                    continue
                mine = local.get(doc)
                if (mine is not None) is is_gone or (mine is not None and mine.seq != seq):
                    raise Violation(9, f"phone {phone.place}: {doc} at {seq}, cursor {cursor}, is not held as served")

    def _check_own(self, phone: Phone) -> None:
        is_open = False
        for item in phone.store.outbox.values():
            receipt = item.receipt
            if receipt is None:
                is_open = True
                continue
            hold(11, not is_open, f"phone {phone.place}: {item.n} is decided, an earlier one is not")
            if receipt.code is None and receipt.outcome != "noop":
                self._check_effect(phone, item.change["bucket"], item.change["doc"], receipt)

    def _check_effect(self, phone: Phone, bucket: str, doc: str, receipt: Receipt) -> None:
        """The effect is in the store, or what superseded it is still ahead of the cursor, or the record is gone."""
        cursor = phone.store.cursors.get(bucket, 0)
        if cursor < receipt.seq:
            return
        seq, is_gone = self.office.feed[bucket][doc]
        local = phone.store.records.get(bucket, {}).get(doc)
        is_shown = is_gone or seq > cursor or (local is not None and local.seq >= receipt.seq)
        hold(11, is_shown, f"phone {phone.place}: receipt {receipt.seq} is shown, its effect is not")


def _shows_closed(phone: Phone, bucket: str) -> bool:
    """Whether this phone shows the person of a bucket as closed, by snapshot or by its own unsent closing."""
    local = phone.store.records.get(bucket, {}).get(bucket[2:])
    if local is not None and b'"status":"closed"' in bytes(local.body.set):
        return True
    own = [item.change for item in phone.store.outbox.values() if item.change.get("doc") == bucket[2:]]
    return any(change.get("set", {}).get("status") == "closed" for change in own)
