"""A task: something a supervisor asks a specialist to do. Its words stay as sent; the specialist ticks it off."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from sync.ids import Id
from sync.records.kind import RecordKind
from sync.rules import MergePolicy


class TaskFields(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """`due_on`: a day (`YYYY-MM-DD`) or "". `participant`, `note`: whom or what it is about, if anything."""

    specialist: Id
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]
    due_on: Annotated[str, msgspec.Meta(pattern=r"^(|\d{4}-\d\d-\d\d)$")] = ""
    participant: Id | None = None
    note: Id | None = None
    is_done: bool = False


TASK: Final = RecordKind(
    type="task",
    fields=TaskFields,
    bucket="subject",
    creators=frozenset({"supervisor"}),
    patchers=frozenset({"specialist", "supervisor"}),
    policies={
        **dict.fromkeys(("specialist", "text", "due_on", "participant", "note"), MergePolicy.FIXED),
        "is_done": MergePolicy.LATEST,
    },
)
