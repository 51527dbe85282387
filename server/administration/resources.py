"""/administration/resources: the directory that phones carry, a page at a time, and one entry of it."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from server.administration.deciding import differing
from server.administration.imports import cell_words
from server.administration.paging import ROWS_A_PAGE, PageNumber, offset_of, page_of
from server.administration.participant_form import SEARCH_LIMIT
from server.administration.resource_fields import KINDS, LANGUAGES, LIMITS, read
from server.auth.access import Access
from server.auth.deciding import decide_and_note
from server.auth.forms import FORM_LIMIT_BYTES, Form, Problem, clean, errors_by_field, posted
from server.auth.frame import page, text
from server.auth.guards import present
from server.auth.sessions import Member
from server.responses import AnyRequest
from server.storage import links
from server.storage.ids import new_id
from server.storage.links import Resource
from server.storage.port import OfficeChange
from sync.ids import DIRECTORY_BUCKET
from sync.records.resource import ResourceFields

PATH: Final = "/administration/resources"
LISTS: Final = ("kinds", "languages")


@get("/resources")
async def listing(
    request: AnyRequest,
    access: NamedDependency[Access],
    member: NamedDependency[Member],
    page_number: PageNumber = 1,
) -> Response[Any]:
    return await _list(request, access, member, "", page_number)


@post("/resources/search", status_code=200, request_max_body_size=FORM_LIMIT_BYTES)
async def search(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member]
) -> Response[Any]:
    form = await posted(request)
    return await _list(request, access, member, form.line("search", SEARCH_LIMIT), 1)


@get("/resources/new")
async def new(request: AnyRequest) -> Response[Any]:
    return _form(request, Form({"is_open": "yes"}), [])


@post("/resources/new", status_code=200, request_max_body_size=FORM_LIMIT_BYTES)
async def add(request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member]) -> Response[Any]:
    form = await _posted(request)
    fields = _read(request, form)
    if isinstance(fields, list):
        return _form(request, form, fields)
    doc = new_id(access.now())
    change = OfficeChange("create", "resource", doc, DIRECTORY_BUCKET, msgspec.to_builtins(fields))
    await decide_and_note(access, member, [change], "resource_changed", doc)
    return Redirect(PATH, status_code=303)


@get("/resources/{resource:str}")
async def show(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member], resource: FromPath[str]
) -> Response[Any]:
    async with access.storage.read() as rows:
        found = present(await links.resource(rows, member.org, resource))
    return _form(request, _typed(found.fields), [], found)


@post("/resources/{resource:str}", status_code=200, request_max_body_size=FORM_LIMIT_BYTES)
async def save(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member], resource: FromPath[str]
) -> Response[Any]:
    form = await _posted(request)
    async with access.storage.read() as rows:
        found = present(await links.resource(rows, member.org, resource))
    fields = _read(request, form)
    if isinstance(fields, list):
        return _form(request, form, fields, found)
    if changed := differing(found.fields, fields):
        change = OfficeChange("patch", "resource", resource, DIRECTORY_BUCKET, changed)
        await decide_and_note(access, member, [change], "resource_changed", resource)
    return Redirect(PATH, status_code=303)


async def _posted(request: AnyRequest) -> Form:
    """The form, its lists as one text each, as a cell of a file has them."""
    data = await request.form()
    lists = {name: ";".join(clean(str(value)) for value in data.getall(name, [])) for name in LISTS}
    return Form({**await posted(request), **lists})


def _read(request: AnyRequest, form: Form) -> ResourceFields | list[Problem]:
    names = (*LIMITS, *LISTS, "phone", "checked_on")
    cells = {name: form[name].strip() if name == "notes" else form.line(name, 1200) for name in names}
    found = read(0, cells)
    if isinstance(found, list):
        return [Problem(problem.column, cell_words(request, problem)) for problem in found]
    return msgspec.structs.replace(found, is_open=form["is_open"] == "yes")


def _typed(fields: ResourceFields) -> Form:
    given = msgspec.structs.asdict(fields)
    lists = {name: ";".join(given[name]) for name in LISTS}
    return Form({**given, **lists, "is_open": "yes" if fields.is_open else ""})


def _form(request: AnyRequest, form: Form, problems: list[Problem], resource: Resource | None = None) -> Response[Any]:
    view = {
        "form": form, "problems": problems, "errors": errors_by_field(problems), "resource": resource,
        "kinds": [{"value": one, "text": text(request, f"links.kind.{one}")} for one in KINDS],
        "languages": [{"value": one, "text": text(request, f"links.language.{one}")} for one in LANGUAGES],
        "chosen": {name: form[name].split(";") for name in LISTS},
        "action": f"{PATH}/{resource.id}" if resource else f"{PATH}/new",
    }  # fmt: skip
    return page(request, "administration/resource.html", view, 422 if problems else 200)


async def _list(
    request: AnyRequest, access: Access, member: Member, words: str, page_number: int
) -> Response[Any]:
    async with access.storage.read() as rows:
        found = await links.resources(rows, member.org, words, ROWS_A_PAGE + 1, offset_of(page_number))
    shown = page_of(found, page_number, PATH)
    kinds = {one.id: ", ".join(text(request, f"links.kind.{kind}") for kind in one.fields.kinds) for one in found}
    return page(request, "administration/resources.html", {"page": shown, "search": words, "kinds": kinds})


handlers = [listing, search, new, add, show, save]
