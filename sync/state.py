"""What the office knows when it decides: the records touched, the asker's caseload, the forms.

The storage loads a `State` for the changes at hand (`sync.intake.needs` names the records) and `decide` keeps it
current, so that later changes of the same transaction see earlier ones. Records are replaced, never edited in
place: what a failed bundle did is undone by putting the old ones back.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from sync.forms import Form
from sync.ids import participant_bucket
from sync.records.kind import Addendum, Closing, Cosignature, KeptValue, Return, Role, Signature
from sync.records.kind import State as RecordState


class Version(NamedTuple):
    """Who set a field last: `seq` and `device` of the change, its author and the author's wall clock (ms)."""

    seq: int
    device: str
    by: str
    at: int


class Record(msgspec.Struct, kw_only=True, gc=False):
    """A record as the office holds it. `device`: the one that created it.

    `versions`: by field path, from the first patch on; a path that is missing was last set by the create.
    """

    doc: str
    type: str
    bucket: str
    author: str
    device: str
    state: RecordState
    fields: dict[str, Any]
    created: int
    seq: int
    captured: int
    received: int
    versions: dict[str, Version] = {}
    signed: Signature | None = None
    addenda: list[Addendum] = []
    kept: list[KeptValue] = []
    returned: list[Return] = []
    cosigned: Cosignature | None = None
    flag_closed: Closing | None = None

    def version(self, path: str) -> Version:
        """Version of a field path such as `ended_at` or `answers.did`."""
        return self.versions.get(path) or Version(self.created, self.device, self.author, self.captured)


class Asker(msgspec.Struct, frozen=True):
    """Who is asking: an enrolled device (or a member's server-side one) and the person it belongs to."""

    device: str
    person: str
    role: Role


class Grant(NamedTuple):
    """`specialist` holds `bucket` from seq `from_seq` on; nothing happens if it is held already."""

    specialist: str
    bucket: str
    from_seq: int


class End(NamedTuple):
    """`specialist` no longer holds `bucket` from the deciding change's seq on."""

    specialist: str
    bucket: str


Span = tuple[int, int | None]
"""From seq, to seq (exclusive; None: held now)."""


class State(msgspec.Struct):
    """`caseload`: of the asker, bucket to spans. `forms`: by `name@version`.

    `revised`: of the notes that are to be returned or co-signed, those that a signed note supersedes.
    """

    records: dict[str, Record]
    caseload: dict[str, list[Span]]
    forms: Mapping[str, Form] = {}
    revised: set[str] = set()

    def participant_of(self, bucket: str) -> Record | None:
        """The participant whose bucket this is, if loaded."""
        record = self.records.get(bucket[2:])
        return record if record is not None and bucket == participant_bucket(record.doc) else None
