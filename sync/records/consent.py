"""A consent to share under 42 CFR 2.31: its ten elements, signed on the screen, and how it ended.

What was signed never changes; only its end is written later: the event that ends it, or that it was taken back.
The statements on taking back, refusing and sharing on are texts of the catalogue, named by `wording`.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec

from sync.clock import Millis
from sync.ids import Id
from sync.records.kind import RecordKind
from sync.records.participant import Day, Name, Short
from sync.records.signing import Signing
from sync.rules import MergePolicy

ENDINGS: Final = ("event_on", "revoked_on", "revoked_at", "revoked_how")
Said = Annotated[str, msgspec.Meta(min_length=1, max_length=400)]


class ConsentFields(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """`named`: the person's name as it stands on the form; `discloser` may share `information` with `recipient`.

    `is_for_care`: one consent for all future treatment, payment and operations. `ends`: on `expires_on`, when
    `expires_event` happens (`event_on` says when it did), or never, which only care allows. `language`: of the text
    that was read. `revoked_on`, `revoked_at`: day and device's wall clock of taking it back.
    """

    participant: Id
    named: Name
    discloser: Said
    information: Said
    recipient: Said
    purpose: Literal["request", "care", "referral", "other"]
    ends: Literal["date", "event", "never"]
    wording: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9-]{1,20}$")]
    signed: Signing
    signed_on: Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\d$")]
    is_for_care: bool = False
    purpose_words: Short = ""
    expires_on: Day = ""
    expires_event: Short = ""
    language: Literal["en", "es"] = "en"
    event_on: Day = ""
    revoked_on: Day = ""
    revoked_at: Millis | None = None
    revoked_how: Literal["", "spoken", "written"] = ""

    def __post_init__(self) -> None:
        """An end that fits, and a real signature."""
        if self.signed.how == "declined":
            raise ValueError("a consent is signed or it is none")
        if (self.ends == "date") != bool(self.expires_on) or (self.ends == "event") != bool(self.expires_event):
            raise ValueError("a consent ends in one way")
        if self.ends == "never" and not self.is_for_care:
            raise ValueError("only a consent for care may have no end")


CONSENT: Final = RecordKind(
    type="consent",
    fields=ConsentFields,
    bucket="participant",
    creators=frozenset({"specialist"}),
    patchers=frozenset({"specialist", "supervisor"}),
    policies={
        **dict.fromkeys(ConsentFields.__struct_fields__, MergePolicy.FIXED),
        **dict.fromkeys(ENDINGS, MergePolicy.LATEST),
    },
)
