"""A credential: what a specialist is certified in, has learnt, or may enter. Its end warns; nothing is blocked."""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec

from sync.ids import Id
from sync.records.kind import RecordKind
from sync.records.participant import Day
from sync.rules import MergePolicy


class CredentialFields(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """`name`: of a certificate or clearance; of education its topic, with `minutes` of it.

    `site`: where a clearance holds. `got_on`, `ends_on`: days, or "". `is_over`: replaced or given back.
    """

    specialist: Id
    sort: Literal["certificate", "education", "clearance"]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
    site: Id | None = None
    minutes: Annotated[int, msgspec.Meta(ge=0, le=60_000)] = 0
    got_on: Day = ""
    ends_on: Day = ""
    is_over: bool = False


CREDENTIAL: Final = RecordKind(
    type="credential",
    fields=CredentialFields,
    bucket="subject",
    creators=frozenset({"specialist", "supervisor", "administrator"}),
    patchers=frozenset({"specialist", "supervisor", "administrator"}),
    policies={
        **dict.fromkeys(("specialist", "sort"), MergePolicy.FIXED),
        **dict.fromkeys(("name", "site", "minutes", "got_on", "ends_on", "is_over"), MergePolicy.LATEST),
    },
)
