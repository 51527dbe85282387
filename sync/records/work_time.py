"""Working time that no person shared: supervision, training, travel, paperwork. Never billed, never about anybody."""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec

from sync.clock import Millis
from sync.records.kind import RecordKind
from sync.records.note import FormRef, Zone
from sync.rules import MergePolicy

Activity = Literal["supervision", "training", "travel", "paperwork", "meeting", "other"]


class WorkTimeFields(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """`form`: the form file and version that asked for `activity` and `words`; times as in a note."""

    form: FormRef
    activity: Activity
    started_at: Millis
    ended_at: Millis
    zone: Zone
    words: Annotated[str, msgspec.Meta(max_length=400)] = ""


WORK_TIME: Final = RecordKind(
    type="work_time",
    fields=WorkTimeFields,
    bucket="author",
    creators=frozenset({"specialist"}),
    patchers=frozenset({"specialist"}),
    policies=dict.fromkeys(("form", "activity", "started_at", "ended_at", "zone", "words"), MergePolicy.LATEST),
)
