"""A member: a colleague's name as other phones may know it. Accounts and secrets live in the office only."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from sync.records.kind import RecordKind, Role
from sync.rules import MergePolicy


class MemberFields(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """`title`: the credential line under a signature. A member's doc id is the person's id.

    `is_volunteer`: works unpaid, which some payers do not pay for. `is_provisional`: not fully certified yet, so that a
    rule may have every note co-signed.
    """

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
    role: Role
    title: Annotated[str, msgspec.Meta(max_length=120)] = ""
    is_active: bool = True
    is_volunteer: bool = False
    is_provisional: bool = False


MEMBER: Final = RecordKind(
    type="member",
    fields=MemberFields,
    bucket="org",
    creators=frozenset({"administrator"}),
    patchers=frozenset({"administrator"}),
    policies=dict.fromkeys(
        ("name", "role", "title", "is_active", "is_volunteer", "is_provisional"), MergePolicy.LATEST
    ),
)
