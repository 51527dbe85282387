"""Groups, drop-in logs and visits: the list, and one of them with the notes that came of it."""

from __future__ import annotations

from typing import Any, Final

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from server.auth import audit
from server.auth.access import Access
from server.auth.guards import BACKGROUND_HEADER, NotHere, present
from server.auth.sessions import Member
from server.dashboard.activity import PRESETS, span
from server.dashboard.periods import civil, instants
from server.dashboard.scene import Scene, look
from server.dashboard.shown import shown
from server.dashboard.waiting import waiting
from server.responses import AnyRequest
from server.storage import worked
from server.storage.port import Rows
from server.storage.records import record_by_doc, records_by_doc
from sync.state import Record

LIMIT: Final = 200
MINUTE_MS: Final = 60_000


@get("/sessions")
async def listing(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member]
) -> Response[Any]:
    async with access.storage.read() as rows:
        scene = await look(request, access, member, rows)
        first, last, problems = span(request, scene)
        found = await worked.sessions(rows, member.org, *instants(first, last, scene.zone), LIMIT)
        waits = await waiting(rows, scene)
    if BACKGROUND_HEADER not in request.headers:
        await audit.note_list(access, member, "session", len(found))
    view = {
        **range_view(scene, first, last, problems),
        "count": len(found),
        "is_cut": len(found) == LIMIT,
        "sessions": [
            {
                "doc": one.doc,
                "title": one.title if one.sort == "group" else scene.text(f"many.sort.{one.sort}"),
                "sort": one.sort,
                "started_at": one.started_at,
                "zone": one.zone,
                "place": scene.site_name(one.site) or scene.text("dashboard.elsewhere"),
                "by": scene.names.get(one.author, ""),
                "notes": one.notes,
                "headcount": one.headcount,
                "minutes": (one.ended_at - one.started_at) // MINUTE_MS,
            }
            for one in found
        ],
    }
    return shown(request, scene, waits, "dashboard/sessions.html", view)


@get("/sessions/{doc:str}")
async def show(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member], doc: FromPath[str]
) -> Response[Any]:
    """Reading is noted before the page is shown."""
    async with access.storage.read() as rows:
        scene = await look(request, access, member, rows)
        session = present(await record_by_doc(rows, member.org, doc))
        if session.type != "session" or session.state == "void":
            raise NotHere
        notes = await _notes(rows, member, session)
        waits = await waiting(rows, scene)
    await audit.note_read(access, member, doc, "session")
    fields = session.fields
    view = {
        "title": fields["title"] if fields["sort"] == "group" else scene.text(f"many.sort.{fields['sort']}"),
        "sort": fields["sort"],
        "topic": fields.get("topic", ""),
        "description": fields.get("description", ""),
        "headcount": fields.get("headcount", 0),
        "beside": [scene.text(f"many.beside.{role}") for role in fields.get("beside", ())],
        "started_at": fields["started_at"],
        "ended_at": fields["ended_at"],
        "session_zone": fields["zone"],
        "where": scene.site_name(fields.get("site")) or scene.text(f"note.setting.{fields['setting']}"),
        "by": scene.names.get(session.author, ""),
        "is_shared_out": fields.get("is_shared_out", False),
        "missing": len(fields.get("notes", ())) - len(notes),
        "notes": [
            {
                "doc": note.doc,
                "person": scene.person_name(note.fields["participant"]),
                "started_at": note.fields["started_at"],
                "minutes": (note.fields["ended_at"] - note.fields["started_at"]) // MINUTE_MS,
                "state": note.state,
            }
            for note in notes
        ],
    }
    return shown(request, scene, waits, "dashboard/session.html", view)


def range_view(scene: Scene, first: int, last: int, problems: list[dict[str, str]]) -> dict[str, Any]:
    """The days that a list is of, and the ranges one touch away."""
    presets = [{"days": n, "first": civil(scene.today - n + 1), "last": civil(scene.today)} for n in PRESETS]
    return {"first": civil(first), "last": civil(last), "problems": problems, "presets": presets}


async def _notes(rows: Rows, member: Member, session: Record) -> list[Record]:
    """Its notes in this organisation that say so themselves, in the order of the session."""
    if session.type != "session":
        return []
    found = await records_by_doc(rows, member.org, session.fields.get("notes", ()))
    notes = (found.get(doc) for doc in session.fields.get("notes", ()))
    return [note for note in notes if note and note.type == "note" and note.fields.get("session") == session.doc]
