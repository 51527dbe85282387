"""/administration/participants: the people supported, and who supports them."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from server.administration.deciding import differing
from server.administration.paging import ROWS_A_PAGE, PageNumber, offset_of, page_of
from server.administration.participant_form import SEARCH_LIMIT, fields_of, form_page, new_assignment, typed
from server.auth import audit
from server.auth.access import Access
from server.auth.deciding import decide_and_note
from server.auth.forms import FORM_LIMIT_BYTES, Form, Problem, posted
from server.auth.frame import page, text
from server.auth.guards import present
from server.auth.sessions import Member
from server.responses import AnyRequest
from server.storage import accounts, participants
from server.storage.ids import new_id
from server.storage.port import OfficeChange
from sync.ids import participant_bucket
from sync.records.participant import ParticipantFields

PATH: Final = "/administration/participants"


@get("/participants")
async def listing(
    request: AnyRequest,
    access: NamedDependency[Access],
    member: NamedDependency[Member],
    page_number: PageNumber = 1,
) -> Response[Any]:
    return await _list(request, access, member, "", page_number)


@post("/participants/search", status_code=200, request_max_body_size=FORM_LIMIT_BYTES)
async def search(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member]
) -> Response[Any]:
    """A search is posted: no name ever stands in an address."""
    form = await posted(request)
    return await _list(request, access, member, form.line("search", SEARCH_LIMIT), 1)


@get("/participants/new")
async def new(request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member]) -> Response[Any]:
    return await form_page(request, access, member, Form({"status": "active"}), [])


@post("/participants/new", status_code=200, request_max_body_size=FORM_LIMIT_BYTES)
async def add(request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member]) -> Response[Any]:
    form = await posted(request)
    read = await fields_of(request, access, member, form, before=ParticipantFields(name="-"), doc=None)
    if isinstance(read, list):
        return await form_page(request, access, member, form, read)
    doc = new_id(access.now())
    changes = [OfficeChange("create", "participant", doc, participant_bucket(doc), msgspec.to_builtins(read))]
    if form["specialist"]:
        async with access.storage.read() as rows:
            staff = {person for person, _, _ in await accounts.specialists(rows, member.org)}
        if form["specialist"] not in staff:
            problem = Problem("specialist", text(request, "administration.participants.specialist_gone"))
            return await form_page(request, access, member, form, [problem])
        changes.append(new_assignment(access, form["specialist"], doc))
    await decide_and_note(access, member, changes, "participant_changed", doc)
    return Redirect(f"{PATH}/{doc}", status_code=303)


@get("/participants/{participant:str}")
async def show(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member], participant: FromPath[str]
) -> Response[Any]:
    async with access.storage.read() as rows:
        found = present(await participants.participant(rows, member.org, participant))
    await audit.note_read(access, member, participant, "participant")
    return await form_page(request, access, member, typed(found.fields), [], participant=found)


@post("/participants/{participant:str}", status_code=200, request_max_body_size=FORM_LIMIT_BYTES)
async def save(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member], participant: FromPath[str]
) -> Response[Any]:
    form = await posted(request)
    async with access.storage.read() as rows:
        found = present(await participants.participant(rows, member.org, participant))
    read = await fields_of(request, access, member, form, before=found.fields, doc=participant)
    if isinstance(read, list):
        return await form_page(request, access, member, form, read, participant=found)
    if changed := differing(found.fields, read):
        change = OfficeChange("patch", "participant", participant, participant_bucket(participant), changed)
        await decide_and_note(access, member, [change], "participant_changed", participant)
    return Redirect(f"{PATH}/{participant}", status_code=303)


@post("/participants/{participant:str}/assign", status_code=200, request_max_body_size=FORM_LIMIT_BYTES)
async def assign(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member], participant: FromPath[str]
) -> Response[Any]:
    """Puts a participant on a specialist's caseload; doing so twice changes nothing."""
    form = await posted(request)
    async with access.storage.read() as rows:
        found = present(await participants.participant(rows, member.org, participant))
        staff = {person for person, _, _ in await accounts.specialists(rows, member.org)}
        held = {a.specialist for a in await participants.assignments(rows, member.org, participant)}
    if form["specialist"] not in staff:
        problem = Problem("specialist", text(request, "administration.participants.specialist_missing"))
        return await form_page(request, access, member, typed(found.fields), [problem], participant=found)
    if form["specialist"] not in held:
        change = new_assignment(access, form["specialist"], participant)
        await decide_and_note(access, member, [change], "assignment_changed", participant)
    return Redirect(f"{PATH}/{participant}", status_code=303)


@post("/participants/{participant:str}/assignments/{assignment:str}/end", status_code=200)
async def end_assignment(
    access: NamedDependency[Access],
    member: NamedDependency[Member],
    participant: FromPath[str],
    assignment: FromPath[str],
) -> Response[Any]:
    """Takes a participant off a caseload: the phone drops what it holds about them at its next exchange."""
    async with access.storage.read() as rows:
        held = await participants.assignments(rows, member.org, participant)
    found = present(next((one for one in held if one.doc == assignment), None))
    change = OfficeChange("void", "assignment", found.doc, found.bucket, reason="ended")
    await decide_and_note(access, member, [change], "assignment_changed", participant)
    return Redirect(f"{PATH}/{participant}", status_code=303)


async def _list(
    request: AnyRequest, access: Access, member: Member, search: str, page_number: int
) -> Response[Any]:
    async with access.storage.read() as rows:
        found = await participants.participants(
            rows, member.org, search, ROWS_A_PAGE + 1, offset=offset_of(page_number)
        )
    await audit.note_list(access, member, "participants", len(found))
    shown = page_of(found, page_number, PATH)
    return page(request, "administration/participants.html", {"page": shown, "search": search})


handlers = [listing, search, new, add, show, save, assign, end_assignment]
