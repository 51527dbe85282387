"""A change as a supervisor reads it before it is filed: a note as notes look, anything else field by field.

What the change says is not taken for true: it may be from a broken phone. What does not fit is shown as it came.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from server.dashboard.note import names_for
from server.dashboard.scene import Scene
from server.dashboard.wording import field_name, value_words
from server.storage.port import Rows
from server.storage.records import record_by_doc
from server.templating.note_view import note_view
from sync.messages import Change
from sync.records.kind import Body
from sync.records.note import NoteFields

NOUNS: Final = frozenset({
    "note", "participant", "draft", "site", "organisation", "member", "assignment", "returned",
    "session", "work_time", "proposal", "consent", "plan", "keepwell", "keepwell_copy",
})  # fmt: skip
PRIVATE: Final = frozenset({"draft", "keepwell"})
"""Their author's words alone: the office says that they are there and shows none of them."""
KINDS: Final = frozenset({"create", "patch", "tags", "sign", "void", "addendum"})


async def change_view(rows: Rows, scene: Scene, raw: bytes) -> dict[str, Any]:
    """`shape` says how it is shown: note, fields, draft (its author's words alone) or text (as it came)."""
    text = raw.decode("utf-8", "backslashreplace")
    change = read_change(raw)
    if change is None:
        shape = _shape_of_text(text)
        return {"shape": shape, "text": "" if shape == "draft" else text, **what(scene, None)}
    told = {"text": text, **what(scene, change)}
    if change.type in PRIVATE:
        return told | {"shape": "draft", "text": ""}
    if change.type == "note" and change.kind == "create" and (note := await _note(rows, scene, change)):
        return told | {"shape": "note", "note": note}
    return told | {"shape": "fields", "fields": _fields(scene, change, await _form_of(rows, scene, change))}


def what(scene: Scene, change: Change | None) -> dict[str, Any]:
    """In a few words: what was done to what, about whom, when by the phone's clock."""
    if change is None:
        return {"title": scene.text("dashboard.change.unreadable"), "person": "", "at": None, "kind": "", "noun": ""}
    participant = change.bucket[2:] if change.bucket.startswith("p:") else change.set.get("participant")
    known = change.type in NOUNS and change.kind in KINDS
    return {
        "title": scene.text(f"dashboard.change.{change.kind}", noun=scene.text(f"dashboard.noun.{change.type}"))
        if known
        else scene.text("dashboard.change.unreadable"),
        "person": _person(scene, change, participant),
        "at": change.captured.wall,
        "kind": change.kind,
        "noun": change.type,
    }


def read_change(raw: bytes) -> Change | None:
    """The change in these bytes, if they can be read as one."""
    try:
        return msgspec.json.decode(raw, type=Change)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def _person(scene: Scene, change: Change, participant: Any) -> str:
    if change.type == "participant" and change.kind == "create":
        return str(change.set.get("name", ""))
    found = scene.sums.people.get(participant) if isinstance(participant, str) else None
    return found.name if found else ""


def _shape_of_text(text: str) -> str:
    """A draft that cannot be read is still its author's alone, if it says that it is one."""
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        return "text"
    return "draft" if isinstance(whole, Mapping) and whole.get("type") in PRIVATE else "text"


async def _note(rows: Rows, scene: Scene, change: Change) -> dict[str, Any] | None:
    try:
        fields = msgspec.convert(change.set, NoteFields)
    except msgspec.ValidationError:
        return None
    person = await record_by_doc(rows, scene.org, fields.participant)
    body = Body(
        author=change.author, state="open", captured=change.captured.wall, received=scene.now, created=0,
        set=msgspec.Raw(b"{}"),
    )  # fmt: skip
    members = {one: (name, "") for one, name in scene.names.items()}
    return note_view(change.doc, change.set, body, names_for(scene, person, members))


async def _form_of(rows: Rows, scene: Scene, change: Change) -> str:
    """The form of the note that is changed: as the change says it, else as the note does; "" where nobody knows."""
    if change.type != "note" or "form" in change.set:
        return str(change.set.get("form") or "")
    note = await record_by_doc(rows, scene.org, change.doc)
    return str(note.fields.get("form") or "") if note else ""


def _fields(scene: Scene, change: Change, form: str) -> list[dict[str, str]]:
    """Everything it says, one line a field; taken away reads as such."""
    zone = str(change.set.get("zone") or "")
    told = [(field, value_words(scene, field, value, zone, form)) for field, value in _flat(change.set)]
    told += [(field, scene.text("dashboard.change.added", words=_tags(scene, field, tags)))
             for field, tags in change.add.items()]  # fmt: skip
    told += [(field, scene.text("dashboard.change.removed", words=_tags(scene, field, tags)))
             for field, tags in change.remove.items()]  # fmt: skip
    if change.reason:
        told.append(("reason", change.reason))
    return [{"name": field_name(scene, field, form), "text": text} for field, text in told if field != "content"]


def _flat(values: Mapping[str, Any]) -> list[tuple[str, Any]]:
    pairs: list[tuple[str, Any]] = []
    for field, value in values.items():
        if field == "answers" and isinstance(value, Mapping):
            pairs += [(f"answers.{key}", inner) for key, inner in value.items()]
        else:
            pairs.append((field, value))
    return pairs


def _tags(scene: Scene, field: str, tags: list[str]) -> str:
    return ", ".join(value_words(scene, field, tag) for tag in tags)
