"""A draft: an unsigned note kept for its author, so that it can be restored to a new phone.

Others learn no more of it than person, service date and age. It is voided by the bundle that signs the note.
"""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from sync.clock import Millis
from sync.ids import Id
from sync.records.kind import RecordKind
from sync.rules import MergePolicy


class DraftFields(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """`content`: the form as typed, JSON text of form field to string or list of strings, opaque to the office."""

    form: Annotated[str, msgspec.Meta(max_length=48)]
    content: Annotated[str, msgspec.Meta(max_length=200_000)]
    participant: Id | None = None
    site: Id | None = None
    started_at: Millis | None = None


DRAFT: Final = RecordKind(
    type="draft",
    fields=DraftFields,
    bucket="author",
    creators=frozenset({"specialist"}),
    patchers=frozenset({"specialist"}),
    policies={
        "form": MergePolicy.LATEST,
        "content": MergePolicy.PROSE,
        "participant": MergePolicy.LATEST,
        "site": MergePolicy.LATEST,
        "started_at": MergePolicy.LATEST,
    },
)
