"""A session: one contact with many people at once, told once. Each of them has a note of their own that points here.

Nobody is named in it: the notes are listed by id, people who stayed anonymous are a number, colleagues a role. So the
office can list sessions without opening anybody's record, and a person's note never leads to another's name.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec

from sync.clock import Millis
from sync.ids import Id
from sync.records.kind import RecordKind
from sync.records.note import PROSE_LIMIT_CHARS, Mode, Setting, Zone
from sync.rules import MergePolicy

SESSION_NOTES_LIMIT: Final = 200

SessionSort = Literal["group", "drop_in", "visit"]
Beside = Literal["peer", "clinician", "volunteer", "guest", "staff"]


class SessionFields(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """`sort`: a group, a day's drop-in log, or a visit to a locked place; times as in a note.

    `beside`: who led it too, by role. `headcount`: how many more were there who stayed anonymous. `notes`: ids of the
    notes that came of it. `is_shared_out`: the time of the whole visit was shared out evenly among them.
    """

    sort: SessionSort
    title: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
    started_at: Millis
    ended_at: Millis
    zone: Zone
    setting: Setting
    mode: Mode
    site: Id | None = None
    topic: Annotated[str, msgspec.Meta(max_length=200)] = ""
    beside: Annotated[list[Beside], msgspec.Meta(max_length=5)] = []
    description: Annotated[str, msgspec.Meta(max_length=PROSE_LIMIT_CHARS)] = ""
    headcount: Annotated[int, msgspec.Meta(ge=0, le=999)] = 0
    notes: Annotated[list[Id], msgspec.Meta(max_length=SESSION_NOTES_LIMIT)] = []
    is_shared_out: bool = False


SESSION: Final = RecordKind(
    type="session",
    fields=SessionFields,
    bucket="author",
    creators=frozenset({"specialist"}),
    patchers=frozenset({"specialist"}),
    policies={
        "sort": MergePolicy.FIXED,
        "notes": MergePolicy.FIXED,
        "topic": MergePolicy.LATEST,
        "is_shared_out": MergePolicy.LATEST,
        "description": MergePolicy.PROSE,
        **dict.fromkeys(
            ("title", "started_at", "ended_at", "zone", "setting", "mode", "site", "beside", "headcount"),
            MergePolicy.LATEST,
        ),
    },
)
