"""A check-in: how the person says they are, in their own hand, every question skippable. Nothing here scores risk."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from sync.clock import Millis
from sync.ids import Id
from sync.records.instrument import ItemKey
from sync.records.kind import RecordKind
from sync.rules import MergePolicy

Point = Annotated[int, msgspec.Meta(ge=0, le=10)]


class CheckinFields(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """`instrument`: the published one that was answered; None: our own questions, each from 0 to 10.

    `answers`: item to the number touched; what was skipped is not there. `good`: "one good thing", in their words.
    """

    participant: Id
    taken_at: Millis
    instrument: Id | None = None
    answers: Annotated[dict[ItemKey, Point], msgspec.Meta(max_length=50)] = {}
    good: Annotated[str, msgspec.Meta(max_length=2000)] = ""


CHECKIN: Final = RecordKind(
    type="checkin",
    fields=CheckinFields,
    bucket="participant",
    creators=frozenset({"specialist"}),
    patchers=frozenset({"specialist", "supervisor"}),
    policies=dict.fromkeys((field.name for field in msgspec.structs.fields(CheckinFields)), MergePolicy.FIXED),
)
