"""An assignment: one participant on one specialist's caseload. Creating it grants the bucket, voiding it ends it."""

from __future__ import annotations

from typing import Final

import msgspec

from sync.ids import Id
from sync.records.kind import RecordKind
from sync.rules import MergePolicy


class AssignmentFields(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who supports whom."""

    specialist: Id
    participant: Id


ASSIGNMENT: Final = RecordKind(
    type="assignment",
    fields=AssignmentFields,
    bucket="subject",
    creators=frozenset({"supervisor", "administrator"}),
    patchers=frozenset({"supervisor", "administrator"}),
    policies={"specialist": MergePolicy.FIXED, "participant": MergePolicy.FIXED},
)
