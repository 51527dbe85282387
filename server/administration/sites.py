"""/administration/sites: the places the organisation works in."""

from __future__ import annotations

from typing import Any, Final, get_args

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from server.administration.deciding import differing
from server.administration.paging import ROWS_A_PAGE, PageNumber, offset_of, page_of
from server.administration.people_form import NAME_LIMIT, name_problems
from server.administration.zones import ZONES, zone_options
from server.auth.access import Access
from server.auth.deciding import decide_and_note
from server.auth.forms import FORM_LIMIT_BYTES, Form, Problem, errors_by_field, posted
from server.auth.frame import page, text
from server.auth.guards import present
from server.auth.sessions import Member
from server.responses import AnyRequest
from server.storage import sites
from server.storage.ids import new_id
from server.storage.organisation_settings import zone_of
from server.storage.port import OfficeChange
from server.storage.sites import Site
from sync.ids import ORG_BUCKET
from sync.records.note import Setting
from sync.records.site import SiteFields

PATH: Final = "/administration/sites"
SETTINGS: Final[tuple[Setting, ...]] = get_args(Setting)


@get("/sites")
async def listing(
    request: AnyRequest,
    access: NamedDependency[Access],
    member: NamedDependency[Member],
    page_number: PageNumber = 1,
) -> Response[Any]:
    async with access.storage.read() as rows:
        found = await sites.sites(rows, member.org, ROWS_A_PAGE + 1, offset_of(page_number))
    return page(request, "administration/sites.html", {"page": page_of(found, page_number, PATH)})


@get("/sites/new")
async def new(request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member]) -> Response[Any]:
    async with access.storage.read() as rows:
        zone = await zone_of(rows, member.org)
    return _form(request, Form({"zone": zone, "setting": "community", "is_billable": "yes", "is_open": "yes"}), [])


@post("/sites/new", status_code=200, request_max_body_size=FORM_LIMIT_BYTES)
async def add(request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member]) -> Response[Any]:
    form = await posted(request)
    fields = _read(request, form)
    if isinstance(fields, list):
        return _form(request, form, fields)
    doc = new_id(access.now())
    change = OfficeChange("create", "site", doc, ORG_BUCKET, msgspec.to_builtins(fields))
    await decide_and_note(access, member, [change], "site_changed", doc)
    return Redirect(PATH, status_code=303)


@get("/sites/{site:str}")
async def show(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member], site: FromPath[str]
) -> Response[Any]:
    async with access.storage.read() as rows:
        found = present(await sites.site(rows, member.org, site))
    return _form(request, _typed(found.fields), [], found)


@post("/sites/{site:str}", status_code=200, request_max_body_size=FORM_LIMIT_BYTES)
async def save(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member], site: FromPath[str]
) -> Response[Any]:
    form = await posted(request)
    async with access.storage.read() as rows:
        found = present(await sites.site(rows, member.org, site))
    fields = _read(request, form)
    if isinstance(fields, list):
        return _form(request, form, fields, found)
    if changed := differing(found.fields, fields):
        change = OfficeChange("patch", "site", site, ORG_BUCKET, changed)
        await decide_and_note(access, member, [change], "site_changed", site)
    return Redirect(PATH, status_code=303)


def _read(request: AnyRequest, form: Form) -> SiteFields | list[Problem]:
    name = form.line("name", NAME_LIMIT + 1)
    problems = name_problems(request, name)
    setting = next((setting for setting in SETTINGS if setting == form["setting"]), None)
    if setting is None:
        problems.append(Problem("setting", text(request, "administration.sites.setting_missing")))
    if form["zone"] not in ZONES:
        problems.append(Problem("zone", text(request, "administration.sites.zone_missing")))
    if problems or setting is None:
        return problems
    return SiteFields(
        name=name, zone=form["zone"], setting=setting,
        is_billable=form["is_billable"] == "yes", is_open=form["is_open"] == "yes",
    )  # fmt: skip


def _typed(fields: SiteFields) -> Form:
    return Form({
        "name": fields.name, "zone": fields.zone, "setting": fields.setting,
        "is_billable": "yes" if fields.is_billable else "", "is_open": "yes" if fields.is_open else "",
    })  # fmt: skip


def _form(request: AnyRequest, form: Form, problems: list[Problem], site: Site | None = None) -> Response[Any]:
    zones = zone_options()
    settings = [{"value": s, "text": text(request, f"administration.setting.{s}")} for s in SETTINGS]
    view = {
        "form": form, "problems": problems, "errors": errors_by_field(problems), "zones": zones, "settings": settings,
        "site": site, "action": f"{PATH}/{site.id}" if site else f"{PATH}/new",
    }  # fmt: skip
    return page(request, "administration/site.html", view, 422 if problems else 200)


handlers = [listing, new, add, show, save]
