"""One note, as the phone shows it; every look at it is noted. And closing a safety flag, with a reason."""

from __future__ import annotations

from typing import Any, Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from server.auth.access import Access
from server.auth.audit import note_read
from server.auth.forms import posted
from server.auth.refusals import refusal_page
from server.auth.sessions import Member
from server.dashboard.note_loop import loop_of, loop_view
from server.dashboard.scene import AnyRequest, Scene, look
from server.dashboard.shown import shown
from server.dashboard.waiting import waiting
from server.storage import accounts, counting
from server.storage.forms import forms
from server.storage.port import OfficeChange, Rows
from server.storage.records import SAFETY_CLOSED, body_of, record_by_doc, service_day
from server.templating.note_view import Names, note_view
from sync.state import Record
from sync.units import Counted

REASON_LIMIT: Final = 2_000


@get("/notes/{doc:str}")
async def show(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member], doc: FromPath[str]
) -> Response[Any]:
    """Reading is noted before the page is shown."""
    return await _shown(request, access, member, doc)


@post("/notes/{doc:str}/close-flag", status_code=200)
async def close_flag(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member], doc: FromPath[str]
) -> Response[Any]:
    """The reason becomes an addendum of the note, so the phone learns it too."""
    form = await posted(request)
    reason = form["reason"].strip()
    problem = "empty_reason" if not reason else "long_reason" if len(reason) > REASON_LIMIT else ""
    if problem:
        return await _shown(request, access, member, doc, reason=form["reason"], problem=problem)
    async with access.storage.read() as rows:
        note = await _note(rows, member, doc)
    if note is None:
        return refusal_page(request, "gone", 404)
    if is_flag_open(note):
        change = OfficeChange("addendum", "note", doc, note.bucket, {"text": reason, "reason": SAFETY_CLOSED})
        decided = await access.storage.submit_office(member.org, member.person, member.role, [change], access.now())
        if decided.problem or decided.receipts[0].outcome != "applied":
            return await _shown(request, access, member, doc, reason=form["reason"], problem="not_closed")
    return Redirect(f"/dashboard/notes/{doc}", status_code=303)


def is_flag_open(note: Record) -> bool:
    """A safety flag is open until an addendum closes it."""
    return bool(note.fields.get("flags")) and all(addendum.reason != SAFETY_CLOSED for addendum in note.addenda)


async def _shown(
    request: AnyRequest, access: Access, member: Member, doc: str, *, reason: str = "", problem: str = ""
) -> Response[Any]:
    async with access.storage.read() as rows:
        scene = await look(request, access, member, rows)
        note = await _note(rows, member, doc)
        person = await record_by_doc(rows, member.org, note.fields["participant"]) if note else None
        author = await accounts.by_person(rows, member.org, note.author) if note else None
        counted = await counted_in(rows, scene, note) if note else None
        loop = await loop_of(rows, member.org, note) if note else None
        waits = await waiting(rows, scene)
    if note is None or loop is None:
        return refusal_page(request, "gone", 404)
    await note_read(access, member, doc, "note")
    title = author.title if author else ""
    members = {one: (name, title if one == note.author else "") for one, name in scene.names.items()}
    names = names_for(scene, person, members, counted)
    view = {
        "note": note_view(doc, note.fields, body_of(note), names),
        **loop_view(scene, loop, note, names),
        "participant": note.fields["participant"],
        "is_flag_open": is_flag_open(note) and note.state == "signed",
        "reason": reason,
        "problems": [{"field": "reason", "text": scene.text(f"dashboard.problem.{problem}")}] if problem else [],
    }
    return shown(request, scene, waits, "dashboard/note.html", view)


async def _note(rows: Rows, member: Member, doc: str) -> Record | None:
    record = await record_by_doc(rows, member.org, doc)
    return record if record and record.type == "note" else None


async def counted_in(rows: Rows, scene: Scene, note: Record) -> Counted:
    """How a note's minutes count, with the other contacts of its person."""
    day = service_day(note.fields["started_at"], note.fields["zone"])
    return await counting.counted_note(rows, scene.org, note.doc, note.author, note.fields, day, scene.settings)


def names_for(
    scene: Scene, person: Record | None, members: dict[str, tuple[str, str]], counted: Counted | None = None
) -> Names:
    """What the ids of a note about `person` stand for. `counted`: None counts the note as if it were the only one."""
    fields = person.fields if person else {}
    return Names(
        person=fields.get("name", ""),
        goals={goal["id"]: goal["words"] for goal in fields.get("goals", ())},
        sites={site.doc: (site.name, site.is_billable) for site in scene.sites},
        members=members,
        units=scene.settings.units,
        billing=scene.settings.rules.billing,
        counted=counted,
        forms=forms(),
        lang=scene.words.lang,
    )
