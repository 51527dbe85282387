"""A signed plan: a copy of the living plan as it stood when the person signed it. Never changed afterwards.

The living plan is part of the participant (`vision`, `strengths`, `supports`, `review_on`, `goals`), so that note forms
offer its goals and two people's edits meet as everywhere. Each signature freezes a version here.
"""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from sync.ids import Id
from sync.records.kind import RecordKind
from sync.records.participant import Day, Goal, Prose
from sync.records.signing import Signing
from sync.rules import MergePolicy


class PlanFields(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """`signed`: by the person, on the screen; `declined` keeps what was agreed without. Its author was with them."""

    participant: Id
    signed: Signing
    signed_on: Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\d$")]
    vision: Prose = ""
    strengths: Prose = ""
    supports: Prose = ""
    review_on: Day = ""
    goals: Annotated[list[Goal], msgspec.Meta(max_length=20)] = []


PLAN: Final = RecordKind(
    type="plan",
    fields=PlanFields,
    bucket="participant",
    creators=frozenset({"specialist"}),
    patchers=frozenset({"specialist"}),
    policies=dict.fromkeys(PlanFields.__struct_fields__, MergePolicy.FIXED),
)
