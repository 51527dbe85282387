"""Bugs around locks, sealed work, wipes and leases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from sync import intake, reconcile
from sync.messages import Problem, SalvageAnswer, SalvageResult
from sync.simulation import deposits
from sync.simulation.deposits import Deposit, Deposits
from sync.simulation.exchange import Phone
from sync.simulation.ledger import Sealed
from sync.simulation.mutants.infection import Put
from sync.simulation.office import Office
from sync.simulation.phone import Device
from sync.simulation.store import Item


def wiped_without_salvage(put: Put) -> None:
    real = Phone.take_problem

    def take_problem(self: Phone, problem: Problem | None) -> None:
        real(self, problem)
        if problem is not None and problem.mode == "lock" and self.store.lock == "revoked":
            self.wipe(is_ordered=False)

    put(Phone, "take_problem", take_problem)


def wiped_before_safe(put: Put) -> None:
    put(Phone, "is_wipe_due", lambda _self, _answer: True)


def wiped_on_an_old_word(put: Put) -> None:
    """It asks without delivering again, and a restore has taken what it once delivered."""
    told: set[tuple[int, int]] = set()

    def to_deliver(self: Phone) -> Sequence[Item]:
        waiting = [item for item in self.store.outbox.values() if item.receipt is None or item.receipt.seq > 0]
        return [item for item in waiting if (id(self), item.n) not in told]

    real = Phone.take_salvage

    def take_salvage(self: Phone, answer: SalvageAnswer) -> None:
        real(self, answer)
        told.update((id(self), result.n) for result in answer.results)
        self.delivered = 0

    put(Phone, "to_deliver", to_deliver)
    put(Phone, "take_salvage", take_salvage)


def decided_not_delivered(put: Put) -> None:
    put(Device, "to_deliver", lambda self: self.undecided())


def known_by_its_number(put: Put) -> None:
    real = Deposits.take

    def take(self: Deposits, deposit: Deposit, **named: Any) -> SalvageAnswer:
        decided = len(self.office.by_device.get(deposit.device, []))
        new = [item for item in deposit.items if item.n > decided]
        answer = real(self, msgspec.structs.replace(deposit, items=new), **named)
        results = {result.n: result for result in answer.results}
        known = [results.get(item.n) or SalvageResult(item.n, "known") for item in deposit.items]
        return msgspec.structs.replace(answer, results=known)

    put(Deposits, "take", take)


def envelope_without_position(put: Put) -> None:
    def keep(self: Deposits, key: tuple[str, int, bytes], raw: bytes) -> None:
        self.office.sealed[key] = Sealed(raw, self.office.head, self.office.now)

    put(Deposits, "keep", keep)


def newest_envelope_only(put: Put) -> None:
    real = Deposits.keep

    def keep(self: Deposits, key: tuple[str, int, bytes], raw: bytes) -> None:
        for other in [other for other in self.office.sealed if other[:2] == key[:2]]:
            del self.office.sealed[other]
        real(self, key, raw)

    put(Deposits, "keep", keep)


def set_aside_in_silence(put: Put) -> None:
    real = reconcile.set_aside

    def set_aside(*args: Any) -> Any:
        return [_without_return(decision) for decision in real(*args)]

    put(deposits, "set_aside", set_aside)


def filed_as_new(put: Put) -> None:
    """A supervisor's filing gives the work other bytes: the sender's own copy is then another truth."""
    real = intake.parse
    put(deposits, "parse", lambda raw, n: real(raw.replace(b'"captured"', b' "captured"', 1), n))


def revoked_still_served(put: Put) -> None:
    put(Office, "is_revoked", lambda _self, _device: None)


def lease_ignored(put: Put) -> None:
    put(Device, "hides", lambda self: self.store.is_locked)
    put(Device, "is_lease_over", lambda _self: False)


def lease_stops_writing(put: Put) -> None:
    real = Device.capture

    def capture(self: Device, changes: Any) -> None:
        if not self.is_lease_over():
            real(self, changes)

    put(Device, "capture", capture)


def lease_by_the_wall_clock(put: Put) -> None:
    put(Device, "is_lease_over", lambda self: 0 < self.store.lease_end < self.wall - 1_700_000_000_000)


def sealed_work_thrown_away(put: Put) -> None:
    """Set up again for somebody else, the phone forgets what the one before had not sent."""
    real = Phone.lock

    def lock(self: Phone, why: str) -> None:
        real(self, why)
        if why == "replaced":
            self.store.outbox = {}

    put(Phone, "lock", lock)


def _without_return(decision: Any) -> Any:
    decision.returned = None
    return decision
