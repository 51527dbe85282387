"""Bugs in the office's storage and exchange."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from sync import cursor, reconcile, verdict
from sync.cursor import Scope
from sync.simulation import office
from sync.simulation.ledger import Pending
from sync.simulation.mutants.infection import Put
from sync.simulation.network import Parcel
from sync.simulation.office import Office
from sync.simulation.world import World


def ack_before_commit(put: Put) -> None:
    real = World.commit

    def commit(self: World, parcel: Parcel, pending: Pending) -> None:
        if pending.decisions and not self.network.is_fair and self.dice.chance(0.1):
            results = [decision.receipt for decision in pending.decisions]
            answer = msgspec.structs.replace(self.office.answer(pending), results=results)
            self.answer(parcel, answer)
            return
        real(self, parcel, pending)

    put(World, "commit", commit)


def position_allocated_early(put: Put) -> None:
    def commit(self: Office, pending: Pending) -> Any:
        self.write(pending)
        return self.answer(pending)

    put(Office, "commit", commit)


def hash_ignored(put: Put) -> None:
    def unknown(self: Office, device: str, changes: Sequence[Any]) -> Any:
        return [parsed for parsed in changes if parsed.n > len(self.by_device.get(device, []))]

    put(Office, "unknown", unknown)


def retry_applied_again(put: Put) -> None:
    def unknown(_self: Office, _device: str, changes: Sequence[Any]) -> Any:
        return changes

    put(Office, "unknown", unknown)


def refusal_takes_no_position(put: Put) -> None:
    real = verdict.refuse

    def refuse(case: Any, *args: Any, **named: Any) -> Any:
        decision = real(case, *args, **named)
        decision.receipt = msgspec.structs.replace(decision.receipt, seq=case.seq - 1)
        return decision

    put(reconcile, "refuse", refuse)


def cursor_ahead_of_a_cut_batch(put: Put) -> None:
    put(Office, "cursor_after", lambda self, _new, _room: self.head)


def rows_by_what_the_phone_asks(put: Put) -> None:
    real = cursor.compare

    def compare(held: Iterable[str], allowed: Iterable[str]) -> Scope:
        asked = {*held}
        return real(asked, asked | {*allowed})

    put(office, "compare", compare)
