"""Certificates, education and clearances: whose end is near, and one specialist's with what may be done about them."""

from __future__ import annotations

from typing import Any, Final, get_args, get_type_hints

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from server.auth.access import Access
from server.auth.deciding import decide_and_note
from server.auth.forms import FORM_LIMIT_BYTES, Form, Problem, errors_by_field, posted
from server.auth.guards import NotHere
from server.auth.sessions import Member
from server.dashboard.periods import civil
from server.dashboard.scene import Scene, look
from server.dashboard.shown import shown
from server.dashboard.waiting import due_credentials, waiting
from server.responses import AnyRequest
from server.storage import accounts, credentials
from server.storage.credentials import Credential
from server.storage.ids import new_id
from server.storage.port import OfficeChange
from sync.credentials import reminder
from sync.ids import specialist_bucket
from sync.records.credential import CredentialFields

PATH: Final = "/dashboard/credentials"
SORTS: Final[tuple[str, ...]] = get_args(get_type_hints(CredentialFields)["sort"])


@get("/credentials")
async def listing(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member]
) -> Response[Any]:
    """Everybody's whose reminder has come, and the way to each specialist."""
    async with access.storage.read() as rows:
        scene = await look(request, access, member, rows)
        waits = await waiting(rows, scene)
        found = await credentials.with_an_end(rows, member.org)
        people = [{"person": one, "name": name} for one, name, _ in await accounts.specialists(rows, member.org)]
    due = [
        {**_row(scene, one), "who": scene.names.get(one.specialist, "–")} for one, _ in due_credentials(scene, found)
    ]
    view = {"due": due, "people": people}
    return shown(request, scene, waits, "dashboard/credentials.html", view)


@get("/credentials/{person:str}")
async def show(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member], person: FromPath[str]
) -> Response[Any]:
    return await _shown(request, access, member, person, Form({"sort": "certificate"}), [])


@post("/credentials/{person:str}", status_code=200, request_max_body_size=FORM_LIMIT_BYTES)
async def add(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member], person: FromPath[str]
) -> Response[Any]:
    form = await posted(request)
    async with access.storage.read() as rows:
        scene = await look(request, access, member, rows)
        is_known = any(one == person for one, _, _ in await accounts.specialists(rows, member.org))
    if not is_known:
        raise NotHere
    read = _read(scene, person, form)
    if isinstance(read, list):
        return await _shown(request, access, member, person, form, read)
    fields = msgspec.to_builtins(read)
    change = OfficeChange("create", "credential", new_id(access.now()), specialist_bucket(person), fields)
    return await _keep(access, member, person, change)


@post("/credentials/{person:str}/{doc:str}/end", status_code=200)
async def end(
    access: NamedDependency[Access], member: NamedDependency[Member], person: FromPath[str], doc: FromPath[str]
) -> Response[Any]:
    """Replaced or given back: it stays on the list and asks for nothing any more."""
    async with access.storage.read() as rows:
        found = await credentials.of_specialist(rows, member.org, person)
    if doc not in {one.doc for one in found}:
        raise NotHere
    change = OfficeChange("patch", "credential", doc, specialist_bucket(person), {"is_over": True})
    return await _keep(access, member, person, change)


async def _keep(access: Access, member: Member, person: str, change: OfficeChange) -> Response[Any]:
    await decide_and_note(access, member, [change], "credential_changed", change.doc)
    return Redirect(f"{PATH}/{person}", status_code=303)


def _read(scene: Scene, person: str, form: Form) -> CredentialFields | list[Problem]:
    """What was typed as a record, or what is wrong with it."""
    hours, site = form["hours"].strip(), form["site"] or None
    told: dict[str, Any] = {
        "specialist": person, "sort": form["sort"], "name": form.line("name", 121), "site": site,
        "got_on": form["got_on"], "ends_on": form["ends_on"],
    }  # fmt: skip
    problems = [] if told["name"] else [Problem("name", scene.text("moment.credential.problem.name"))]
    if not (hours == "" or (hours.isdecimal() and len(hours) < 4)):
        problems.append(Problem("hours", scene.text("moment.credential.problem.hours")))
    if site is not None and site not in {one.doc for one in scene.sites}:
        problems.append(Problem("site", scene.text("moment.credential.problem.site")))
    if told["ends_on"] and told["got_on"] and told["ends_on"] < told["got_on"]:
        problems.append(Problem("ends_on", scene.text("moment.credential.problem.order")))
    if problems:
        return problems
    try:
        return msgspec.convert({**told, "minutes": 60 * int(hours or 0)}, CredentialFields)
    except msgspec.ValidationError:
        return [Problem("", scene.text("moment.credential.problem.other"))]


async def _shown(  # noqa: PLR0917 - who asks for what, and what they typed
    request: AnyRequest, access: Access, member: Member, person: str, form: Form, problems: list[Problem]
) -> Response[Any]:
    async with access.storage.read() as rows:
        scene = await look(request, access, member, rows)
        waits = await waiting(rows, scene)
        found = await credentials.of_specialist(rows, member.org, person)
        known = {one: name for one, name, _ in await accounts.specialists(rows, member.org)}
    if person not in known:
        raise NotHere
    hours: dict[str, int] = {}
    for one in found:
        if one.fields.sort == "education":
            hours[one.name] = hours.get(one.name, 0) + one.fields.minutes
    view = {
        "person": person, "name": known[person], "rows": [_row(scene, one) for one in found],
        "hours": [{"topic": topic, "minutes": minutes} for topic, minutes in sorted(hours.items())],
        "sorts": [{"value": sort, "text": scene.text(f"moment.credential.sort.{sort}")} for sort in SORTS],
        "sites": [{"value": one.doc, "text": one.name} for one in scene.sites],
        "form": form, "problems": problems, "errors": errors_by_field(problems),
    }  # fmt: skip
    return shown(request, scene, waits, "dashboard/credentials_one.html", view)


def _row(scene: Scene, one: Credential) -> dict[str, Any]:
    fields = one.fields
    when = None if fields.is_over else reminder(fields.ends_on, civil(scene.today), scene.settings.remind_days)
    return {
        "doc": one.doc,
        "href": f"{PATH}/{fields.specialist}",
        "sort": fields.sort,
        "name": fields.name,
        "place": scene.site_name(fields.site),
        "minutes": fields.minutes,
        "got_on": fields.got_on,
        "ends_on": fields.ends_on,
        "is_over": fields.is_over,
        "left": None if when is None else when[1],
    }
