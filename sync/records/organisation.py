"""An organisation's settings that every phone needs offline: its words, its on-call numbers, its rules."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from sync.records.kind import RecordKind
from sync.records.note import Zone
from sync.records.rules import Rules, UnitRule
from sync.rules import MergePolicy

Line = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]


class OnCall(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A number the safety card shows. `number` is dialled as it stands."""

    name: Line
    number: Annotated[str, msgspec.Meta(pattern=r"^\+?[0-9 ().-]{3,30}$")]


class OrganisationFields(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """`lock_after_s`: idle seconds before the phone locks; `note_due_h`: hours from service end until a note is due.

    `lease_days`: how long a phone may be read without hearing from the office (`PullAnswer.lease_ms`); 0: no limit.
    `remind_days`: how many days before a credential ends its reminders come.
    """

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
    zone: Zone
    on_call: Annotated[list[OnCall], msgspec.Meta(max_length=10)] = []
    units: UnitRule = UnitRule()
    note_due_h: Annotated[int, msgspec.Meta(ge=1, le=720)] = 24
    lock_after_s: Annotated[int, msgspec.Meta(ge=30, le=3600)] = 120
    lease_days: Annotated[int, msgspec.Meta(ge=0, le=90)] = 10
    remind_days: Annotated[tuple[Annotated[int, msgspec.Meta(ge=1, le=730)], ...], msgspec.Meta(max_length=6)] = (
        90,
        60,
        30,
    )
    rules: Rules = Rules()


ORGANISATION: Final = RecordKind(
    type="organisation",
    fields=OrganisationFields,
    bucket="org",
    creators=frozenset({"administrator"}),
    patchers=frozenset({"administrator"}),
    policies=dict.fromkeys(
        (*("name", "zone", "on_call", "units", "note_due_h"), *("lock_after_s", "lease_days", "remind_days", "rules")),
        MergePolicy.LATEST,
    ),
)


def late_hours(fields: OrganisationFields) -> int:
    """Hours from the end of a contact after which its signature is called late."""
    return fields.rules.late_after_h or fields.note_due_h
