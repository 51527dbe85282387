"""Sealed work at the office: taken from locked phones and files, opened by a supervisor, filed or set aside."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec

from sync.intake import Parsed, parse
from sync.messages import Problem, SalvageAnswer, SalvageResult
from sync.reconcile import Asker, set_aside
from sync.salvage import is_wipe_due, opened, outcome
from sync.simulation.archive import is_same
from sync.simulation.ledger import Pending, Refusal, Sealed
from sync.simulation.office import Office


class Envelope(msgspec.Struct):
    """The model's sealed copy: nobody but a supervisor looks into `raw`."""

    n: int
    raw: bytes


class Deposit(msgspec.Struct):
    """A salvage request. `via`: an active phone that signs for an earlier installation; "" by the deposit token."""

    device: str
    items: list[Envelope]
    left: int
    via: str = ""


class Watch(Protocol):
    """What the checkers want to be told."""

    def deposited(self, office: Office) -> None: ...


class Deposits:
    """The door for sealed work, and the desk where it is opened."""

    def __init__(self, office: Office, watch: Watch) -> None:
        self.office, self.watch = office, watch

    def take(self, deposit: Deposit, *, brought_by: str = "") -> SalvageAnswer:
        """Keep every envelope once. `brought_by`: a person whose emergency file a supervisor brings."""
        office = self.office
        office.check_open()
        self._know(deposit, brought_by)
        results: list[SalvageResult] = []
        for item in deposit.items:
            key = (deposit.device, item.n, hashlib.sha256(item.raw).digest())
            if key not in office.sealed:
                self.keep(key, item.raw)
            kept = office.sealed[key]
            results.append(SalvageResult(item.n, outcome(is_settled=kept.state != "waiting"), kept.seq))
        waiting = [(kept.seq, kept.at) for (device, _, _), kept in office.sealed.items() if device == deposit.device]
        is_due = is_wipe_due(deposit.left, waiting, office.safe_seq, office.now)
        return SalvageAnswer(results, office.safe_seq, is_due, office.now, office.epoch)

    def keep(self, key: tuple[str, int, bytes], raw: bytes) -> None:
        """It takes a position of its own: a backup may already cover one that was not taken."""
        self.office.advance(1)
        self.office.sealed[key] = Sealed(raw, self.office.head, self.office.now)
        self.watch.deposited(self.office)

    def waiting(self) -> list[str]:
        """Devices with sealed work that nobody has opened."""
        return list(dict.fromkeys(key[0] for key, kept in self.office.sealed.items() if kept.state == "waiting"))

    def settle(self, device: str, judge: Callable[[], bool]) -> None:
        """Open all that waits of one device, in order of n; file what `judge` says, set the rest aside."""
        office = self.office
        log = office.by_device.get(device, [])
        fresh: list[Parsed] = []
        for key, kept in sorted(office.sealed.items(), key=lambda one: one[0][:2]):
            if key[0] != device or kept.state != "waiting":
                continue
            parsed = parse(kept.raw, key[1])
            next_n = fresh[-1].n + 1 if fresh else len(log) + 1
            found = opened(parsed.n, next_n, is_same=is_same(log, parsed))
            office.sealed[key] = kept._replace(state={"decided": "decided", "second": "second"}.get(found, "filed"))
            if found == "next":
                fresh.append(parsed)
        while fresh:
            run, fresh = _run(fresh)
            self.submit(office.devices[device], run, is_filed=judge())

    def submit(self, asker: Asker, run: Sequence[Parsed], *, is_filed: bool) -> None:
        """As the device itself would have been decided; numbers that nobody delivered are recorded as lost."""
        office = self.office
        office.skippers[asker.device] = True
        if is_filed:
            office.commit(office.begin(asker, run))
        else:
            decisions = set_aside(asker, run, office.head + 1, office.now)
            office.commit(Pending(asker, run, office.head, decisions, is_aside=True))

    def _know(self, deposit: Deposit, brought_by: str) -> None:
        """A device from before a restore is known again by a phone of the same person, or by a supervisor's word."""
        office = self.office
        if deposit.device in office.devices:
            return
        signer = office.devices.get(deposit.via)
        person = brought_by or (signer.person if signer is not None else "")
        if not person:
            raise Refusal(Problem("NOT_SIGNED"))
        office.devices[deposit.device] = Asker(deposit.device, person, "specialist")
        office.revoked[deposit.device] = "lock"


def _run(fresh: list[Parsed]) -> tuple[list[Parsed], list[Parsed]]:
    """The first bundle or single change, and the rest. What lacks its neighbours is decided without them."""
    bundle = fresh[0].change.bundle if fresh[0].change is not None else None
    end = 1
    while end < len(fresh) and bundle is not None and fresh[end].n == fresh[end - 1].n + 1:
        change = fresh[end].change
        if change is None or change.bundle != bundle:
            break
        end += 1
    return fresh[:end], fresh[end:]
