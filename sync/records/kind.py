"""What the agreement has to know of a kind of record, and the shape every record has on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from sync.rules import MergePolicy

Role = Literal["specialist", "supervisor", "administrator"]
State = Literal["open", "signed", "void"]


class RecordKind(msgspec.Struct, frozen=True):
    """A noun: its fields, who may create and patch it, where it lives, how its fields merge.

    `bucket`: "participant" (`p:` of the field `participant`, or of the record itself for a participant), "author"
    (`me:` of its author), "subject" (`me:` of its field `specialist`), "org", "directory" (resources). Policies are by
    field; for a note's answers, `answers` names the fallback and the form file refines it per answer (see `policy`).
    """

    fields: type[msgspec.Struct]
    type: str
    bucket: Literal["participant", "author", "subject", "org", "directory"]
    creators: frozenset[Role]
    patchers: frozenset[Role]
    policies: Mapping[str, MergePolicy]

    def policy(self, path: str) -> MergePolicy:
        """Merge policy of a field path such as `ended_at` or `answers.did`; unknown paths are FIXED (refused)."""
        return self.policies.get(path) or self.policies.get(path.partition(".")[0], MergePolicy.FIXED)


class Signature(msgspec.Struct, frozen=True):
    """A signed note's seal. `at`: the device's wall clock, `received`: the office's (ms); `seq`: its receipt code."""

    by: str
    at: int
    hash: str
    seq: int
    received: int


class Addendum(msgspec.Struct, frozen=True):
    """Words added after signing; never part of the signed content."""

    by: str
    at: int
    text: str
    seq: int
    reason: str = ""


class Return(msgspec.Struct, frozen=True, omit_defaults=True):
    """A supervisor's request to revise a signed note: it changes no word of it.

    `passage`: words of the note, verbatim, from the answer at `field` (such as `answers.did`); both "" where the whole
    note is meant.
    """

    by: str
    at: int
    seq: int
    comment: str
    passage: str = ""
    field: str = ""


class Cosignature(msgspec.Struct, frozen=True):
    """A supervisor's signature on a signed note. `hash`: the content hash it was made over, the signature's own."""

    by: str
    at: int
    hash: str
    seq: int


class Closing(msgspec.Struct, frozen=True):
    """A supervisor has looked at a note's safety flags and says what was done."""

    by: str
    at: int
    reason: str
    seq: int


class KeptValue(msgspec.Struct, frozen=True):
    """The losing side of a concurrent edit, verbatim, until author or supervisor settles it."""

    field: str
    value: Any
    by: str
    at: int
    seq: int


class Body(msgspec.Struct, frozen=True, omit_defaults=True):
    """A record as a phone receives it. `set`: the kind's fields; the rest is the office's knowledge about it.

    `captured`: the creating device's wall clock; `received`: the office's clock when it was decided (both ms);
    `created`: seq of the create, whose receipt code the screen may show.
    """

    author: str
    state: State
    captured: int
    received: int
    created: int
    set: msgspec.Raw
    signed: Signature | None = None
    addenda: list[Addendum] = []
    kept: list[KeptValue] = []
    returned: list[Return] = []
    cosigned: Cosignature | None = None
    flag_closed: Closing | None = None
