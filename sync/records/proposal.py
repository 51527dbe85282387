"""What became of a contact that an event proposed: moved to another day, done, or not needed.

The proposals themselves are computed from notes and web/schedules.toml, and are no records. Only a person's word
about one is kept, with the person supported, so that a colleague who shares the caseload sees it too.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec

from sync.ids import Id
from sync.records.kind import RecordKind
from sync.rules import MergePolicy

Day = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\d$")]


class ProposalFields(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Which proposal: the `schedule` by name, the day of the event (`event_on`), and how many days after it (`day`).

    `on`: the day it was moved to. Days are YYYY-MM-DD. The event is named by its day, not by a note: several notes may
    tell of the same release, and any of them may leave the phone.
    """

    participant: Id
    schedule: Annotated[str, msgspec.Meta(pattern=r"^[a-z_]{1,40}$")]
    event_on: Day
    day: Annotated[int, msgspec.Meta(ge=0, le=3650)]
    status: Literal["moved", "done", "dismissed"]
    on: Annotated[str, msgspec.Meta(pattern=r"^(|\d{4}-\d\d-\d\d)$")] = ""


PROPOSAL: Final = RecordKind(
    type="proposal",
    fields=ProposalFields,
    bucket="participant",
    creators=frozenset({"specialist"}),
    patchers=frozenset({"specialist"}),
    policies={
        **dict.fromkeys(("participant", "schedule", "event_on", "day"), MergePolicy.FIXED),
        **dict.fromkeys(("status", "on"), MergePolicy.LATEST),
    },
)
