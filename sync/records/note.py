"""A note: what happened in one contact with one person. Fixed core here; `answers` are described by a form file.

Signed is frozen: its content hash never changes, later words are addenda, a revision is a new note that
`supersedes` the old one. Source of the enumerations: docs/glossary.md.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

import msgspec

from sync.clock import Millis
from sync.ids import Id, Sha256
from sync.messages import ATTACHMENT_LIMIT_BYTES
from sync.records.kind import RecordKind
from sync.rules import MergePolicy

ContactKind = Literal[
    "one_on_one", "group", "drop_in", "warm_line", "crisis", "outreach", "accompaniment", "recovery_planning",
    "referral", "in_reach", "reentry", "hospital_ed", "discharge_follow_up", "collateral", "attempt_no_show",
    "own_time",
]  # fmt: skip
Setting = Literal[
    "drop_in_center", "community", "home", "shelter", "street", "hospital_ed", "inpatient", "jail", "prison", "court",
    "clinic", "recovery_residence", "school", "phone_video",
]  # fmt: skip
Mode = Literal["in_person", "phone", "video", "text", "email", "letter"]
Support = Literal["emotional", "informational", "instrumental", "affiliational"]
SafetyFlag = Literal[
    "self_harm_thoughts", "harm_others", "overdose_withdrawal", "medical", "abuse_neglect_suspected", "unsafe_housing",
    "lost_medicines_supports", "prea", "other",
]  # fmt: skip

CorrectionReason = Literal[
    "did_not_happen", "wrong_person", "wrong_date", "duplicate", "never_billable", "narrative", "billing_indicator",
    "service_code", "time_entry", "no_active_plan", "other",
]  # fmt: skip

TAG_FIELDS: Final = ("support", "goals", "flags")
PROSE_LIMIT_CHARS: Final = 20_000
LONGEST_CONTACT_MS: Final = 16 * 3600 * 1000

Choices = list[Annotated[str, msgspec.Meta(max_length=200)]]
Answer = Annotated[str, msgspec.Meta(max_length=PROSE_LIMIT_CHARS)] | Millis | bool | Choices
AnswerKey = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
"""A known form lists its keys; `sync.validate` looks closer where the form is not known, since a pattern costs."""
Zone = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_+/-]+$")]
FormRef = Annotated[str, msgspec.Meta(pattern=r"^[a-z_]{1,40}@[0-9]{1,4}$")]


MediaType = Literal["image/jpeg", "application/pdf"]


class Attachment(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A photo or scan beside a note. Its bytes travel apart, sealed under `key`; docs/protocol.md, "Attachments".

    `id`: SHA-256 of the sealed bytes, so that what was signed names them exactly. `size`: of the sealed bytes. `key`:
    AES-256 key, base64url; without the note nobody can read the bytes. `name`: what it shows, in the author's words.
    """

    id: Sha256
    key: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{43}$")]
    size: Annotated[int, msgspec.Meta(ge=29, le=ATTACHMENT_LIMIT_BYTES)]
    media: MediaType
    name: Annotated[str, msgspec.Meta(max_length=120)] = ""


class NoteFields(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Fixed core of a note. `started_at`, `ended_at`: UTC ms, with the site's IANA `zone`, all within the content hash.

    `goals`: ids of the participant's goals touched. `form`: the form file and version that `answers` follow.
    `session`: the session with many people that this note came of, if any.
    `reason`: why this note `supersedes` another.
    """

    participant: Id
    contact_kind: ContactKind
    form: FormRef
    started_at: Millis
    ended_at: Millis
    zone: Zone
    setting: Setting
    mode: Mode
    site: Id | None = None
    support: list[Support] = []
    goals: Annotated[list[Id], msgspec.Meta(max_length=20)] = []
    flags: list[SafetyFlag] = []
    answers: Annotated[dict[AnswerKey, Answer], msgspec.Meta(max_length=60)] = {}
    attachments: Annotated[list[Attachment], msgspec.Meta(max_length=10)] = []
    supersedes: Id | None = None
    session: Id | None = None
    reason: CorrectionReason | None = None


NOTE: Final = RecordKind(
    type="note",
    fields=NoteFields,
    bucket="participant",
    creators=frozenset({"specialist", "supervisor"}),
    patchers=frozenset({"specialist", "supervisor"}),
    policies={
        "participant": MergePolicy.FIXED,
        "form": MergePolicy.FIXED,
        "supersedes": MergePolicy.FIXED,
        "session": MergePolicy.FIXED,
        "reason": MergePolicy.FIXED,
        "attachments": MergePolicy.FIXED,
        "contact_kind": MergePolicy.LATEST,
        "started_at": MergePolicy.LATEST,
        "ended_at": MergePolicy.LATEST,
        "zone": MergePolicy.LATEST,
        "setting": MergePolicy.LATEST,
        "mode": MergePolicy.LATEST,
        "site": MergePolicy.LATEST,
        "support": MergePolicy.TAGS,
        "goals": MergePolicy.TAGS,
        "flags": MergePolicy.TAGS,
        "answers": MergePolicy.PROSE,
    },
)


def content(fields: dict[str, Any]) -> dict[str, Any]:
    """What a signature covers: every field but defaults, tags as sorted sets. See docs/protocol.md, 'Content hash'."""
    return {
        key: sorted(set(value)) if key in TAG_FIELDS else value
        for key, value in fields.items()
        if value is not None and value not in ([], {})
    }
