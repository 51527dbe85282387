"""Who may change what. Caseload is judged by logical time, never by a clock.

A specialist may work in a bucket held now. What was captured while it was held, and arrives after it ended, is late
work: it happened, so new contacts and the specialist's own records are still taken; edits of others' are not. Only a
consent may be taken back late whoever wrote it down: the person said so while the specialist was there.
`scope_seq` is the bucket's cursor at capture; a forged one reaches back only to a time when the bucket truly was held.
"""

from __future__ import annotations

from typing import Final

from sync.ids import specialist_bucket
from sync.messages import Change
from sync.records import KINDS
from sync.records.kind import RecordKind
from sync.records.note import NoteFields
from sync.refusal import Refused
from sync.state import Asker, Record, State

_LASTING: Final = frozenset({"participant", "consent", "plan"})
"""What a specialist never voids: it ends, but it was."""
REVIEWS: Final = frozenset({"return", "cosign", "close_flag"})
"""Kinds of change by which a supervisor reviews a signed note."""


def check_creator(state: State, asker: Asker, change: Change, kind: RecordKind) -> None:
    """Refuse a create by a stranger to the bucket or by a role that makes no such records."""
    if asker.role not in kind.creators:
        raise Refused("ROLE_FORBIDS")
    if kind.type == "participant" and change.bucket == f"p:{change.doc}":
        return
    check_bucket(state, asker, change, is_own=True)


def check_hand(state: State, asker: Asker, change: Change, kind: RecordKind, record: Record | None) -> Record:
    """The record, if this asker may make this change to it. A stranger learns only that the bucket is out of scope."""
    is_own = record is None or kind.type == "consent" or (record.author == asker.person and kind.type == "note")
    check_bucket(state, asker, change, is_own=is_own)
    if record is None or record.bucket != change.bucket:
        raise Refused("INVALID_STATE", "doc")
    if record.type != change.type:
        raise Refused("INVALID_FIELD", "type")
    is_dismissal = kind.type == "returned" and change.kind == "void"
    if asker.role not in kind.patchers and not is_dismissal:
        raise Refused("ROLE_FORBIDS")
    if asker.role == "specialist" and kind.type in _LASTING and change.kind == "void":
        raise Refused("ROLE_FORBIDS")
    if _is_personal(kind, asker, change) and record.author != asker.person:
        raise Refused("NOT_AUTHOR")
    if kind.type == "task" and asker.role == "specialist" and not _is_tick(change):
        raise Refused("ROLE_FORBIDS")
    return record


def check_reviewer(asker: Asker, change: Change, record: Record) -> None:
    """Refuse who may not review: everybody but a supervisor; of one's own note only a safety flag may be closed."""
    if asker.role != "supervisor":
        raise Refused("ROLE_FORBIDS")
    if record.author == asker.person and change.kind != "close_flag":
        raise Refused("ROLE_FORBIDS", "author")


def check_bucket(state: State, asker: Asker, change: Change, *, is_own: bool) -> None:
    """Refuse a bucket that the asker neither holds nor, for own work, held at or after the change's logical time."""
    bucket = change.bucket
    if bucket == specialist_bucket(asker.person):
        return
    if asker.role != "specialist":
        if bucket.startswith("me:") and KINDS[change.type].bucket != "subject":
            raise Refused("OUT_OF_SCOPE")
        return
    for _, to_seq in state.caseload.get(bucket, ()):
        if to_seq is None or (is_own and change.scope_seq < to_seq):
            return
    raise Refused("OUT_OF_SCOPE")


def check_open_person(state: State, asker: Asker, change: Change) -> None:
    """Refuse a new contact with a person whose closing, or voiding, the capturing phone had seen."""
    participant = state.participant_of(change.bucket)
    if participant is None:
        return
    if participant.fields.get("status") == "closed":
        # A record travels once, at its latest seq: a cursor between the closing and a later edit has seen neither.
        has_come = participant.seq <= change.scope_seq
        if has_come or participant.version("status").device == asker.device:
            raise Refused("PARTICIPANT_CLOSED")
    if participant.state == "void" and participant.seq <= change.scope_seq:
        raise Refused("DOC_VOID")


def check_revision(state: State, asker: Asker, doc: str, note: NoteFields) -> None:
    """Refuse to supersede what is no note, or a colleague's. One not known here may be on its way."""
    if note.supersedes == doc:
        raise Refused("INVALID_FIELD", "supersedes")
    before = state.records.get(note.supersedes or "")
    if before is None:
        return
    is_own = before.author == asker.person or asker.role != "specialist"
    if before.type != "note" or not is_own or before.fields.get("supersedes") == doc:
        raise Refused("INVALID_FIELD", "supersedes")


def _is_tick(change: Change) -> bool:
    return change.kind == "patch" and change.set.keys() == {"is_done"}


def _is_personal(kind: RecordKind, asker: Asker, change: Change) -> bool:
    if kind.bucket == "author" or change.kind == "sign":
        return True
    return kind.type == "note" and asker.role == "specialist" and change.kind not in REVIEWS
