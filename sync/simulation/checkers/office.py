"""Checks in the instant of a commit and of an answer: order, identity, bundles, freezing, returned work, scope."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sync.canonical import content_hash
from sync.ids import participant_bucket
from sync.merge import KEPT_LIMIT
from sync.messages import PUSH_CHANGES_LIMIT, PullAnswer
from sync.reconcile import Asker, Record
from sync.simulation.checkers.books import hold
from sync.simulation.checkers.oracle import flat, is_prose
from sync.simulation.checkers.review import ReviewChecks
from sync.simulation.office import SWEPT_LIMIT

if TYPE_CHECKING:
    from sync.simulation.ledger import Entry, Ledger


class OfficeChecks(ReviewChecks):
    """2 to 8, 13, 16, 19 to 21, 24, 27, as far as the office alone can break them."""

    def committed(self, office: Ledger, entries: Sequence[Entry], records: Sequence[Record]) -> None:
        """Called in the instant of a commit."""
        hold(27, len(entries) <= PUSH_CHANGES_LIMIT, "a larger push than allowed")
        for i, entry in enumerate(entries, self.head + 1):
            receipt, n = entry.receipt, entry.parsed.n
            hold(8, receipt.seq == i, f"seq {receipt.seq} becomes visible where {i} is next")
            log = office.by_device[entry.device]
            hold(4, log[n - 1] is entry, f"{entry.device} {n} is not once and in its place in the log")
            if office.devices[entry.device].role == "specialist":
                self._check_identity(entry)
                self._check_refusal(entry, records)
            if office.epoch not in self.astray:
                key = (office.epoch, entry.device, n)
                hold(5, self.durable.setdefault(key, receipt) is receipt, f"{entry.device} {n} was decided before")
                self.digests[key] = entry.parsed.hash
            if office.is_astray:
                self.adrift.add((entry.device, receipt.seq))
        self.head += len(entries)
        hold(8, self.head == office.head, "the head is not the last seq")
        self._check_bundles(entries)
        self.check_reviews(entries)
        for record in records:
            self._check_record(record)

    def _check_identity(self, entry: Entry) -> None:
        change = entry.parsed.change
        is_known = (entry.device, entry.parsed.n, entry.parsed.hash) in self.born
        is_void = change is not None and change.kind == "void"
        hold(24, is_known or not is_void, f"{entry.device} voids {entry.parsed.doc}, and nobody asked for it")
        hold(7, is_known, f"{entry.device} {entry.parsed.n}: bytes that nobody captured")

    def _check_refusal(self, entry: Entry, records: Sequence[Record]) -> None:
        receipt, change = entry.receipt, entry.parsed.change
        if receipt.code is None:
            return
        returned = [
            record
            for record in records
            if record.type == "returned" and record.created == receipt.seq and record.author == entry.person
        ]
        is_whole = len(returned) == 1 and returned[0].fields["change"].encode() == entry.parsed.raw
        hold(21, is_whole, f"refused change at {receipt.seq} is not in the inbox, word for word")
        identity = (entry.device, entry.parsed.n, entry.parsed.hash)
        is_of_today = self.born.get(identity) == self.office.epoch and self.office.epoch not in self.astray
        if change is None or change.type != "note" or not is_of_today:
            return
        if receipt.code == "OUT_OF_SCOPE":
            was_held = (entry.person, change.bucket) in self.granted
            hold(16, not was_held, f"late work at {receipt.seq} was out of scope")
        if receipt.code == "PARTICIPANT_CLOSED" and entry.device not in self.copied:
            knew = self.saw_closing.get(identity, True)
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
            self.ended.add((self.office.epoch, doc))
        if record.type == "assignment":
            held = self.assigned.setdefault(record.fields["specialist"], Counter())
            bucket = participant_bucket(record.fields["participant"])
            self.granted.add((record.fields["specialist"], bucket))
            held[bucket] += 1 if record.state == "open" else -1
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
        allowed = self.caseload(asker.person)
        hold(23, asker.device not in self.office.revoked, "rows leave for a device that was revoked")
        self.scopes[answer.epoch, asker.person, answer.head] = allowed
        hold(27, len(answer.rows) <= max(limit, SWEPT_LIMIT), f"a batch of {len(answer.rows)} rows")
        for row in answer.rows:
            hold(13, row.b in allowed, f"a row of {row.b} leaves for somebody who does not hold it")
