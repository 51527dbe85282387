"""What a note replaces and what replaced it, what that changed, and the steps between contact and co-signature."""

from __future__ import annotations

from typing import Any

import msgspec

from server.dashboard.scene import Scene
from server.storage.port import Rows
from server.storage.records import body_of, record_by_doc
from server.storage.revisions import revisions_of
from server.templating.difference import Side, difference_view
from server.templating.note_view import Names
from server.templating.steps import Revision, steps_view
from sync.state import Record


class Loop(msgspec.Struct, frozen=True):
    """`old`: the note that this one supersedes. `revisions`: signed notes that supersede this one."""

    old: Record | None
    revisions: list[Record]


async def loop_of(rows: Rows, org: int, note: Record) -> Loop:
    """The notes before and after this one."""
    before = note.fields.get("supersedes")
    old = await record_by_doc(rows, org, before) if before else None
    return Loop(old if old and old.type == "note" else None, await revisions_of(rows, org, note.doc))


def loop_view(scene: Scene, loop: Loop, note: Record, names: Names) -> dict[str, Any]:
    """View of dashboard/note_loop.html; `difference` is None where there is nothing to compare with."""
    body, old = body_of(note), loop.old
    signed = [(later, later.signed) for later in loop.revisions if later.signed is not None]
    revisions = [Revision(later.author, seal.at, seal.seq) for later, seal in signed]
    difference = None
    if old is not None:
        before = Side(old.fields, scene.person_name(old.fields["participant"]))
        difference = difference_view(before, Side(note.fields, scene.person_name(note.fields["participant"])), names)
    return {
        "difference": difference,
        "correction": note.fields.get("reason") or "",
        "old": old.doc if old else "",
        "revisions": [{"doc": later.doc, "at": seal.at} for later, seal in signed],
        "steps": steps_view(note.fields, body, names, revisions),
    }
