"""A site: a place the organisation works in, with its time zone."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from sync.records.kind import RecordKind
from sync.records.note import Setting, Zone
from sync.rules import MergePolicy


class SiteFields(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """`setting`: what a note written here usually is; `is_billable`: False where nobody pays, such as a prison."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
    zone: Zone
    setting: Setting
    is_billable: bool = True
    is_open: bool = True


SITE: Final = RecordKind(
    type="site",
    fields=SiteFields,
    bucket="org",
    creators=frozenset({"administrator"}),
    patchers=frozenset({"administrator"}),
    policies=dict.fromkeys(("name", "zone", "setting", "is_billable", "is_open"), MergePolicy.LATEST),
)
