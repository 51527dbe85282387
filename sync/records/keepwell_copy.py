"""The copy of "what keeps me well" that a person chose to share with the team. Voided when they stop sharing."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from sync.ids import Id
from sync.records.keepwell import PAGES
from sync.records.kind import RecordKind
from sync.records.participant import Prose
from sync.rules import MergePolicy


class KeepwellCopyFields(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The pages as they were shared on `shared_on`, by the person's own decision."""

    participant: Id
    shared_on: Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\d$")]
    well: Prose = ""
    off: Prose = ""
    early: Prose = ""
    hard: Prose = ""
    cannot: Prose = ""
    after: Prose = ""


KEEPWELL_COPY: Final = RecordKind(
    type="keepwell_copy",
    fields=KeepwellCopyFields,
    bucket="participant",
    creators=frozenset({"specialist"}),
    patchers=frozenset({"specialist"}),
    policies={"participant": MergePolicy.FIXED, **dict.fromkeys(("shared_on", *PAGES), MergePolicy.LATEST)},
)
