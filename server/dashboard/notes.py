"""Notes: the list with its filters, and finding one by its receipt code."""

from __future__ import annotations

from typing import Any, Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from server.auth import audit
from server.auth.access import Access
from server.auth.forms import posted
from server.auth.guards import BACKGROUND_HEADER
from server.auth.sessions import Member
from server.dashboard.filters import KINDS, STATES, Chosen, chosen
from server.dashboard.scene import Scene, look
from server.dashboard.shown import shown
from server.dashboard.waiting import waiting
from server.responses import AnyRequest
from server.storage import accounts, note_list
from server.storage.note_list import Listed
from server.storage.port import Rows
from sync.ids import is_id, receipt_code, seq_of_receipt
from sync.records.organisation import late_hours

PAGE: Final = 50
HOUR_MS: Final = 3_600_000


@get("/notes")
async def show(request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member]) -> Response[Any]:
    async with access.storage.read() as rows:
        scene = await look(request, access, member, rows)
        view = await _list_view(request, scene, rows)
        waits = await waiting(rows, scene)
    if BACKGROUND_HEADER not in request.headers:
        await audit.note_list(access, member, "note", len(view["notes"]))
    return shown(request, scene, waits, "dashboard/notes.html", view)


@post("/notes/find", status_code=200)
async def find(request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member]) -> Response[Any]:
    """The note that a receipt code was given for."""
    code = (await posted(request)).line("code", 20)
    seq = seq_of_receipt(code)
    async with access.storage.read() as rows:
        found = await note_list.by_seq(rows, member.org, seq) if seq else None
        if found and found[1] == "note":
            return Redirect(f"/dashboard/notes/{found[0]}", status_code=303)
        scene = await look(request, access, member, rows)
        view = await _list_view(request, scene, rows)
        waits = await waiting(rows, scene)
    why = "dashboard.problem.no_code" if seq is None else "dashboard.problem.not_a_note" if found else None
    view["problems"] = [{"field": "code", "text": scene.text(why or "dashboard.problem.unknown_code")}]
    view["code"] = code
    return shown(request, scene, waits, "dashboard/notes.html", view)


async def _list_view(request: AnyRequest, scene: Scene, rows: Rows) -> dict[str, Any]:
    choices = chosen(request, scene)
    notes, newer, older = await _page(request, scene, rows, choices)
    authors = await accounts.specialists(rows, scene.org)
    return {
        "chosen": choices,
        "problems": choices.problems,
        "code": "",
        "here": choices.query(**_place_asked(request)),
        "person": scene.person_name(choices.person) if choices.person else "",
        "notes": [_row(scene, note) for note in notes],
        "n": await _count(scene, rows, choices),
        "newer_href": f"/dashboard/notes?{choices.query(after=newer)}" if newer else "",
        "older_href": f"/dashboard/notes?{choices.query(before=older)}" if older else "",
        "sites": [{"value": site.doc, "text": site.name} for site in scene.sites],
        "kinds": [{"value": kind, "text": scene.text(f"note.kind.{kind}")} for kind in KINDS],
        "specialists": [{"value": person, "text": name} for person, name, _ in authors],
        "states": [{"value": state, "text": scene.text(f"dashboard.state.{state}")} for state in STATES],
    }


async def _page(
    request: AnyRequest, scene: Scene, rows: Rows, choices: Chosen
) -> tuple[list[Listed], str | None, str | None]:
    """A page of notes, and the notes that the newer and the older page begin from."""
    asked = _place_asked(request)
    if "after" in asked and (place := await note_list.place(rows, scene.org, asked["after"])):
        notes = await note_list.newer(rows, scene.org, choices.filter, PAGE + 1, place)
        has_newer, notes = len(notes) > PAGE, notes[-PAGE:]
        return notes, notes[0].doc if has_newer else None, notes[-1].doc if notes else None
    place = await note_list.place(rows, scene.org, asked["before"]) if "before" in asked else None
    notes = await note_list.older(rows, scene.org, choices.filter, PAGE + 1, place)
    has_older, notes = len(notes) > PAGE, notes[:PAGE]
    return notes, notes[0].doc if place and notes else None, notes[-1].doc if has_older else None


def _place_asked(request: AnyRequest) -> dict[str, str]:
    """The page of the list that the address names, for asking again for the same."""
    asked = {name: request.query_params.get(name, "") for name in ("after", "before")}
    return {name: value for name, value in asked.items() if is_id(value)}


async def _count(scene: Scene, rows: Rows, choices: Chosen) -> int:
    """From the sums where they know it, else counted."""
    wanted = choices.filter
    if wanted.author or wanted.person or choices.state not in {"", "late"}:
        return await note_list.count(rows, scene.org, wanted)
    return sum(
        group.late if choices.state else group.notes
        for group in scene.sums.between(wanted.first, wanted.last)
        if (not wanted.site or group.site == wanted.site) and (not wanted.kind or group.contact_kind == wanted.kind)
    )


def _row(scene: Scene, note: Listed) -> dict[str, Any]:
    late_ms = (note.signed_at or note.ended_at) - note.ended_at
    return {
        "doc": note.doc,
        "started_at": note.started_at,
        "person": scene.person_name(note.participant),
        "kind": note.contact_kind,
        "site": scene.site_name(note.site),
        "specialist": scene.names.get(note.author, ""),
        "state": note.state,
        "is_flag_open": note.flag == 1,
        "late_h": late_ms // HOUR_MS if late_ms > late_hours(scene.settings) * HOUR_MS else 0,
        "code": receipt_code(note.signed_seq or note.created),
    }
