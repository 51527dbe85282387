"""A resource: a place or service that a person may be referred to, kept by the organisation in its directory.

The directory has a bucket of its own, which phones read last: thousands of addresses make nobody wait for their people.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec

from sync.records.kind import RecordKind
from sync.rules import MergePolicy

ResourceKind = Literal[
    "housing", "food", "clothing", "health", "treatment", "work", "legal", "transport", "id_benefits", "crisis",
    "peer_groups", "family", "other",
]  # fmt: skip
SpokenLanguage = Literal["en", "es", "asl", "ar", "fr", "ht", "pt", "ru", "vi", "zh", "other"]
Line = Annotated[str, msgspec.Meta(max_length=200)]
Day = Annotated[str, msgspec.Meta(pattern=r"^(|\d{4}-\d\d-\d\d)$")]
Dialled = Annotated[str, msgspec.Meta(pattern=r"^(|\+?[0-9 ().-]{3,30})$")]


class ResourceFields(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """`phone` is dialled as it stands; `checked_on`: when somebody last made sure that all this is so."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
    kinds: Annotated[list[ResourceKind], msgspec.Meta(min_length=1, max_length=6)]
    languages: Annotated[list[SpokenLanguage], msgspec.Meta(max_length=11)] = []
    address: Line = ""
    phone: Dialled = ""
    hours: Line = ""
    for_whom: Line = ""
    cost: Line = ""
    notes: Annotated[str, msgspec.Meta(max_length=1000)] = ""
    checked_on: Day = ""
    is_open: bool = True


RESOURCE: Final = RecordKind(
    type="resource",
    fields=ResourceFields,
    bucket="directory",
    creators=frozenset({"administrator"}),
    patchers=frozenset({"administrator"}),
    policies=dict.fromkeys((field.name for field in msgspec.structs.fields(ResourceFields)), MergePolicy.LATEST),
)
