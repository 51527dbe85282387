"""What keeps me well: a person's own pages. Private: they lie in `me:` of the specialist who wrote them down with them.

The office shows them to nobody. What the person shares is a copy (`keepwell_copy`), made when they say so.
"""

from __future__ import annotations

from typing import Final

import msgspec

from sync.ids import Id
from sync.records.kind import RecordKind
from sync.records.participant import Prose
from sync.rules import MergePolicy

PAGES: Final = ("well", "off", "early", "hard", "cannot", "after")


class KeepwellFields(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What keeps me well, things that throw me off, early signs, when it gets hard, if I can't decide, after."""

    participant: Id
    well: Prose = ""
    off: Prose = ""
    early: Prose = ""
    hard: Prose = ""
    cannot: Prose = ""
    after: Prose = ""


KEEPWELL: Final = RecordKind(
    type="keepwell",
    fields=KeepwellFields,
    bucket="author",
    creators=frozenset({"specialist"}),
    patchers=frozenset({"specialist"}),
    policies={"participant": MergePolicy.FIXED, **dict.fromkeys(PAGES, MergePolicy.PROSE)},
)
