"""The checkers: told what happens, they hold it against the invariants, each by its number in docs/protocol.md.

They keep their own books (what was captured, who was assigned, what a device has seen) and trust neither phone nor
office. 1 durable capture, 2 no premature receipt, 3 nothing vanishes, 4 exactly once, 5 stable receipts, 6 device
order and bundles, 7 forks, 8 commit order, 9 honest cursor, 10 whole batches, 11 read your writes, 12 monotonic
records, 13 scope in time, 14 revocation complete, 15 grant complete, 16 late work, 17 superseded kept, 18 clock
independence (see `sync.simulation.__main__`), 19 signed is frozen, 20 no invented prose, 21 refused is returned,
24 no resurrection, 25 liveness, 26 convergence, 27 bounds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from sync.canonical import content_hash
from sync.ids import ORG_BUCKET, participant_bucket, specialist_bucket
from sync.merge import KEPT_LIMIT
from sync.messages import PUSH_CHANGES_LIMIT, PUSH_LIMIT_BYTES, PullAnswer, Receipt
from sync.reconcile import Asker, Record
from sync.simulation.oracle import flat, is_prose, retell

if TYPE_CHECKING:
    from sync.simulation.office import Entry, Office
    from sync.simulation.phone import Batch, Item, Phone


class Violation(AssertionError):  # noqa: N818 - the word of the invariants
    """An invariant does not hold."""

    def __init__(self, number: int, words: str) -> None:
        super().__init__(f"invariant {number}: {words}")
        self.number = number
        self.trace: list[str] = []


def hold(number: int, truth: bool, words: str) -> None:
    """Raise Violation unless true."""
    if not truth:
        raise Violation(number, words)


class Checkers:
    """The books of one history."""

    office: Office

    def __init__(self) -> None:
        self.head = 0
        self.captured: dict[int, dict[int, bytes]] = {}
        self.hashes: set[tuple[str, int, bytes]] = set()
        self.prose: dict[tuple[str, str], set[str]] = {}
        self.saw_closing: dict[tuple[str, int, bytes], bool] = {}
        self.assigned: dict[str, Counter[str]] = {}
        self.voided: set[str] = set()
        self.seals: dict[str, str] = {}
        self.scopes: dict[tuple[str, int], set[str]] = {}
        self.seen: dict[tuple[int, str, str], int] = {}
        self.receipts: dict[tuple[str, int], Receipt] = {}

    # --- what is captured

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

    def written(self, change: Mapping[str, Any]) -> None:
        """Words that somebody wrote."""
        for path, value in flat(change.get("set", {})):
            if isinstance(value, str) and (is_prose(path) or path == "text"):
                self.prose.setdefault((change["doc"], path), set()).add(value)

    def sent(self, path: str, body: bytes) -> None:
        hold(27, len(body) <= 2 * PUSH_LIMIT_BYTES, f"a {path} of {len(body)} bytes")

    # --- what the office does

    def committed(self, office: Office, entries: Sequence[Entry], records: Sequence[Record]) -> None:
        """Called in the instant of a commit."""
        hold(27, len(entries) <= PUSH_CHANGES_LIMIT, "a larger push than allowed")
        for i, entry in enumerate(entries, self.head + 1):
            receipt, n = entry.receipt, entry.parsed.n
            hold(8, receipt.seq == i, f"seq {receipt.seq} becomes visible where {i} is next")
            log = office.by_device[entry.device]
            hold(4, log[n - 1] is entry, f"{entry.device} {n} is not once and in its place in the log")
            if office.devices[entry.device].role == "specialist":
                is_known = (entry.device, n, entry.parsed.hash) in self.hashes
                hold(7, is_known, f"{entry.device} {n}: bytes that nobody captured")
                self._check_refusal(entry)
        self.head += len(entries)
        hold(8, self.head == office.head, "the head is not the last seq")
        self._check_bundles(entries)
        for record in records:
            self._check_record(record)

    def _check_refusal(self, entry: Entry) -> None:
        receipt, change = entry.receipt, entry.parsed.change
        if receipt.code is None:
            return
        returned = [
            record
            for record in self.office.records.values()
            if record.type == "returned" and record.created == receipt.seq and record.author == entry.person
        ]
        is_whole = len(returned) == 1 and returned[0].fields["change"].encode() == entry.parsed.raw
        hold(21, is_whole, f"refused change at {receipt.seq} is not in the inbox, word for word")
        if change is None or change.type != "note":
            return
        if receipt.code == "OUT_OF_SCOPE":
            hold(16, change.bucket[2:] not in self.office.records, f"late work at {receipt.seq} was out of scope")
        if receipt.code == "PARTICIPANT_CLOSED":
            knew = self.saw_closing.get((entry.device, entry.parsed.n, entry.parsed.hash), True)
            hold(16, knew, f"contact at {receipt.seq} was captured before the closing reached the phone")

    def _check_bundles(self, entries: Sequence[Entry]) -> None:
        bundles: dict[str, list[Entry]] = {}
        for entry in entries:
            if entry.parsed.change is not None and entry.parsed.change.bundle is not None:
                bundles.setdefault(entry.parsed.change.bundle, []).append(entry)
        for members in bundles.values():
            accepted = sum(entry.receipt.code is None for entry in members)
            change = members[0].parsed.change
            size = change.bundle_size if change is not None else 0
            hold(6, accepted in (0, size), f"{accepted} of a bundle of {size} were accepted")

    def _check_record(self, record: Record) -> None:
        doc = record.doc
        hold(24, doc not in self.voided or record.state == "void", f"{doc} came back from the void")
        if record.state == "void":
            self.voided.add(doc)
        if record.type == "assignment":
            held = self.assigned.setdefault(record.fields["specialist"], Counter())
            held[participant_bucket(record.fields["participant"])] += 1 if record.state == "open" else -1
        if record.signed is not None:
            seal = self.seals.setdefault(doc, record.signed.hash)
            is_frozen = seal == record.signed.hash == content_hash(record.fields)
            hold(19, is_frozen, f"signed note {doc} is not what was signed")
        hold(27, len(record.kept) <= KEPT_LIMIT, f"{doc} carries {len(record.kept)} kept values")
        if record.type == "returned":
            return
        shown = [*flat(record.fields), *((kept.field, kept.value) for kept in record.kept)]
        shown += [("text", addendum.text) for addendum in record.addenda]
        for path, value in shown:
            if (is_prose(path) or path == "text") and value:
                hold(20, value in self.prose.get((doc, path), ()), f"nobody wrote what {doc} says in {path}")

    def answered(self, asker: Asker, answer: PullAnswer, limit: int) -> None:
        """A batch leaves the office."""
        allowed = {ORG_BUCKET, specialist_bucket(asker.person)}
        allowed |= {bucket for bucket, count in self.assigned.get(asker.person, Counter()).items() if count > 0}
        self.scopes[asker.person, answer.head] = allowed
        hold(27, len(answer.rows) <= limit, f"a batch of {len(answer.rows)} rows")
        for row in answer.rows:
            hold(13, row.b in allowed, f"a row of {row.b} leaves for somebody who does not hold it")

    # --- what the phone does

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

    # --- at rest

    def at_rest(self, phones: Sequence[Phone]) -> None:
        """Nothing moves any more."""
        self._check_history()
        for place, held in self.captured.items():
            phone = phones[place]
            log = self.office.by_device.get(phone.store.device, [])
            for n, digest in held.items():
                is_decided = n <= len(log) and log[n - 1].parsed.hash == digest
                hold(3, is_decided or n in phone.store.outbox, f"phone {place}: change {n} vanished")
                hold(25, is_decided or phone.store.is_locked, f"phone {place}: change {n} was never decided")
        for phone in phones:
            if not phone.store.is_locked:
                self._check_converged(phone)

    def _check_history(self) -> None:
        told, aside = retell(self.office.history)
        made = {r.doc for r in self.office.records.values() if r.type in ("returned", "assignment")}
        hold(17, self.office.records.keys() == told.keys() | made, "records without a history, or the other way round")
        for doc, fields in told.items():
            held = {path: value for path, value in flat(self.office.records[doc].fields) if value is not None}
            hold(17, held == fields, f"{doc} holds {held}, its history says {fields}")
        kept: Counter[tuple[str, str, str, str, int]] = Counter()
        for doc, value in self.office.conflicts:
            kept[doc, value.field, msgspec.json.encode(value.value).decode(), value.by, value.seq] += 1
        hold(17, kept == aside, f"put aside: {kept - aside} too many, {aside - kept} missing")
        identities = Counter((entry.device, entry.parsed.n) for entry in self.office.history)
        hold(4, all(count == 1 for count in identities.values()), "a change stands twice in the history")

    def _check_converged(self, phone: Phone) -> None:
        allowed = {ORG_BUCKET, specialist_bucket(phone.person)}
        allowed |= {bucket for bucket, count in self.assigned.get(phone.person, Counter()).items() if count > 0}
        hold(15, phone.store.cursors.keys() >= allowed, f"phone {phone.place} never got all it was granted")
        hold(14, phone.store.cursors.keys() <= allowed, f"phone {phone.place} holds more than its caseload")
        for bucket in allowed:
            served = {
                doc: (seq, bytes(self.office.body(self.office.records[doc])))
                for doc, (seq, is_gone) in self.office.feed.get(bucket, {}).items()
                if not is_gone
            }
            local = phone.store.records.get(bucket, {})
            mine = {doc: (one.seq, msgspec.json.encode(one.body)) for doc, one in local.items()}
            hold(26, served == mine, f"phone {phone.place} and office differ in {bucket}")


def _shows_closed(phone: Phone, bucket: str) -> bool:
    """Whether this phone shows the person of a bucket as closed, by snapshot or by its own unsent closing."""
    local = phone.store.records.get(bucket, {}).get(bucket[2:])
    if local is not None and b'"status":"closed"' in bytes(local.body.set):
        return True
    own = [item.change for item in phone.store.outbox.values() if item.change.get("doc") == bucket[2:]]
    return any(change.get("set", {}).get("status") == "closed" for change in own)
