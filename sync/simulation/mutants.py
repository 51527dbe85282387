"""Seeded bugs: each is a small patch of the running code, and the simulation has to catch every one of them.

A mutant that survives says that an invariant is not really checked. They live here, never as switches in the code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

import msgspec

from sync import cursor, effects, merge, reconcile, scope, verdict
from sync.clock import ClockReading
from sync.cursor import Scope
from sync.messages import Receipt
from sync.records.kind import Signature
from sync.refusal import Refused
from sync.simulation import office, phone
from sync.simulation.network import Parcel
from sync.simulation.office import Office, Pending
from sync.simulation.phone import Batch, Phone
from sync.simulation.world import World
from sync.state import Record, Version

Put = Callable[[Any, str, Any], None]


class Mutant(NamedTuple):
    """`words`: what is wrong with it; `infect` puts its patches in place."""

    words: str
    infect: Callable[[Put], None]

    @property
    def name(self) -> str:
        """The patch function's name, in words."""
        return self.infect.__name__.strip("_").replace("_", " ")


@contextmanager
def infected(mutant: Mutant) -> Iterator[None]:
    """The mutant's patches, taken back at the end."""
    before: list[tuple[Any, str, Any]] = []

    def put(where: Any, name: str, what: Any) -> None:
        if isinstance(where, dict):
            before.append((where, name, where[name]))
            where[name] = what
        else:
            before.append((where, name, getattr(where, name)))
            setattr(where, name, what)

    try:
        mutant.infect(put)
        yield
    finally:
        for where, name, what in reversed(before):
            if isinstance(where, dict):
                where[name] = what
            else:
                setattr(where, name, what)


# --- the office


def ack_before_commit(put: Put) -> None:
    real = World._commit

    def commit(self: World, parcel: Parcel, pending: Pending) -> None:
        if pending.decisions and not self.network.is_fair and self.dice.chance(0.1):
            results = [decision.receipt for decision in pending.decisions]
            answer = msgspec.structs.replace(self.office.answer(pending), results=results)
            self._answer(parcel, answer)
            return
        real(self, parcel, pending)

    put(World, "_commit", commit)


def position_allocated_early(put: Put) -> None:
    def commit(self: Office, pending: Pending) -> Any:
        self.write(pending)
        return self.answer(pending)

    put(Office, "commit", commit)


def hash_ignored(put: Put) -> None:
    def unknown(_self: Office, known: Sequence[Any], changes: Sequence[Any]) -> Any:
        return [parsed for parsed in changes if parsed.n > len(known)]

    put(Office, "unknown", unknown)


def retry_applied_again(put: Put) -> None:
    def unknown(_self: Office, _known: Sequence[Any], changes: Sequence[Any]) -> Any:
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


# --- reconcile


def bundle_split(put: Put) -> None:
    put(reconcile, "_judge_bundle", lambda state, cases, _size: [reconcile._judge(state, case) for case in cases])


def failed_bundle_leaves_traces(put: Put) -> None:
    put(reconcile, "_go_back", lambda *_: None)


def bug_stops_the_request(put: Put) -> None:
    real = World._serve

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
            self._note("office: 500")

    put(reconcile, "_judge", judge)
    put(World, "_serve", serve)


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
        return effects._answer(case, "applied", signed)

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


# --- merge


def prose_merged(put: Put) -> None:
    real = merge.merge_patch

    def merge_patch(record: Record, change: Any, version: Version, policy: Any) -> Any:
        merged = real(record, change, version, policy)
        for kept in merged.lost:
            if kept.field.startswith("answers.") and kept.seq == version.seq:
                both = f"{merge.read(merged.fields, kept.field)}\n{kept.value}"
                merge.write(merged.fields, kept.field, both)
        return merged

    put(effects, "merge_patch", merge_patch)


def losing_value_dropped(put: Put) -> None:
    real = merge.merge_patch

    def merge_patch(record: Record, change: Any, version: Version, policy: Any) -> Any:
        return real(record, change, version, policy)._replace(lost=[], kept=record.kept)

    put(effects, "merge_patch", merge_patch)


