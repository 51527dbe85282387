"""Bugs in deciding: bundles, refusals, scope, signing."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import msgspec

from sync import effects, reconcile, scope, verdict
from sync.clock import ClockReading
from sync.messages import Receipt
from sync.records.kind import Signature
from sync.refusal import Refused
from sync.simulation.deposits import Deposits
from sync.simulation.mutants.infection import Put
from sync.simulation.network import Parcel
from sync.simulation.world import World
from sync.state import Record


def bundle_split(put: Put) -> None:
    put(reconcile, "_judge_bundle", lambda state, cases, _size: [reconcile._judge(state, case) for case in cases])


def failed_bundle_leaves_traces(put: Put) -> None:
    put(reconcile, "_go_back", lambda *_: None)


def bug_stops_the_request(put: Put) -> None:
    real = World.serve

    def judge(state: Any, case: Any) -> Any:
        change = case.parsed.change
        if change is None:
            return verdict.refuse(case, "quarantined", "SCHEMA_UNREADABLE")
        try:
            decision = effects.effect(state, case, change)
        except Refused as refusal:
            return verdict.refuse(case, "rejected", refusal.code, refusal.field)
        reconcile._follow(state, case, decision)
        return decision

    def serve(self: World, parcel: Parcel) -> None:
        try:
            real(self, parcel)
        except ZeroDivisionError:
            self.note("office: 500")

    def submit(self: Deposits, *what: Any, is_filed: bool) -> None:
        with suppress(ZeroDivisionError):
            real_submit(self, *what, is_filed=is_filed)

    real_submit = Deposits.submit
    put(reconcile, "_judge", judge)
    put(World, "serve", serve)
    put(Deposits, "submit", submit)


def refused_not_returned(put: Put) -> None:
    put(verdict, "_returned", lambda _case, _receipt: None)


def returned_cut_short(put: Put) -> None:
    real = verdict._returned

    def returned(case: Any, receipt: Receipt) -> Record:
        record = real(case, receipt)
        record.fields["change"] = record.fields["change"][:200]
        return record

    put(verdict, "_returned", returned)


def scope_by_now(put: Put) -> None:
    real = scope.check_bucket
    put(scope, "check_bucket", lambda state, asker, change, **_: real(state, asker, change, is_own=False))


def closing_by_now(put: Put) -> None:
    def check(state: Any, _asker: Any, change: Any) -> None:
        participant = state.participant_of(change.bucket)
        if participant is not None and participant.fields.get("status") == "closed":
            raise Refused("PARTICIPANT_CLOSED")

    put(effects, "check_open_person", check)


def start_by_the_office_clock(put: Put) -> None:
    real = effects._create

    def create(state: Any, case: Any, change: Any, kind: Any) -> Any:
        return real(state, case, msgspec.structs.replace(change, captured=ClockReading(case.now)), kind)

    put(effects, "_create", create)


def sign_hash_ignored(put: Put) -> None:
    def sign(_state: Any, case: Any, change: Any, record: Record) -> Any:
        if record.type != "note" or record.signed is not None:
            raise Refused("NOTE_SIGNED")
        signature = Signature(change.author, change.captured.wall, change.content_hash, case.seq, case.now)
        signed = msgspec.structs.replace(record, state="signed", signed=signature, seq=case.seq)
        return verdict.answer(case, "applied", signed)

    put(effects._STEPS, "sign", sign)


def signed_not_frozen(put: Put) -> None:
    put(effects, "_settles", lambda _change, _record: True)


def void_comes_back(put: Put) -> None:
    real = effects._patch

    def effect(state: Any, case: Any, change: Any) -> Any:
        record = state.records.get(change.doc)
        if record is not None and record.state == "void" and change.kind == "patch":
            return real(state, case, change, msgspec.structs.replace(record, state="open"))
        return real_effect(state, case, change)

    real_effect = effects.effect
    put(reconcile, "effect", effect)
