"""Checks at rest, when nothing moves any more: everything decided, told, kept and everywhere the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from sync.simulation.checkers.books import hold
from sync.simulation.checkers.oracle import Standing, flat, retell
from sync.simulation.checkers.review import ReviewChecks

if TYPE_CHECKING:
    from sync.simulation.exchange import Phone
    from sync.simulation.ledger import Entry


class RestChecks(ReviewChecks):
    """3, 4, 14, 15, 17, 22, 23, 25, 26."""

    def at_rest(self, phones: Sequence[Phone]) -> None:
        """Nothing moves any more."""
        self._check_history()
        self.check_said()
        for place, held in self.captured.items():
            device, outbox = phones[place].store.device, phones[place].store.outbox
            for n, digest in held.items():
                is_kept = self.is_kept(device, n, digest)
                hold(3, is_kept or n in outbox, f"phone {place}: change {n} vanished")
                hold(25, is_kept, f"phone {place}: change {n} was never decided")
        for phone in phones:
            if not phone.is_dead and not phone.is_unknown:
                self._check_end(phone)

    def _check_end(self, phone: Phone) -> None:
        store = phone.store
        hold(14, not store.outbox, f"phone {phone.place} never lets go of {[*store.outbox]}")
        if store.is_locked:
            hold(23, store.lock == "wiped", f"phone {phone.place} is {store.lock} and was never wiped")
            hold(23, not store.records and not store.cursors, f"phone {phone.place} is wiped, and not empty")
        else:
            hold(22, store.epoch == self.office.epoch, f"phone {phone.place} is in a dead epoch")
            self._check_converged(phone)

    def _check_history(self) -> None:
        told, aside = retell(self.office.history, self._saw)
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
        excused = {(device, n) for device, n, _ in [*self.excused, *self.office.sealed]} | self.drowned
        for device, log in self.office.by_device.items():
            lost = [n for n, entry in enumerate(log, 1) if entry is None and (device, n) not in excused]
            hold(22, not lost, f"{device} skipped {lost}, which no restore has taken")

    def _saw(self, entry: Entry, value: Standing) -> bool:
        """Of this lineage an author has seen what their base says; one from beyond a fork reaches only to the fork.

        What an office decided while it was astray lies below numbers that were given before: there a base of another
        branch seems to reach, and no office can tell.
        """
        change = entry.parsed.change
        base = change.base if change is not None else 0
        born = self.born.get((entry.device, entry.parsed.n, entry.parsed.hash))
        if born is not None and born not in self.astray and (value.device, value.seq) not in self.adrift:
            base = min(base, self.shared(born, self.office.epoch))
        return value.seq <= base

    def _check_converged(self, phone: Phone) -> None:
        allowed = self.caseload(phone.person)
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
