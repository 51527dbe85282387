"""Checks after everything a phone does: what it kept, what it was told, what it shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from sync.messages import PUSH_LIMIT_BYTES, Receipt
from sync.simulation.checkers.books import Books, Violation, hold

if TYPE_CHECKING:
    from sync.simulation.exchange import Phone
    from sync.simulation.store import Batch, Item


class PhoneChecks(Books):
    """1, 2, 5, 7, 9 to 12, 14, 27, whether the phone was killed or not."""

    def met(self, phone: Phone) -> None:
        """A phone, or a copy of one, which then answers for what it holds."""
        self.captured[phone.place] = {item.n: item.hash for item in phone.store.outbox.values()}
        if phone.store.device in self.devices:
            self.copied.add(phone.store.device)
        self.devices.add(phone.store.device)
        self.seen[phone.place] = {}
        self.leases[phone.place] = [phone.store.lease_end]

    def typed(self, phone: Phone, item: Item) -> None:
        """Somebody touches "save"."""
        identity = (phone.store.device, item.n, item.hash)
        self.born[identity] = phone.store.epoch
        self.saw_closing[identity] = _shows_closed(phone, item.change.get("bucket", ""))
        if item.change:
            self.written(item.change)

    def saved(self, phone: Phone, item: Item) -> None:
        """The screen says "saved"."""
        self.captured[phone.place][item.n] = item.hash

    def wrote(self, phone: Phone, next_n: int) -> None:
        """The touch of "save" is over, and nothing was said of a fault."""
        hold(1, phone.store.next_n == next_n, f"phone {phone.place}: what was written was not kept")

    def sent(self, path: str, body: bytes) -> None:
        hold(27, len(body) <= 2 * PUSH_LIMIT_BYTES, f"a {path} of {len(body)} bytes")

    def received(self, phone: Phone, receipts: Sequence[Receipt]) -> None:
        """Receipts stand in the outbox."""
        store = phone.store
        if self.is_strange(phone):
            return
        for told in receipts:
            receipt = told if told.hash is None else msgspec.structs.replace(told, hash=None)
            durable = self.durable.get((store.epoch, store.device, receipt.n))
            hold(2, durable is not None, f"receipt for {receipt.n}, which is not in the durable log")
            hold(5, receipt == durable, f"the durable answer for {receipt.n} is another")
            item = store.outbox.get(receipt.n)
            digest = self.digests.get((store.epoch, store.device, receipt.n))
            hold(7, item is None or item.hash == digest, f"receipt for other bytes than captured as {receipt.n}")

    def applied(self, phone: Phone, answer: Batch) -> None:
        """A batch stands in the store."""
        end = phone.steady + answer.lease_ms if answer.lease_ms else 0
        self.leases[phone.place].append(end)
        if self.is_strange(phone):
            return
        seen = self.seen[phone.place]
        gone = {drop.b for drop in answer.drop} | {*answer.reset}
        if gone:
            seen = self.seen[phone.place] = {key: seq for key, seq in seen.items() if key[0] not in gone}
        for row in answer.rows:
            key = (row.b, row.doc)
            hold(12, row.seq >= seen.get(key, 0), f"phone {phone.place}: {row.doc} went back to {row.seq}")
            seen[key] = row.seq
        hold(7, answer.next_n <= phone.store.next_n, f"phone {phone.place} is a copy, and goes on all the same")
        if not answer.more:
            held = phone.store.cursors.keys() | phone.store.records.keys()
            extra = held - self.scopes[answer.epoch, phone.person, answer.head]
            hold(14, not extra, f"phone {phone.place} still holds {sorted(extra)}")

    def look(self, phone: Phone, *, has_moved: bool = True) -> None:
        """After anything that may have changed a phone's store, killed or not. `has_moved`: also what was pulled."""
        outbox, device = phone.store.outbox, phone.store.device
        for n, digest in self.captured[phone.place].items():
            item = outbox.get(n)
            if (item is None or item.hash != digest) and not self.is_kept(device, n, digest):
                raise Violation(1, f"phone {phone.place}: change {n} was shown as saved and is nowhere")
        is_dense = not outbox or len(outbox) == phone.store.next_n - min(outbox)
        hold(6, is_dense, f"phone {phone.place}: a hole in the outbox")
        is_vouched = phone.store.epoch == self.office.epoch and not self.office.is_closed
        if has_moved and is_vouched and not self.is_strange(phone) and not phone.store.is_rotten:
            self._check_cursors(phone)
            self._check_own(phone)

    def released(self, phone: Phone, item: Item) -> None:
        """An entry leaves the outbox: what it did must be on the screen without it."""
        receipt = item.receipt
        if receipt is None or receipt.code is not None or receipt.outcome == "noop" or self.is_strange(phone):
            return
        bucket, doc = item.change["bucket"], item.change["doc"]
        local = phone.store.records.get(bucket, {}).get(doc)
        is_gone = self.office.feed.get(bucket, {}).get(doc, (0, True))[1] or bucket not in phone.store.cursors
        # A restore may have brought it back to the office meanwhile; this phone still reads what was before.
        is_gone = is_gone or (phone.store.epoch, doc) in self.ended
        is_shown = is_gone or phone.store.is_rotten or (local is not None and local.seq >= receipt.seq)
        hold(11, is_shown, f"phone {phone.place} forgets {item.n}, and nothing shows it")

    def _check_cursors(self, phone: Phone) -> None:
        cursors, records = phone.store.cursors, phone.store.records
        for bucket in records:
            hold(9, bucket in cursors or not records[bucket], f"phone {phone.place} holds {bucket} without a cursor")
        for bucket, cursor in cursors.items():
            hold(9, cursor <= self.office.head, f"phone {phone.place}: cursor of {bucket} ahead of the office")
            local, feed = records.get(bucket, {}), self.office.feed.get(bucket, {})
            for doc, (seq, is_gone) in feed.items():
                if seq > cursor:
                    continue
                mine = local.get(doc)
                if (mine is not None) is is_gone or (mine is not None and mine.seq != seq):
                    raise Violation(9, f"phone {phone.place}: {doc} at {seq}, cursor {cursor}, is not held as served")
            if cursor >= self.office.floors.get(bucket, 0) and not local.keys() <= feed.keys():
                raise Violation(9, f"phone {phone.place} holds rows of {bucket} that were swept away long ago")

    def _check_own(self, phone: Phone) -> None:
        is_open = False
        for item in phone.store.outbox.values():
            receipt = item.receipt
            if receipt is None:
                # An office that was astray let the phone begin above it, and gave it up: it comes as salvage.
                is_open = is_open or not self.is_given_up(phone.store.device, item.n)
                continue
            hold(11, not is_open, f"phone {phone.place}: {item.n} is decided, an earlier one is not")
            if receipt.code is None and receipt.outcome != "noop":
                self._check_effect(phone, item.change["bucket"], item.change["doc"], receipt)

    def _check_effect(self, phone: Phone, bucket: str, doc: str, receipt: Receipt) -> None:
        """The effect is in the store, or what superseded it is still ahead of the cursor, or the record is gone."""
        cursor = phone.store.cursors.get(bucket, 0)
        if cursor < receipt.seq:
            return
        seq, is_gone = self.office.feed[bucket].get(doc, (0, True))
        local = phone.store.records.get(bucket, {}).get(doc)
        is_shown = is_gone or seq > cursor or (local is not None and local.seq >= receipt.seq)
        hold(11, is_shown, f"phone {phone.place}: receipt {receipt.seq} is shown, its effect is not")


def _shows_closed(phone: Phone, bucket: str) -> bool:
    """Whether this phone was shown the person of a bucket as closed, by snapshot or by its own unsent closing."""
    local = phone.store.records.get(bucket, {}).get(bucket[2:])
    if local is not None and b'"status":"closed"' in bytes(local.body.set):
        return True
    # The very row that said so may have rotted away: that it came is what the cursor says, and all the office is told.
    if local is None and phone.store.is_rotten and phone.store.cursors.get(bucket, 0) > 0:
        return True
    own = [item.change for item in phone.store.outbox.values() if item.change.get("doc") == bucket[2:]]
    return any(change.get("set", {}).get("status") == "closed" for change in own)
