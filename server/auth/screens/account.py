"""/account: a member's own sessions, passphrase, second factor, language, and the way to set up a phone."""

from __future__ import annotations

from typing import Any, Final

from litestar import Response, Router, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath
from litestar.response import Redirect

from server.auth import audit, one_time, sign_in
from server.auth.access import Access, access
from server.auth.forms import FORM_LIMIT_BYTES, Problem, errors_by_field, posted
from server.auth.frame import page
from server.auth.guards import Forbidden, allow, signed_in_member
from server.auth.passwords import LENGTH_MINIMUM
from server.auth.qr import qr
from server.auth.screens.passphrase import new_passphrase_problems
from server.auth.screens.second_factor import confirm, show_set_up
from server.auth.screens.sign_in import browser_of, entered, refused_passphrase
from server.auth.sessions import IDLE_MS, LIFE_MS, Member
from server.responses import AnyRequest
from server.storage import accounts, devices, sessions
from server.storage.organisation_settings import zone_of
from server.storage.port import Transaction

THEMES: Final = ("system", "light", "dark")
LANGUAGES: Final = ("", "en", "es")


@get("/")
async def show(request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member]) -> Response[Any]:
    now = access.now()
    async with access.storage.read() as rows:
        account = await accounts.by_person(rows, member.org, member.person)
        own = await sessions.of_person(rows, member.person, now - LIFE_MS, now - IDLE_MS)
        phones = [phone for phone in await devices.phones(rows, member.org) if phone["person"] == member.person]
        left = await accounts.recovery_codes_left(rows, member.person)
        zone = await zone_of(rows, member.org)
    view = {
        "member": member, "has_factor": account is not None and account.factor is not None, "recovery_left": left,
        "sessions": own, "phones": phones, "now": now, "zone": zone, "is_specialist": member.role == "specialist",
    }  # fmt: skip
    return page(request, "account/account.html", view)


@post("/screen", status_code=200)
async def choose_screen(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member]
) -> Response[Any]:
    form = await posted(request)
    lang = form["lang"] if form["lang"] in LANGUAGES else ""
    theme = form["theme"] if form["theme"] in THEMES else "system"

    async def keep(tx: Transaction) -> None:
        await accounts.set_screen(tx, member.org, member.person, lang, theme)

    await access.storage.write(keep)
    return Redirect("/account", status_code=303)


@post("/sessions/{session:str}/end", status_code=200)
async def end_session(
    access: NamedDependency[Access], member: NamedDependency[Member], session: FromPath[str]
) -> Response[Any]:
    """Ends one of the member's own sessions; anybody else's is simply not there."""

    async def end(tx: Transaction) -> None:
        if await sessions.end_one(tx, member.person, session):
            await audit.note(tx, member, "session_ended", member.person, now=access.now())

    await access.storage.write(end)
    return Redirect("/account", status_code=303)


@get("/passphrase")
async def show_passphrase(request: AnyRequest) -> Response[Any]:
    return _passphrase_form(request, [])


@post("/passphrase", status_code=200)
async def change_passphrase(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member]
) -> Response[Any]:
    """Asks for the present passphrase, then ends every other session."""
    form = await posted(request)
    now = access.now()
    problems = new_passphrase_problems(request, form, (member.sign_in, member.name, member.organisation))
    if refused := await sign_in.confirm_passphrase(access, member, form["passphrase"]):
        problems.insert(0, refused_passphrase(request, refused))
    if problems:
        return _passphrase_form(request, problems, 422)
    hashed = await access.passwords.hash(form["new_passphrase"])

    async def keep(tx: Transaction) -> sign_in.Entered | None:
        account = await accounts.by_person(tx, member.org, member.person)
        if account is None:
            return None
        await accounts.set_passphrase(tx, member.org, member.person, hashed)
        await sessions.end_of_person(tx, member.person)
        await audit.note(tx, member, "passphrase_set", member.person, now=now)
        return await sign_in.enter(tx, account, "open", browser_of(request, access), now=now)

    found = await access.storage.write(keep)
    return entered(access, found, "/account") if found else Redirect("/sign-in", status_code=303)


@post("/phone", status_code=200)
async def make_phone_code(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member]
) -> Response[Any]:
    """A one-time code for the member's own phone, shown once on this answer."""
    if member.role != "specialist":
        raise Forbidden

    async def make(tx: Transaction) -> one_time.Issued:
        await audit.note(tx, member, "enrol_code", member.person, now=access.now())
        return await one_time.issue(tx, access, member.person, "phone", member.person)

    issued = await access.storage.write(make)
    async with access.storage.read() as rows:
        zone = await zone_of(rows, member.org)
    view = {
        "issued": issued, "qr": qr(issued.link), "name": member.name, "back": "/account", "now": access.now(),
        "zone": zone, "address": f"{access.settings.public_url}/enrol",
    }  # fmt: skip
    return page(request, "account/phone_code.html", view)


def _passphrase_form(request: AnyRequest, problems: list[Problem], status: int = 200) -> Response[Any]:
    view = {"problems": problems, "errors": errors_by_field(problems), "minimum": LENGTH_MINIMUM}
    return page(request, "account/passphrase.html", view, status)


account_router = Router(
    "/account",
    route_handlers=[
        Router(
            "/",
            route_handlers=[show, choose_screen, end_session, show_passphrase, change_passphrase, make_phone_code],
            guards=[allow()],
        ),
        show_set_up,
        confirm,
    ],
    dependencies={"access": Provide(access), "member": Provide(signed_in_member)},
    request_max_body_size=FORM_LIMIT_BYTES,
)
