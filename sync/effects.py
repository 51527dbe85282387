"""What each kind of change does to a record, once it is read. Every function answers a Decision or raises Refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from sync.canonical import content_hash
from sync.ids import participant_bucket
from sync.merge import Merge, is_same, merge_patch, merge_tags, paths, read
from sync.messages import Change
from sync.records import KINDS
from sync.records.assignment import AssignmentFields
from sync.records.kind import Addendum, RecordKind, Signature
from sync.refusal import Refused
from sync.review import close_flag, cosign, send_back
from sync.rules import MergePolicy
from sync.scope import check_creator, check_hand, check_open_person, check_revision
from sync.state import End, Grant, Record, State, Version
from sync.validate import (
    ANY_START,
    FUTURE_START_MS,
    AddendumFields,
    check_fields,
    check_raw_text,
    check_struct,
    home_bucket,
)
from sync.verdict import Case, Decision, answer, made_by_office, receipt

ADDENDA_LIMIT: Final = 200


def effect(state: State, case: Case, change: Change) -> Decision:
    """Judge one readable change against the state."""
    if change.author != case.asker.person:
        raise Refused("NOT_AUTHOR")
    kind = KINDS[change.type]
    if change.kind == "create":
        return _create(state, case, change, kind)
    record = check_hand(state, case.asker, change, kind, state.records.get(change.doc))
    if record.state == "void":
        if change.kind == "void":
            return answer(case, "noop")
        raise Refused("DOC_VOID")
    return _STEPS[change.kind](state, case, change, record)


def _create(state: State, case: Case, change: Change, kind: RecordKind) -> Decision:
    asker = case.asker
    check_creator(state, asker, change, kind)
    check_raw_text(case.parsed.raw, change.set)
    fields = check_fields(kind, change.set, state.forms, change.captured.wall + FUTURE_START_MS)
    if home_bucket(kind, change.doc, fields, change.author) != change.bucket:
        raise Refused("INVALID_FIELD", "bucket")
    standing = state.records.get(change.doc)
    if standing is not None:
        if _is_repeat(standing, change):
            return answer(case, "noop")
        raise Refused("DUPLICATE_DOC")
    if kind.type == "note":
        check_open_person(state, asker, change)
        check_revision(state, asker, change.doc, fields)
    record = Record(
        doc=change.doc,
        type=change.type,
        bucket=change.bucket,
        author=change.author,
        device=asker.device,
        state="open",
        fields=change.set,
        created=case.seq,
        seq=case.seq,
        captured=change.captured.wall,
        received=case.now,
    )
    decision = Decision(receipt=receipt(case, "applied"), record=record, is_new_record=True)
    if kind.type == "participant" and asker.role == "specialist":
        # From seq 0: nobody held the bucket before, and work captured before the first pull has scope_seq 0.
        decision.grants = [Grant(asker.person, change.bucket, 0)]
        assigned: dict[str, object] = {"specialist": asker.person, "participant": change.doc}
        decision.assignment = made_by_office(case, "assignment", asker.person, assigned)
    elif isinstance(fields, AssignmentFields):
        decision.grants = [Grant(fields.specialist, participant_bucket(fields.participant), case.seq)]
    return decision


def _patch(state: State, case: Case, change: Change, record: Record) -> Decision:
    if record.state == "signed" and not _settles(change, record):
        raise Refused("NOTE_SIGNED")
    kind = KINDS[record.type]
    check_raw_text(case.parsed.raw, change.set)
    _check_candidate(state, change, record)
    merge = merge_patch(record, change, _version(case, change), _policy(state, kind, record))
    if merge.lost:
        check_fields(kind, merge.fields, state.forms, ANY_START)
    return _merged(case, record, merge)


def _check_candidate(state: State, change: Change, record: Record) -> None:
    """Every value of the change must be fit to stand, also those that will be put aside."""
    candidate = {**record.fields, **change.set}
    answers = change.set.get("answers")
    if isinstance(answers, dict):
        both = {**record.fields.get("answers", {}), **answers}
        candidate["answers"] = {key: value for key, value in both.items() if value is not None}
    candidate = {key: value for key, value in candidate.items() if value is not None}
    latest_start = change.captured.wall + FUTURE_START_MS if "started_at" in change.set else ANY_START
    check_fields(KINDS[record.type], candidate, state.forms, latest_start)


def _tags(state: State, case: Case, change: Change, record: Record) -> Decision:
    if record.state == "signed":
        raise Refused("NOTE_SIGNED")
    kind = KINDS[record.type]
    check_raw_text(case.parsed.raw, {**change.add, **change.remove})
    merge = merge_tags(record, change, _version(case, change), kind.policy)
    check_fields(kind, merge.fields, state.forms, ANY_START)
    return _merged(case, record, merge)


def _sign(_state: State, case: Case, change: Change, record: Record) -> Decision:
    if record.type != "note":
        raise Refused("INVALID_STATE", "kind")
    if change.content_hash is None:
        raise Refused("INVALID_FIELD", "content_hash")
    if record.signed is not None:
        if record.signed.hash == change.content_hash:
            return answer(case, "noop")
        raise Refused("NOTE_SIGNED")
    held = content_hash(record.fields)
    if held != change.content_hash:
        raise Refused("SIGN_CONTENT_MISMATCH", "content_hash")
    signature = Signature(change.author, change.captured.wall, held, case.seq, case.now)
    return answer(case, "applied", msgspec.structs.replace(record, state="signed", signed=signature, seq=case.seq))


def _addendum(_state: State, case: Case, change: Change, record: Record) -> Decision:
    if record.state != "signed" or len(record.addenda) >= ADDENDA_LIMIT:
        raise Refused("INVALID_STATE", "kind")
    check_raw_text(case.parsed.raw, change.set)
    fields: AddendumFields = check_struct(change.set, AddendumFields)
    addendum = Addendum(change.author, change.captured.wall, fields.text, case.seq, fields.reason)
    return answer(case, "applied", msgspec.structs.replace(record, addenda=[*record.addenda, addendum], seq=case.seq))


def _void(_state: State, case: Case, change: Change, record: Record) -> Decision:
    if record.type in ("note", "participant") and not (change.reason or "").strip():
        raise Refused("INVALID_FIELD", "reason")
    check_raw_text(case.parsed.raw, {"reason": change.reason})
    decision = answer(case, "applied", msgspec.structs.replace(record, state="void", seq=case.seq))
    if record.type == "assignment":
        decision.ends = [End(record.fields["specialist"], participant_bucket(record.fields["participant"]))]
    return decision


_STEPS: Final[dict[str, Callable[[State, Case, Change, Record], Decision]]] = {
    "patch": _patch,
    "tags": _tags,
    "sign": _sign,
    "addendum": _addendum,
    "void": _void,
    "return": send_back,
    "cosign": cosign,
    "close_flag": close_flag,
}


def _settles(change: Change, record: Record) -> bool:
    """A patch of a signed note that keeps every word and only says that what was put aside has been seen."""
    kept = {value.field for value in record.kept}
    return all(path in kept and is_same(read(record.fields, path), value) for path, value in paths(change.set))


def _is_repeat(standing: Record, change: Change) -> bool:
    return (standing.type, standing.bucket, standing.author) == (
        change.type,
        change.bucket,
        change.author,
    ) and standing.fields == change.set


def _policy(state: State, kind: RecordKind, record: Record) -> Callable[[str], MergePolicy]:
    form = state.forms.get(record.fields.get("form", "")) if kind.type == "note" else None
    if form is None:
        return kind.policy
    return lambda path: form.policy(path[8:]) if path.startswith("answers.") else kind.policy(path)


def _version(case: Case, change: Change) -> Version:
    return Version(case.seq, case.asker.device, change.author, change.captured.wall)


def _merged(case: Case, record: Record, merge: Merge) -> Decision:
    if not merge.is_changed:
        return answer(case, "noop")
    merged = msgspec.structs.replace(
        record, fields=merge.fields, versions=merge.versions, kept=merge.kept, seq=case.seq
    )
    decision = answer(case, "merged" if merge.lost else "applied", merged)
    decision.kept = merge.lost
    decision.receipt = msgspec.structs.replace(decision.receipt, conflicts=[kept.field for kept in merge.lost])
    return decision
