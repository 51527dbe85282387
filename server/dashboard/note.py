"""One note, as the phone shows it, beside what a supervisor may say of it. Every look at it is noted."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from server.auth.access import Access
from server.auth.audit import note_read
from server.auth.guards import NotHere, present
from server.auth.sealed import SealBroken, open_attachment
from server.auth.sessions import Member
from server.dashboard.note_loop import loop_of, loop_view
from server.dashboard.queue import queue
from server.dashboard.review_view import Said, review_view
from server.dashboard.scene import Scene, look
from server.dashboard.shown import shown
from server.dashboard.waiting import waiting
from server.responses import AnyRequest
from server.storage import accounts, attachments, counting
from server.storage.forms import forms
from server.storage.port import Rows
from server.storage.records import body_of, record_by_doc, service_day
from server.templating.note_view import Copy, Names, note_view
from sync.state import Record
from sync.units import Counted

NOTHING: Final = Said()
NONE_HERE: Final[Mapping[str, Copy]] = {}


@get("/notes/{doc:str}")
async def show(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member], doc: FromPath[str]
) -> Response[Any]:
    """Reading is noted before the page is shown."""
    return await _shown(request, access, member, doc)


async def shown_again(  # noqa: PLR0917 - what was typed, and what is wrong with it
    request: AnyRequest, access: Access, member: Member, doc: str, said: Said, problem: tuple[str, str]
) -> Response[Any]:
    """The page with what was typed, and what has to be put right: the field ('' for none) and the problem's name."""
    return await _shown(request, access, member, doc, said, problem)


async def _shown(  # noqa: PLR0917 - what was typed, and what is wrong with it
    request: AnyRequest,
    access: Access,
    member: Member,
    doc: str,
    said: Said = NOTHING,
    problem: tuple[str, str] | None = None,
) -> Response[Any]:
    async with access.storage.read() as rows:
        scene = await look(request, access, member, rows)
        note = await note_of(rows, member, doc)
        person = await record_by_doc(rows, member.org, note.fields["participant"])
        author = await accounts.by_person(rows, member.org, note.author)
        counted = await counted_in(rows, scene, note)
        copies = await copies_of(rows, member.org, note)
        loop = await loop_of(rows, member.org, note)
        entries = await queue(rows, scene)
        waits = await waiting(rows, scene)
    await note_read(access, member, doc, "note")
    title = author.title if author else ""
    members = {one: (name, title if one == note.author else "") for one, name in scene.names.items()}
    names = names_for(scene, person, members, counted, copies)
    view = {
        "note": note_view(doc, note.fields, body_of(note), names),
        **loop_view(scene, loop, note, names),
        "participant": note.fields["participant"],
        "review": review_view(scene, member, note, entries, said, is_revised=bool(loop.revisions)),
        "problems": [{"field": problem[0], "text": scene.text(f"review.problem.{problem[1]}")}] if problem else [],
    }
    return shown(request, scene, waits, "dashboard/note.html", view)


async def note_of(rows: Rows, member: Member, doc: str) -> Record:
    """A note of the member's own organisation; raises NotHere."""
    record = present(await record_by_doc(rows, member.org, doc))
    if record.type != "note":
        raise NotHere
    return record


async def counted_in(rows: Rows, scene: Scene, note: Record) -> Counted:
    """How a note's minutes count, with the other contacts of its person."""
    day = service_day(note.fields["started_at"], note.fields["zone"])
    return await counting.counted_note(rows, scene.org, note.doc, note.author, note.fields, day, scene.settings)


async def copies_of(rows: Rows, org: int, note: Record) -> dict[str, Copy]:
    """Which of a note's photos and scans have come."""
    ids = [one["id"] for one in note.fields.get("attachments") or ()]
    known = await attachments.standing(rows, org, ids)
    here = {id_ for id_, one in known.items() if one.is_whole}
    return {
        id_: Copy(href=f"/dashboard/notes/{note.doc}/attachments/{id_}") if id_ in here else Copy(state="coming")
        for id_ in ids
    }


@get("/notes/{doc:str}/attachments/{id_:str}")
async def attachment(
    access: NamedDependency[Access], member: NamedDependency[Member], doc: FromPath[str], id_: FromPath[str]
) -> Response[Any]:
    """A photo or scan, opened with the key that its note holds; noted like the reading of a note."""
    async with access.storage.read() as rows:
        note = await note_of(rows, member, doc)
        named = note.fields.get("attachments") or []
        one = present(next((one for one in named if one["id"] == id_), None))
        sealed = present(await attachments.whole(rows, member.org, id_))
    try:
        content = await asyncio.to_thread(open_attachment, one["key"], sealed)
    except SealBroken as broken:
        raise NotHere from broken
    await note_read(access, member, doc, "attachment")
    ending = "jpg" if one["media"] == "image/jpeg" else "pdf"
    shown_as = "inline" if ending == "jpg" else "attachment"
    headers = {"Content-Disposition": f'{shown_as}; filename="{doc[-8:]}-{id_[:8]}.{ending}"'}
    return Response(content, media_type=one["media"], headers=headers)


def names_for(
    scene: Scene,
    person: Record | None,
    members: dict[str, tuple[str, str]],
    counted: Counted | None = None,
    copies: Mapping[str, Copy] = NONE_HERE,
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
        copies=copies,
    )
