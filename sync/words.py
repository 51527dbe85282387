"""The enumerations of the wire: kinds of change, nouns, outcomes, codes. docs/protocol.md names every word."""

from __future__ import annotations

from typing import Literal

ChangeKind = Literal["create", "patch", "tags", "sign", "void", "addendum", "return", "cosign", "close_flag"]
RecordType = Literal[
    "note", "participant", "assignment", "draft", "site", "organisation", "member", "returned",
    "consent", "plan", "keepwell", "keepwell_copy",
    "session", "work_time", "proposal", "task", "credential",
    "resource", "referral", "checkin", "instrument",
]  # fmt: skip
Outcome = Literal["applied", "merged", "noop", "rejected", "quarantined"]

Code = Literal[
    "NOTE_SIGNED", "SIGN_CONTENT_MISMATCH", "OUT_OF_SCOPE", "NOT_AUTHOR", "ROLE_FORBIDS", "INVALID_FIELD",
    "INVALID_STATE", "PARTICIPANT_CLOSED", "DOC_VOID", "DUPLICATE_DOC", "BUNDLE_FAILED", "TOO_LARGE_CHANGE",
    "SET_ASIDE", "SCHEMA_UNREADABLE", "INTERNAL",
]  # fmt: skip
Offer = Literal["addendum", "resubmit", "supervisor"]
