"""An instrument: a published set of questions that the organisation has installed, with how its answers are counted.

Its wording is its authors'; it comes from a file of the organisation's own (`alongside instruments add`). A changed
file is a new version and a new record: what was answered keeps the questions it was answered under.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec

from sync.records.kind import RecordKind
from sync.rules import MergePolicy

ItemKey = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,23}$")]
Words = Annotated[str, msgspec.Meta(min_length=1, max_length=400)]


class Bilingual(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A text in English and, where the authors have published one, in Spanish ("" shows the English one)."""

    en: Words
    es: Annotated[str, msgspec.Meta(max_length=400)] = ""


class InstrumentItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One question. `is_reversed`: a high answer counts low."""

    key: ItemKey
    text: Bilingual
    is_reversed: bool = False


class Scale(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whole numbers from `least` to `most`, and what the two ends mean."""

    least: Annotated[int, msgspec.Meta(ge=0, le=10)]
    most: Annotated[int, msgspec.Meta(ge=1, le=10)]
    low: Bilingual
    high: Bilingual


class Scoring(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Sum of the answers times `factor`. With more than `missing_allowed` skipped there is no score.

    A skipped answer within the allowance counts as the mean of the others; the sum is rounded half up, then multiplied.
    """

    method: Literal["sum"]
    higher_is: Literal["better", "worse"]
    factor: Annotated[int, msgspec.Meta(ge=1, le=100)] = 1
    missing_allowed: Annotated[int, msgspec.Meta(ge=0, le=49)] = 0


class CutOff(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the authors say of scores on one side of a number. Kept for supervisors; never shown as a grade."""

    at: Annotated[int, msgspec.Meta(ge=0, le=5000)]
    side: Literal["at_least", "at_most"]
    source: Annotated[str, msgspec.Meta(min_length=1, max_length=400)]


class InstrumentFields(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """`prompt`: what stands above the questions. `is_active`: offered on phones; old answers stay readable without."""

    key: ItemKey
    version: Annotated[int, msgspec.Meta(ge=1, le=999)]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    prompt: Bilingual
    items: Annotated[list[InstrumentItem], msgspec.Meta(min_length=1, max_length=50)]
    scale: Scale
    scoring: Scoring
    citation: Words
    licence: Words
    cut_offs: Annotated[list[CutOff], msgspec.Meta(max_length=10)] = []
    is_active: bool = True


INSTRUMENT: Final = RecordKind(
    type="instrument",
    fields=InstrumentFields,
    bucket="org",
    creators=frozenset({"administrator"}),
    patchers=frozenset({"administrator"}),
    policies={
        **dict.fromkeys((field.name for field in msgspec.structs.fields(InstrumentFields)), MergePolicy.FIXED),
        "is_active": MergePolicy.LATEST,
    },
)
