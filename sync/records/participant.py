"""A participant: the person supported, as much as support needs. Aliases are first class."""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec

from sync.ids import Id
from sync.records.kind import RecordKind
from sync.rules import MergePolicy

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
Short = Annotated[str, msgspec.Meta(max_length=400)]


Day = Annotated[str, msgspec.Meta(pattern=r"^(|\d{4}-\d\d-\d\d)$")]
Prose = Annotated[str, msgspec.Meta(max_length=4000)]
Dimension = Literal[
    "", "emotional", "environmental", "financial", "intellectual", "occupational", "physical", "social", "spiritual"
]  # fmt: skip


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One step towards a goal. `who` does it: the person, their peer specialist, both, or somebody else."""

    id: Id
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=400)]
    who: Literal["person", "peer", "both", "other"] = "person"
    due_on: Day = ""
    done_on: Day = ""


class Goal(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One goal, in the person's own words. `dimension`: one of the eight of wellness; `why`: their reason."""

    id: Id
    words: Annotated[str, msgspec.Meta(min_length=1, max_length=400)]
    dimension: Dimension = ""
    why: Annotated[str, msgspec.Meta(max_length=1000)] = ""
    status: Literal["active", "paused", "met", "changed", "dropped"] = "active"
    opened_on: Day = ""
    closed_on: Day = ""
    steps: Annotated[list[Step], msgspec.Meta(max_length=20)] = []


class Program(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A program the person takes part in. `is_part2`: its records are protected by 42 CFR Part 2."""

    name: Name
    is_part2: bool = False


class Emergency(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Whom to call when something happens. `is_agreed`: the person said yes to that, on `agreed_on`."""

    name: Name
    relation: Annotated[str, msgspec.Meta(max_length=120)] = ""
    number: Annotated[str, msgspec.Meta(max_length=60)] = ""
    is_agreed: bool = False
    agreed_on: Day = ""


class ParticipantFields(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """`name`: name or alias, as the person wishes (`is_alias`); `code`: the organisation's own id for them.

    `preferred`: how they like to be reached; `part2`: whether 42 CFR Part 2 protects their records, '' when their
    programs decide. `vision`, `strengths`, `supports`, `review_on` and `goals` are the living plan; a signed copy of
    it is a record of kind plan. `merged_into`: the record that goes on for the same person; this one is closed.
    """

    name: Name
    code: Annotated[str, msgspec.Meta(max_length=40)] = ""
    is_alias: bool = False
    pronouns: Annotated[str, msgspec.Meta(max_length=40)] = ""
    site: Id | None = None
    status: Literal["active", "closed"] = "active"
    merged_into: Id | None = None
    language: Literal["", "en", "es"] = ""
    contact: Short = ""
    preferred: Literal["", "call", "text", "email", "letter", "in_person"] = ""
    is_message_safe: Literal["", "yes", "no", "ask"] = ""
    emergency: Emergency | None = None
    programs: Annotated[list[Program], msgspec.Meta(max_length=12)] = []
    part2: Literal["", "yes", "no"] = ""
    about: Prose = ""
    goals: Annotated[list[Goal], msgspec.Meta(max_length=20)] = []
    vision: Prose = ""
    strengths: Prose = ""
    supports: Prose = ""
    review_on: Day = ""
    follow_up_on: Day = ""


PROSE_FIELDS: Final = ("about", "vision", "strengths", "supports")

PARTICIPANT: Final = RecordKind(
    type="participant",
    fields=ParticipantFields,
    bucket="participant",
    creators=frozenset({"specialist", "supervisor", "administrator"}),
    patchers=frozenset({"specialist", "supervisor", "administrator"}),
    policies={
        **dict.fromkeys(ParticipantFields.__struct_fields__, MergePolicy.LATEST),
        **dict.fromkeys(PROSE_FIELDS, MergePolicy.PROSE),
    },
)


def is_part2(fields: ParticipantFields) -> bool:
    """Whether 42 CFR Part 2 protects this person's records; yes where nobody has said otherwise."""
    if fields.part2:
        return fields.part2 == "yes"
    return not fields.programs or any(program.is_part2 for program in fields.programs)
