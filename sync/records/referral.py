"""A referral: a need, who may help with it, and every step on the way from offered to closed."""

from __future__ import annotations

from typing import Annotated, Final, Literal, get_args

import msgspec

from sync.ids import Id
from sync.records.kind import RecordKind
from sync.records.resource import Day
from sync.rules import MergePolicy

ReferralStatus = Literal[
    "offered", "accepted", "declined", "contacted", "appointment", "attended", "did_not_attend", "closed"
]
Step = Annotated[str, msgspec.Meta(pattern=rf"^\d{{4}}-\d\d-\d\d ({'|'.join(get_args(ReferralStatus))}) \d{{13}}$")]
ENDED: Final = frozenset({"declined", "attended", "closed"})
"""After these nobody waits any more."""


class ReferralFields(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """`resource`: of the directory; `place`: its name as it was then, or free text. `is_warm`: handed over in person.

    `steps`: `<day it happened> <status> <ms when it was written>`; they are only ever added, never taken away.
    `consent`: the consent that allows speaking with the other side.
    """

    participant: Id
    need: Annotated[str, msgspec.Meta(min_length=1, max_length=400)]
    place: Annotated[str, msgspec.Meta(max_length=200)] = ""
    resource: Id | None = None
    is_warm: bool = False
    consent: Id | None = None
    follow_up_on: Day = ""
    steps: Annotated[list[Step], msgspec.Meta(max_length=100)] = []


REFERRAL: Final = RecordKind(
    type="referral",
    fields=ReferralFields,
    bucket="participant",
    creators=frozenset({"specialist", "supervisor"}),
    patchers=frozenset({"specialist", "supervisor"}),
    policies={
        "participant": MergePolicy.FIXED,
        **dict.fromkeys(("need", "place", "resource", "is_warm", "consent", "follow_up_on"), MergePolicy.LATEST),
        "steps": MergePolicy.APPEND,
    },
)


def newest_step(steps: list[str]) -> tuple[str, str] | None:
    """(day, status) of the step that was written last; None before the first."""
    if not steps:
        return None
    day, status, _ = max((step.split(" ") for step in steps), key=lambda step: (step[2], step[0], step[1]))
    return day, status
