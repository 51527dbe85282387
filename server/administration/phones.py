"""/administration/phones: which phones are enrolled, when they were last heard, and how to lock one out."""

from __future__ import annotations

from typing import Any, Final, get_args

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from server.administration.people_acts import phone_code_page
from server.auth import audit
from server.auth.access import Access
from server.auth.forms import FORM_LIMIT_BYTES, Form, Problem, errors_by_field, posted
from server.auth.frame import page, text
from server.auth.guards import NotHere
from server.auth.sessions import Member
from server.responses import AnyRequest
from server.storage import accounts, devices, phone_standing
from server.storage.devices import Mode
from server.storage.organisation_settings import zone_of
from server.storage.phone_standing import NOTHING, Known, standing
from server.storage.port import Row, Transaction

PATH: Final = "/administration/phones"
MODES: Final[tuple[Mode, ...]] = get_args(Mode)
REASONS: Final = ("lost", "stolen", "broken", "replaced", "leaving", "other")


@get("/phones")
async def listing(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member]
) -> Response[Any]:
    return await _list(request, access, member, [])


@post("/phones/code", status_code=200, request_max_body_size=FORM_LIMIT_BYTES)
async def make_code(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member]
) -> Response[Any]:
    form = await posted(request)
    if not form["specialist"]:
        problem = Problem("specialist", text(request, "administration.phones.specialist_missing"))
        return await _list(request, access, member, [problem])
    return await phone_code_page(request, access, member, form["specialist"], PATH)


@get("/phones/{phone:str}")
async def ask(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member], phone: FromPath[str]
) -> Response[Any]:
    """What locking out means for this very phone, before it is done."""
    return await _ask(request, access, member, phone, [], Form({"mode": "lock"}))


@post("/phones/{phone:str}/revoke", status_code=200, request_max_body_size=FORM_LIMIT_BYTES)
async def revoke(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member], phone: FromPath[str]
) -> Response[Any]:
    """A reason is one of a few, so that the log can carry it without anybody's words."""
    form = await posted(request)
    mode = next((mode for mode in MODES if mode == form["mode"]), None)
    problems = []
    if form["reason"] not in REASONS:
        problems.append(Problem("reason", text(request, "administration.phones.reason_missing")))
    if mode is None:
        problems.append(Problem("mode", text(request, "administration.phones.mode_missing")))
    if mode == "wipe_now" and form["understood"] != "yes":
        problems.append(Problem("understood", text(request, "administration.phones.not_understood")))
    if problems or mode is None:
        return await _ask(request, access, member, phone, problems, form)
    now = access.now()

    async def act(tx: Transaction) -> None:
        if not await devices.revoke(tx, member.org, phone, mode=mode, by=member.person, now=now):
            raise NotHere
        await audit.note(tx, member, "revoke", phone, now=now, detail=f"{mode} {form['reason']}")

    await access.storage.write(act)
    return Redirect(PATH, status_code=303)


async def _list(request: AnyRequest, access: Access, member: Member, problems: list[Problem]) -> Response[Any]:
    async with access.storage.read() as rows:
        found = await devices.phones(rows, member.org)
        known = await phone_standing.known(rows, member.org, access.now())
        names = await accounts.names(rows, member.org)
        staff = await accounts.specialists(rows, member.org)
        zone = await zone_of(rows, member.org)
    view = {
        "phones": [_shown(phone, names, known) for phone in found], "now": access.now(), "zone": zone,
        "specialists": [{"value": person, "text": name} for person, name, _ in staff],
        "problems": problems, "errors": errors_by_field(problems),
    }  # fmt: skip
    return page(request, "administration/phones.html", view, 422 if problems else 200)


async def _ask(  # noqa: PLR0917 - who asks about what
    request: AnyRequest, access: Access, member: Member, phone: str, problems: list[Problem], form: Form
) -> Response[Any]:
    async with access.storage.read() as rows:
        found = [row for row in await devices.phones(rows, member.org) if row["id"] == phone]
        names = await accounts.names(rows, member.org)
        known = await phone_standing.known(rows, member.org, access.now())
        zone = await zone_of(rows, member.org)
    if not found or found[0]["state"] != "active":
        raise NotHere
    view = {
        "phone": _shown(found[0], names, known), "problems": problems, "errors": errors_by_field(problems),
        "form": form, "now": access.now(), "zone": zone,
        "reasons": [{"value": one, "text": text(request, f"administration.phones.reason.{one}")} for one in REASONS],
    }  # fmt: skip
    return page(request, "administration/phone.html", view, 422 if problems else 200)


def _shown(phone: Row, names: dict[str, str], known: Known) -> dict[str, Any]:
    heard = [at for at in (phone["last_push_at"], phone["last_pull_at"], phone["reported_at"]) if at is not None]
    return {
        "id": phone["id"], "person": phone["person"], "name": names.get(phone["person"], ""),
        "enrolled_at": phone["enrolled_at"], "heard_at": max(heard, default=None), "app": phone["app"],
        "unsent": phone["reported_unsent"], "oldest": phone["reported_oldest"], "reported_at": phone["reported_at"],
        "is_reported": phone["reported_at"] is not None, "is_active": phone["state"] == "active",
        "revoked_at": phone["revoked_at"], "standing": standing(phone, known), "left": phone["salvage_left"] or 0,
        "kept": known.delivered.get(phone["id"], NOTHING).kept,
        "protected": {None: "", 0: "no", 1: "yes"}[phone["is_storage_protected"]],
    }  # fmt: skip


handlers = [listing, make_code, ask, revoke]
