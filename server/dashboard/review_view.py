"""View of what a supervisor may say of a note, and of what was said: dashboard/review_box.html."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from server.auth.sessions import Member
from server.dashboard.cosigning import Asked
from server.dashboard.queue import Entry
from server.dashboard.scene import NOBODY, Scene
from server.storage.forms import forms
from server.storage.records import is_flag_closed, waits_since
from sync.records.kind import Return
from sync.state import Record

CORE_NAMES: Final = frozenset({"place", "when", "support", "goals", "flags"})


class Said(msgspec.Struct, frozen=True):
    """What a supervisor typed, to be shown again where it was not taken."""

    comment: str = ""
    passage: str = ""
    field: str = ""
    reason: str = ""


def review_view(
    scene: Scene, member: Member, note: Record, entries: Sequence[Entry], said: Said, *, is_revised: bool
) -> dict[str, Any]:
    """`review`: what template dashboard/review_box.html takes."""
    is_reviewer = member.role == "supervisor" and note.state == "signed"
    is_own = note.author == member.person
    is_free = is_reviewer and not is_own and not is_revised
    return {
        "doc": note.doc,
        "seen": str(note.seq),
        "hash": note.signed.hash if note.signed else "",
        "idle": _idle(note, member),
        "is_own": is_own and is_reviewer,
        "is_revised": is_revised,
        "may_return": is_free,
        "may_cosign": is_free and note.cosigned is None,
        "cosigned": {"by": scene.names.get(note.cosigned.by, ""), "at": note.cosigned.at} if note.cosigned else None,
        "is_flag_open": bool(note.fields.get("flags")) and note.state == "signed" and not is_flag_closed(note),
        "may_close": is_reviewer,
        "flag_closed": _closed(scene, note),
        "is_waiting": waits_since(note) is not None and not is_revised,
        "returns": [_return_view(scene, note, one) for one in note.returned],
        "answers": _answers(scene, note),
        "said": msgspec.structs.asdict(said),
        "zone": note.fields["zone"],
        **_place(scene, note, entries),
    }


def _idle(note: Record, member: Member) -> str:
    """Why nobody here has anything to say of the note: it is not signed, or that is another's part; else empty."""
    if note.state == "open":
        return "unsigned"
    return "others" if note.state == "signed" and member.role != "supervisor" and note.cosigned is None else ""


def _place(scene: Scene, note: Record, entries: Sequence[Entry]) -> dict[str, Any]:
    """Where the note stands in the queue, why, and its neighbours; `at` 0 where it is not in it."""
    doc = note.doc
    docs = [entry.note.doc for entry in entries]
    if doc not in docs:
        return {"at": 0, "of": len(docs), "before": "", "after": "", "reasons": [], "cosign": ""}
    at = docs.index(doc)
    return {
        "at": at + 1,
        "of": len(docs),
        "before": docs[at - 1] if at else "",
        "after": docs[at + 1] if at + 1 < len(docs) else "",
        "reasons": list(entries[at].reasons),
        "cosign": cosign_words(scene, entries[at].cosign, note.author),
    }


def cosign_words(scene: Scene, asked: Asked | None, author: str) -> str:
    """"Needs co-signing because ...", in the reader's language; "" where the rules ask for none."""
    if asked is None:
        return ""
    name = scene.names.get(author, "") or NOBODY
    return scene.text(f"review.because.{asked.why}", name=name, lot=asked.lot, percent=asked.percent)


def _closed(scene: Scene, note: Record) -> dict[str, Any] | None:
    closed = note.flag_closed
    return {"by": scene.names.get(closed.by, ""), "at": closed.at, "reason": closed.reason} if closed else None


def _return_view(scene: Scene, note: Record, one: Return) -> dict[str, Any]:
    return {
        "by": scene.names.get(one.by, ""),
        "at": one.at,
        "comment": one.comment,
        "passage": one.passage,
        "about": field_name(scene, note.fields["form"], one.field) if one.field else "",
    }


def _answers(scene: Scene, note: Record) -> list[dict[str, str]]:
    """The note's written answers, for choosing which one a return is about."""
    answers = note.fields.get("answers") or {}
    return [
        {"value": f"answers.{key}", "text": field_name(scene, note.fields["form"], f"answers.{key}")}
        for key, value in answers.items()
        if isinstance(value, str) and value and " " in value
    ]


def field_name(scene: Scene, form: str, path: str) -> str:
    """A field as the note's form calls it, in the reader's language; core fields as the dashboard does."""
    if not path.startswith("answers."):
        return scene.text(f"review.core.{path}") if path in CORE_NAMES else path
    key = path.removeprefix("answers.")
    known = forms().get(form)
    field = known.field(key) if known else None
    return field.label.in_(scene.words.lang) if field else key
