"""The review: which notes to read, the exceptions first, and what was returned and waits for its author."""

from __future__ import annotations

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from server.auth.access import Access
from server.auth.audit import note_list
from server.auth.sessions import Member
from server.dashboard.queue import Entry, lacking, queue
from server.dashboard.review_view import cosign_words, field_name
from server.dashboard.scene import Scene, look
from server.dashboard.shown import shown
from server.dashboard.waiting import waiting
from server.responses import AnyRequest
from server.storage import review
from server.storage.review import SentBack


@get("/review")
async def show(request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member]) -> Response[Any]:
    """Whom the notes are about stands here, so the look is noted."""
    async with access.storage.read() as rows:
        scene = await look(request, access, member, rows)
        entries = await queue(rows, scene)
        returned = await review.sent_back(rows, member.org)
        waits = await waiting(rows, scene)
    await note_list(access, member, "review", len(entries) + len(returned))
    rule = scene.settings.rules.cosign
    view = {
        "first": entries[0].note.doc if entries else "",
        "exceptions": [_row(scene, entry) for entry in entries if entry.reasons],
        "plain": [_row(scene, entry) for entry in entries if not entry.reasons],
        "returned": [_returned(scene, one) for one in returned],
        "rule": rule.who,
        "percent": rule.percent,
    }
    return shown(request, scene, waits, "dashboard/review.html", view)


def _row(scene: Scene, entry: Entry) -> dict[str, Any]:
    note = entry.note
    form = str(note.fields.get("form", ""))
    return {
        "doc": note.doc,
        "about": scene.person_name(note.participant),
        "kind": note.contact_kind,
        "place": scene.site_name(note.site),
        "by": scene.names.get(note.author, ""),
        "at": note.signed_at,
        "reasons": entry.reasons,
        # Where every note is co-signed, the page says so once.
        "cosign": "" if scene.settings.rules.cosign.who == "all" else cosign_words(scene, entry.cosign, note.author),
        "lacking": [field_name(scene, form, path) for path in lacking(scene, note)],
    }


def _returned(scene: Scene, one: SentBack) -> dict[str, Any]:
    return {
        "doc": one.doc,
        "about": scene.person_name(one.participant),
        "by": scene.names.get(one.author, ""),
        "at": one.since,
    }
