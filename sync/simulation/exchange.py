"""What the office's answers do to a phone, each in one transaction; and how it ends: lock, salvage, wipe."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sync.messages import Problem, PushAnswer, Receipt, SalvageAnswer
from sync.salvage import WITHOUT_BACKUP_MS
from sync.simulation.office import digest
from sync.simulation.phone import Device
from sync.simulation.store import Batch, Item, Local, PulledRow, Tab, read

KEEP_MS: Final = WITHOUT_BACKUP_MS


class Phone(Device):
    """A phone that exchanges."""

    def take(self, exchange: int, answers: int, path: str, body: bytes) -> None:
        """An answer. Anything but the awaited exchange of the tab that holds the store changes nothing.

        `answers`: the request that it answers, as it says itself; a proxy may give what it kept from hours ago.
        """
        tab = self.awaiting(exchange)
        if tab is None or not self.is_answer_to(exchange, answers):
            return
        tab.awaiting = None
        if self.is_fenced(tab):
            return
        self.watch.writing(self, tab)
        answer = read(body, path)
        self.border()
        if answer is None:
            self.take_problem(read(body, "problem"))
        elif isinstance(answer, PushAnswer):
            self.take_push(answer)
        elif isinstance(answer, Batch):
            self.take_batch(answer)
        else:
            self.take_salvage(answer)
        self.border()

    def awaiting(self, exchange: int) -> Tab | None:
        return next((tab for tab in self.tabs if tab.awaiting == exchange), None)

    def is_answer_to(self, exchange: int, answers: int) -> bool:
        return answers == exchange

    def is_fenced(self, tab: Tab) -> bool:
        return tab.generation != self.store.generation

    def take_push(self, answer: PushAnswer) -> None:
        self.strict()
        self.settle(answer.results)
        self.note(answer.safe_seq, answer.server_time)

    def take_batch(self, batch: Batch) -> None:
        if self.is_behind(batch.next_n) or self.has_other_bytes(batch.receipts):
            self.lock("forked")
        else:
            mine = [r for r in batch.receipts if self.proves(r)]
            if mine or batch.drop:
                self.strict()
            elif self.is_power_weak:
                self.unsynced.append(self.store.pulled())
            self.settle(mine)
            self.apply(batch)
            self.note(batch.safe_seq, batch.server_time)
            self.requeue_from(batch.next_n)

    def is_behind(self, next_n: int) -> bool:
        """The office has decided more than this storage ever captured: it is a copy, or has gone back in time."""
        return next_n > self.store.next_n

    def has_other_bytes(self, receipts: Sequence[Receipt]) -> bool:
        outbox = self.store.outbox
        return any(r.hash is not None and r.n in outbox and outbox[r.n].hash.hex() != r.hash for r in receipts)

    def proves(self, receipt: Receipt) -> bool:
        """A receipt from a pull settles a change only where the office says which bytes it decided."""
        item = self.store.outbox.get(receipt.n)
        return item is not None and receipt.hash == item.hash.hex()

    def settle(self, receipts: Sequence[Receipt]) -> None:
        """Receipts into the outbox."""
        store = self.store
        for receipt in receipts:
            item = store.outbox.get(receipt.n)
            if item is not None and item.receipt is None:
                item.receipt = receipt
        self.watch.received(self, receipts)

    def note(self, safe_seq: int, now: int) -> None:
        """What the newest answer says, even if it is less: an office that was copied back knows less."""
        self.store.safe_seq, self.store.now = safe_seq, now

    def apply(self, batch: Batch) -> None:
        """Drops, resets, rows and cursors in one transaction; then, if asked, what the digests say."""
        self.forget(batch)
        self.put_rows(batch.rows)
        self.put_cursors(batch)
        self.put_rest(batch)
        self.watch.applied(self, batch)

    def forget(self, batch: Batch) -> None:
        for drop in batch.drop:
            self.store.cursors.pop(drop.b, None)
            self.store.records.pop(drop.b, None)
        for bucket in batch.reset:
            self.store.records.pop(bucket, None)
        if batch.reset or batch.grant:
            # What has left this phone may be on its way back to it.
            self.store.complete = 0

    def put_rows(self, rows: Sequence[PulledRow]) -> None:
        for row in rows:
            bucket = self.store.records.setdefault(row.b, {})
            if row.body is None:
                bucket.pop(row.doc, None)
            else:
                bucket[row.doc] = Local(row.seq, row.type, row.body)

    def put_cursors(self, batch: Batch) -> None:
        self.store.cursors.update(batch.next)

    def put_rest(self, batch: Batch) -> None:
        if not batch.more:
            self.store.complete = batch.head
        self.store.lease_end = self.steady + batch.lease_ms if batch.lease_ms else 0
        if batch.digest:
            self.compare(batch.digest)

    def compare(self, theirs: dict[str, str]) -> None:
        """A bucket that differs is forgotten and asked for from its beginning."""
        store = self.store
        for bucket in store.cursors:
            mine = digest((doc, local.seq) for doc, local in store.records.get(bucket, {}).items())
            if theirs.get(bucket) != mine:
                store.cursors[bucket] = store.complete = 0
                store.records.pop(bucket, None)
        store.is_rotten = False

    def release(self) -> None:
        """Forget what is safe, in order of n: what an old backup lacks must be all that lies above it."""
        store = self.store
        if store.is_locked:
            return
        gone: list[int] = []
        for item in store.outbox.values():
            if self.may_release(item):
                gone.append(item.n)
            elif not self.may_leave_a_hole():
                break
        if gone:
            self.strict()
            for n in gone:
                self.watch.released(self, store.outbox.pop(n))

    def may_leave_a_hole(self) -> bool:
        return False

    def may_release(self, item: Item) -> bool:
        receipt = item.receipt
        return receipt is not None and self.is_safe(receipt) and (receipt.code is not None or self.shows(item, receipt))

    def is_safe(self, receipt: Receipt) -> bool:
        """In a verified backup; where none is configured, 14 days old by the office's own two readings."""
        store = self.store
        return receipt.seq <= store.safe_seq if store.safe_seq else store.now - receipt.at > KEEP_MS

    def shows(self, item: Item, receipt: Receipt) -> bool:
        """Its effect is on the screen from the snapshot, or the record has left this phone."""
        store = self.store
        local = store.records.get(item.change["bucket"], {}).get(item.change["doc"])
        return (local is not None and local.seq >= receipt.seq) or store.complete >= receipt.seq

    def take_problem(self, problem: Problem | None) -> None:
        code = problem.code if problem is not None else ""
        if problem is None or self.store.is_locked:
            self.is_unknown = self.is_unknown or code == "NOT_SIGNED"
        elif code == "DEVICE_REVOKED":
            self.lock("revoked")
            if problem.mode == "wipe_now":
                self.wipe(is_ordered=True)
        elif code == "DEVICE_FORKED":
            self.lock("forked")
        elif code == "EPOCH_CHANGED" and problem.epoch not in (None, self.store.epoch):
            self.strict()
            self.adopt(str(problem.epoch), problem.fork_seq or 0)
        elif code == "SEQ_GAP":
            self.requeue_from(problem.expected_n or 1)
        else:
            self.is_unknown = code == "NOT_SIGNED"

    def adopt(self, epoch: str, fork_seq: int) -> None:
        """The office was restored: own work above the fork is queued again, rows above it are forgotten."""
        store = self.store
        self.requeue(fork_seq)
        for docs in store.records.values():
            for doc in [doc for doc, local in docs.items() if local.seq > fork_seq]:
                del docs[doc]
        store.cursors = dict.fromkeys(store.cursors, 0)
        store.epoch, store.complete = epoch, 0
        store.safe_seq = min(store.safe_seq, fork_seq)
        self.watch.adopted(self, fork_seq)

    def requeue(self, fork_seq: int) -> None:
        for item in self.store.outbox.values():
            if item.receipt is not None and item.receipt.seq > fork_seq:
                item.receipt = None

    def requeue_from(self, next_n: int) -> None:
        """The office lost what it had decided, without a new epoch; nothing that is still here stays lost."""
        again = [item for item in self.store.outbox.values() if item.n >= next_n and item.receipt is not None]
        if again:
            self.strict()
            for item in again:
                item.receipt = None

    def lock(self, why: str) -> None:
        """Nothing is shown any more; what is sealed waits to be delivered."""
        self.strict()
        self.store.lock, self.store.records = why, {}
        self.store.cursors = {}
        self.restart()

    def take_salvage(self, answer: SalvageAnswer) -> None:
        """A pass that delivered everything once more ends in a wipe when the office says that all of it is safe."""
        self.is_unknown = False
        if self.delivered and answer.epoch != self.pass_epoch:
            self.delivered = 0
            return
        self.pass_epoch = answer.epoch
        waiting = len(self.to_deliver()) - self.delivered
        self.delivered += len(answer.results)
        if len(answer.results) < waiting:
            return
        self.delivered = 0
        if self.is_wipe_due(answer):
            self.wipe(is_ordered=False)

    def is_wipe_due(self, answer: SalvageAnswer) -> bool:
        return answer.is_wipe_due

    def wipe(self, *, is_ordered: bool) -> None:
        self.watch.wiping(self, is_ordered)
        store: Any = self.store
        store.outbox, store.records, store.cursors, store.lock = {}, {}, {}, "wiped"
