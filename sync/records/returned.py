"""Returned work: a change the office refused, back in its specialist's inbox with its whole text.

Made by the office in the transaction that refuses, in `me:` of the author; its doc id is derived from (device, n).
It stays until the specialist voids it.
"""

from __future__ import annotations

from typing import Final

import msgspec

from sync.ids import Id
from sync.messages import Code, Offer
from sync.records.kind import RecordKind


class ReturnedFields(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """`change`: the refused change's own JSON text, verbatim; `about`: the record it was meant for.

    `reason`: a supervisor's words, where salvaged work was set aside.
    """

    device: Id
    n: int
    about: Id
    code: Code
    change: str
    field: str | None = None
    offer: Offer | None = None
    reason: str | None = None


RETURNED: Final = RecordKind(
    type="returned",
    fields=ReturnedFields,
    bucket="author",
    creators=frozenset(),
    patchers=frozenset(),
    policies={},
)
