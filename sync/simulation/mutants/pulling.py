"""Bugs in pulls: grants, resets, digests, receipts by hash, tabs, copies, proxies, full disks."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from sync.messages import PullAnswer, PullRequest
from sync.reconcile import Asker
from sync.simulation import office
from sync.simulation.exchange import Phone
from sync.simulation.ledger import Pending
from sync.simulation.mutants.infection import Put
from sync.simulation.office import Office
from sync.simulation.store import Batch, Item
from sync.simulation.world import World


def regrant_without_back_fill(put: Put) -> None:
    real = Office.pull

    def pull(self: Office, asker: Asker, request: PullRequest) -> PullAnswer:
        known = {bucket: self.head for bucket in self.allowed(asker.person) if bucket not in request.since}
        answer = real(self, asker, msgspec.structs.replace(request, since={**known, **request.since}))
        return msgspec.structs.replace(answer, next={**known, **answer.next})

    put(Office, "pull", pull)


def swept_without_reset(put: Put) -> None:
    put(office, "begins_anew", lambda _since, _floor: False)


def reset_keeps_rows(put: Put) -> None:
    real = Phone.forget
    put(Phone, "forget", lambda self, batch: real(self, _without_resets(batch)))


def reset_cut_below_its_floor(put: Put) -> None:
    put(Office, "room", lambda _self, left, _new, _floor, **_: left)


def digest_never_compared(put: Put) -> None:
    put(Phone, "compare", lambda _self, _theirs: None)


def digest_keeps_rows(put: Put) -> None:
    """What differs is asked for again, but a row too many is never forgotten."""
    real = Phone.compare

    def compare(self: Phone, theirs: dict[str, str]) -> None:
        records = dict(self.store.records)
        real(self, theirs)
        self.store.records = records

    put(Phone, "compare", compare)


def purge_travels_as_a_void(put: Put) -> None:
    real = Phone.forget

    def forget(self: Phone, batch: Batch) -> None:
        for drop in batch.drop:
            for doc, local in self.store.records.get(drop.b, {}).items():
                void = {"kind": "void", "type": local.type, "doc": doc, "bucket": drop.b, "base": local.seq}
                self.keep([_unasked(self, {**void, "reason": "gone"})])
        real(self, batch)

    put(Phone, "forget", forget)


def batch_without_fencing(put: Put) -> None:
    put(Phone, "is_fenced", lambda _self, _tab: False)


def receipt_without_comparing(put: Put) -> None:
    put(Phone, "has_other_bytes", lambda _self, _receipts: False)
    put(Phone, "proves", lambda self, receipt: receipt.n in self.store.outbox)


def hashless_receipt_settles(put: Put) -> None:
    """Old code at the office sends no hash; taken all the same, a copy believes what was said of the other."""
    real = Phone.proves
    put(Phone, "proves", lambda self, receipt: receipt.hash is None or real(self, receipt))


def stale_copy_goes_on(put: Put) -> None:
    put(Phone, "is_behind", lambda _self, _next_n: False)


def proxy_believed(put: Put) -> None:
    put(Phone, "is_answer_to", lambda _self, _exchange, _answers: True)


def answer_after_the_lock(put: Put) -> None:
    real = Phone.restart

    def restart(self: Phone) -> None:
        awaiting = [tab.awaiting for tab in self.tabs], [tab.generation for tab in self.tabs]
        real(self)
        if self.store.is_locked:
            for tab, exchange, generation in zip(self.tabs, *awaiting, strict=True):
                tab.awaiting, tab.generation = exchange, generation

    put(Phone, "restart", restart)


def half_a_batch_on_a_full_disk(put: Put) -> None:
    def on_full_disk(self: World, pending: Pending) -> None:
        pending = self.office.begin(pending.asker, pending.changes)
        if len(pending.decisions) > 1:
            pending.decisions.pop()
            pending.changes = pending.changes[:-1]
            self.office.write(pending)

    put(World, "on_full_disk", on_full_disk)


def _without_resets(batch: Batch) -> Batch:
    return msgspec.structs.replace(batch, reset=[])


def _unasked(phone: Phone, change: dict[str, Any]) -> Item:
    n = phone.store.next_n
    whole = {"n": n, "author": phone.person, "captured": {"wall": phone.wall}, **change}
    raw = msgspec.json.encode(whole)
    return Item(n, raw, hashlib.sha256(raw).digest(), whole)
