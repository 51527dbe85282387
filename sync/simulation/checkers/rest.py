"""Checks at rest, when nothing moves any more: everything decided, told, kept and everywhere the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from sync.simulation.checkers.books import Books, hold
from sync.simulation.checkers.oracle import flat, retell

if TYPE_CHECKING:
    from sync.simulation.phone import Phone


class RestChecks(Books):
    """3, 4, 14, 15, 17, 25, 26."""

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
