"""What a supervisor says of a signed note: a return, a co-signature, the closing of its safety flags.

None of them changes a word of the note. A return only ever adds to the list. A co-signature binds to the content hash
and is refused over anything that its supervisor had not seen: words added later, or another supervisor's return. Once a
signed note supersedes this one, the newer one is what there is to return or co-sign.
"""

from __future__ import annotations

from typing import Final

import msgspec

from sync.merge import read
from sync.messages import Change
from sync.records.kind import Closing, Cosignature, Return
from sync.refusal import Refused
from sync.scope import check_reviewer
from sync.state import Record, State
from sync.validate import ReturnFields, check_raw_text, check_struct
from sync.verdict import Case, Decision, answer

RETURNS_LIMIT: Final = 50


def send_back(state: State, case: Case, change: Change, record: Record) -> Decision:
    """`return`: taken whatever happened since the supervisor looked, so that no comment is lost."""
    _check_note(case, change, record)
    if record.doc in state.revised:
        raise Refused("INVALID_STATE", "supersedes")
    if len(record.returned) >= RETURNS_LIMIT:
        raise Refused("INVALID_STATE", "kind")
    check_raw_text(case.parsed.raw, change.set)
    fields: ReturnFields = check_struct(change.set, ReturnFields)
    if not fields.comment.strip():
        raise Refused("INVALID_FIELD", "comment")
    if not _is_quoted(record, fields):
        raise Refused("INVALID_FIELD", "passage")
    said = Return(change.author, change.captured.wall, case.seq, fields.comment, fields.passage, fields.field)
    returned = msgspec.structs.replace(record, returned=[*record.returned, said], seq=case.seq)
    return answer(case, "applied", returned)


def cosign(state: State, case: Case, change: Change, record: Record) -> Decision:
    """`cosign`: over the very content that was signed, with all that was said since in sight."""
    _check_note(case, change, record)
    if change.content_hash is None:
        raise Refused("INVALID_FIELD", "content_hash")
    if record.signed is None or record.signed.hash != change.content_hash:
        raise Refused("SIGN_CONTENT_MISMATCH", "content_hash")
    if record.cosigned is not None:
        return answer(case, "noop")
    if record.doc in state.revised:
        raise Refused("INVALID_STATE", "supersedes")
    if max([*(said.seq for said in record.addenda), *(said.seq for said in record.returned), 0]) > change.base:
        raise Refused("INVALID_STATE", "base")
    cosigned = Cosignature(change.author, change.captured.wall, record.signed.hash, case.seq)
    return answer(case, "applied", msgspec.structs.replace(record, cosigned=cosigned, seq=case.seq))


def close_flag(_state: State, case: Case, change: Change, record: Record) -> Decision:
    """`close_flag`: with a reason; of a note that a newer one supersedes too. Of two the first stands."""
    _check_note(case, change, record)
    reason = (change.reason or "").strip()
    if not reason:
        raise Refused("INVALID_FIELD", "reason")
    check_raw_text(case.parsed.raw, {"reason": change.reason})
    if not record.fields.get("flags"):
        raise Refused("INVALID_STATE", "flags")
    if record.flag_closed is not None:
        return answer(case, "noop")
    closed = Closing(change.author, change.captured.wall, reason, case.seq)
    return answer(case, "applied", msgspec.structs.replace(record, flag_closed=closed, seq=case.seq))


def _check_note(case: Case, change: Change, record: Record) -> None:
    check_reviewer(case.asker, change, record)
    if record.type != "note" or record.state != "signed":
        raise Refused("INVALID_STATE", "kind")


def _is_quoted(record: Record, fields: ReturnFields) -> bool:
    """A passage names where it stands, and stands there."""
    if not fields.field:
        return not fields.passage
    value = read(record.fields, fields.field)
    return isinstance(value, str) and fields.passage in value