def last_writer_wins(put: Put) -> None:
    real = merge.merge_patch

    def merge_patch(record: Record, change: Any, version: Version, policy: Any) -> Any:
        return real(record, msgspec.structs.replace(change, base=2**53 - 1), version, policy)

    put(effects, "merge_patch", merge_patch)


def clock_read_for_order(put: Put) -> None:
    real = merge.merge_patch

    def merge_patch(record: Record, change: Any, version: Version, policy: Any) -> Any:
        paths = [path for path, _ in merge.paths(change.set)]
        is_later = all(record.version(path).at <= version.at for path in paths)
        base = 2**53 - 1 if is_later else change.base
        return real(record, msgspec.structs.replace(change, base=base), version, policy)

    put(effects, "merge_patch", merge_patch)


def tags_overwritten(put: Put) -> None:
    real = merge.merge_tags

    def merge_tags(record: Record, change: Any, version: Version, policy: Any) -> Any:
        merged = real(record, change, version, policy)
        for path, tags in change.add.items():
            merged.fields[path] = list(tags)
        return merged

    put(effects, "merge_tags", merge_tags)


# --- the phone


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
        self.put_cursors(answer)
        self.border()
        self.put_rows(answer.rows)
        self.watch.applied(self, answer)

    put(Phone, "apply", apply)


def late_answer_applied(put: Put) -> None:
    real = Phone.is_awaited
    put(Phone, "is_awaited", lambda self, exchange: real(self, exchange) or self.dice.chance(0.9))


def drop_ignored(put: Put) -> None:
    def put_cursors(self: Phone, answer: Batch) -> None:
        self.store.cursors.update(answer.next)
        for drop in answer.drop:
            self.store.cursors.pop(drop.b, None)

    put(Phone, "put_cursors", put_cursors)


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


MUTANTS: Final = (
    Mutant("a receipt leaves before its change is durable", ack_before_commit),
    Mutant("seq is taken when deciding, not in the commit", position_allocated_early),
    Mutant("same n with other bytes passes for a retry", hash_ignored),
    Mutant("a retry is decided again", retry_applied_again),
    Mutant("a refused change gets no seq of its own", refusal_takes_no_position),
    Mutant("the cursor of a cut bucket jumps to the head", cursor_ahead_of_a_cut_batch),
    Mutant("the phone's word decides which buckets it gets", rows_by_what_the_phone_asks),
    Mutant("the changes of a bundle are decided one by one", bundle_split),
    Mutant("what a failed bundle did first stays", failed_bundle_leaves_traces),
    Mutant("a bug in one rule fails the whole request", bug_stops_the_request),
    Mutant("a refused change is not put into the inbox", refused_not_returned),
    Mutant("the inbox keeps only the start of the words", returned_cut_short),
    Mutant("late work is judged by today's caseload", scope_by_now),
    Mutant("a closing reaches back over older contacts", closing_by_now),
    Mutant("a note's start is held against the office's clock", start_by_the_office_clock),
    Mutant("any hash signs", sign_hash_ignored),
    Mutant("a signed note takes patches", signed_not_frozen),
    Mutant("a patch revives a void record", void_comes_back),
    Mutant("two texts become one", prose_merged),
    Mutant("the losing value of a conflict is thrown away", losing_value_dropped),
    Mutant("every patch counts as having seen the other", last_writer_wins),
    Mutant("the later wall clock wins", clock_read_for_order),
    Mutant("adding a tag replaces the others", tags_overwritten),
    Mutant('"saved" is shown before the transaction', saved_before_stored),
    Mutant("cursors are stored before their rows", cursor_apart_from_rows),
    Mutant("an answer to an older exchange is applied", late_answer_applied),
    Mutant("rows of a dropped bucket stay", drop_ignored),
    Mutant("the outbox forgets what it sent", outbox_deleted_on_send),
    Mutant("the newest change is sent first", newest_sent_first),
    Mutant("a receipt also settles the next change", receipt_settles_the_next),
    Mutant("the counter starts again after a kill", counter_reused_after_a_kill),
)
