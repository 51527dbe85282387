"""An assignment: one participant on one specialist's caseload. Creating it grants the bucket, voiding it ends it."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from sync.ids import Id
from sync.records.kind import RecordKind
from sync.rules import MergePolicy


class AssignmentFields(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Who supports whom. `until`: the last day of a cover (`YYYY-MM-DD`, in the organisation's zone), "" for good.

    The day decides nothing by itself: when it is over, the office voids the assignment like any supervisor would.
    """

    specialist: Id
    participant: Id
    until: Annotated[str, msgspec.Meta(pattern=r"^(|\d{4}-\d\d-\d\d)$")] = ""


ASSIGNMENT: Final = RecordKind(
    type="assignment",
    fields=AssignmentFields,
    bucket="subject",
    creators=frozenset({"supervisor", "administrator"}),
    patchers=frozenset({"supervisor", "administrator"}),
    policies=dict.fromkeys(("specialist", "participant", "until"), MergePolicy.FIXED),
)
