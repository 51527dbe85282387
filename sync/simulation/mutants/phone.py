"""Bugs in the phone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from sync.messages import Receipt
from sync.simulation import phone
from sync.simulation.exchange import Phone
from sync.simulation.mutants.infection import Put
from sync.simulation.store import Batch, Tab


def saved_before_stored(put: Put) -> None:
    real = Phone.keep

    def keep(self: Phone, items: Any) -> None:
        for item in items:
            self.watch.saved(self, item)
        self.border()
        real(self, items)

    put(Phone, "keep", keep)


def cursor_apart_from_rows(put: Put) -> None:
    def apply(self: Phone, answer: Batch) -> None:
        self.forget(answer)
        self.put_cursors(answer)
        self.border()
        self.put_rows(answer.rows)
        self.put_rest(answer)
        self.watch.applied(self, answer)

    put(Phone, "apply", apply)


def late_answer_applied(put: Put) -> None:
    real = Phone.awaiting

    def awaiting(self: Phone, exchange: int) -> Tab | None:
        return real(self, exchange) or (self.tabs[0] if self.dice.chance(0.9) else None)

    put(Phone, "awaiting", awaiting)
    put(Phone, "is_fenced", lambda _self, _tab: False)


def drop_ignored(put: Put) -> None:
    def forget(self: Phone, batch: Batch) -> None:
        for drop in batch.drop:
            self.store.cursors.pop(drop.b, None)

    put(Phone, "forget", forget)


def outbox_deleted_on_send(put: Put) -> None:
    def sent(self: Phone, path: str) -> None:
        if path == "push":
            for item in self.undecided()[: phone.PUSH_LIMIT]:
                del self.store.outbox[item.n]

    put(Phone, "sent", sent)


def newest_sent_first(put: Put) -> None:
    real = Phone.undecided
    put(Phone, "undecided", lambda self: real(self)[::-1] if len(real(self)) < 4 else real(self)[-1:])


def receipt_settles_the_next(put: Put) -> None:
    real = Phone.settle

    def settle(self: Phone, receipts: Sequence[Receipt]) -> None:
        following = [msgspec.structs.replace(receipt, n=receipt.n + 1) for receipt in receipts[-1:]]
        real(self, [*receipts, *following])

    put(Phone, "settle", settle)


def counter_reused_after_a_kill(put: Put) -> None:
    real = Phone.restart

    def restart(self: Phone) -> None:
        real(self)
        decided = [item.n for item in self.store.outbox.values() if item.receipt is not None]
        self.store.next_n = max(decided, default=self.store.next_n - 1) + 1

    put(Phone, "restart", restart)
