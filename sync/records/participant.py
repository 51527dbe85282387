"""A participant: the person supported, as much as support needs. Aliases are first class."""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec

from sync.ids import Id
from sync.records.kind import RecordKind
from sync.rules import MergePolicy

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
Short = Annotated[str, msgspec.Meta(max_length=400)]


class Goal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One goal, in the person's own words."""

    id: Id
    words: Annotated[str, msgspec.Meta(min_length=1, max_length=400)]


class ParticipantFields(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """`name`: name or alias, as the person wishes; `code`: the organisation's own id for them."""

    name: Name
    code: Annotated[str, msgspec.Meta(max_length=40)] = ""
    pronouns: Annotated[str, msgspec.Meta(max_length=40)] = ""
    site: Id | None = None
    status: Literal["active", "closed"] = "active"
    language: Literal["", "en", "es"] = ""
    contact: Short = ""
    is_message_safe: Literal["", "yes", "no", "ask"] = ""
    about: Annotated[str, msgspec.Meta(max_length=4000)] = ""
    goals: Annotated[list[Goal], msgspec.Meta(max_length=20)] = []
    follow_up_on: Annotated[str, msgspec.Meta(pattern=r"^(|\d{4}-\d\d-\d\d)$")] = ""


PARTICIPANT: Final = RecordKind(
    type="participant",
    fields=ParticipantFields,
    bucket="participant",
    creators=frozenset({"specialist", "supervisor", "administrator"}),
    patchers=frozenset({"specialist", "supervisor", "administrator"}),
    policies={
        **dict.fromkeys(
            ("name", "code", "pronouns", "site", "status", "language", "contact", "is_message_safe"), MergePolicy.LATEST
        ),
        "goals": MergePolicy.LATEST,
        "follow_up_on": MergePolicy.LATEST,
        "about": MergePolicy.PROSE,
    },
)
