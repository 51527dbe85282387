"""A refusal: the stated code with which a change comes back, the field it is about, and what can be done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sync.messages import Code, Offer

OFFERS: Final[Mapping[Code, Offer]] = {
    "NOTE_SIGNED": "addendum",
    "SIGN_CONTENT_MISMATCH": "resubmit",
    "INVALID_FIELD": "resubmit",
    "INVALID_STATE": "resubmit",
    "BUNDLE_FAILED": "resubmit",
    "DUPLICATE_DOC": "resubmit",
    "TOO_LARGE_CHANGE": "resubmit",
    "OUT_OF_SCOPE": "supervisor",
    "NOT_AUTHOR": "supervisor",
    "ROLE_FORBIDS": "supervisor",
    "PARTICIPANT_CLOSED": "supervisor",
    "DOC_VOID": "supervisor",
    "SET_ASIDE": "supervisor",
    "SCHEMA_UNREADABLE": "supervisor",
    "INTERNAL": "supervisor",
}


class Refused(Exception):  # noqa: N818 - it is an outcome, not an error
    """Raised while a change is judged, caught by `sync.reconcile` alone."""

    def __init__(self, code: Code, field: str | None = None) -> None:
        super().__init__(code, field)
        self.code: Code = code
        self.field = field
