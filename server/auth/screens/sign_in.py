"""/sign-in and /sign-out."""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import quote

from litestar import Response, Router, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery
from litestar.response import Redirect

from server.auth import cookies, sign_in
from server.auth.access import Access, access
from server.auth.forms import FORM_LIMIT_BYTES, Form, Problem, errors_by_field, posted
from server.auth.frame import OFFICE_ROLES, page, text
from server.auth.guards import allow_unfinished, member_of, signed_in_member
from server.auth.refusals import STEP_PATHS
from server.auth.sessions import Member
from server.auth.sign_in import Browser, Entered, Refused
from server.responses import AnyRequest
from server.storage import sessions
from server.storage.access_log import note_access
from server.storage.port import Transaction

_is_own_path: Final = re.compile(r"^/(?!/)[A-Za-z0-9/_.?=&%-]{0,400}$").match


@get("/", dependencies={"access": Provide(access)})
async def home(request: AnyRequest) -> Response[Any]:
    """Where a member's work begins."""
    member = await member_of(request)
    if member is None:
        return Redirect("/sign-in", status_code=303)
    return Redirect(home_of(member), status_code=303)


@get("/")
async def show(request: AnyRequest, then: FromQuery[str] = "") -> Response[Any]:
    member = await member_of(request)
    if member is not None:
        return Redirect(home_of(member), status_code=303)
    return _form(request, Form({"then": then}), [])


@post("/", status_code=200)
async def give_passphrase(request: AnyRequest, access: NamedDependency[Access]) -> Response[Any]:
    form = await posted(request)
    problems = []
    if not form.line("sign_in"):
        problems.append(Problem("sign_in", text(request, "account.sign_in.name_missing")))
    if not form["passphrase"]:
        problems.append(Problem("passphrase", text(request, "account.sign_in.passphrase_missing")))
    if problems:
        return _form(request, form, problems, 422)
    found = await sign_in.give_passphrase(access, form["sign_in"], form["passphrase"], browser_of(request, access))
    if isinstance(found, Refused):
        return _form(request, form, [_refusal(request, found, "account.sign_in.wrong")], 429 if found.wait_s else 401)
    return entered(access, found, own_path(form["then"]))


@get("/factor", guards=[allow_unfinished("factor")])
async def show_factor(request: AnyRequest, then: FromQuery[str] = "") -> Response[Any]:
    return _factor_form(request, Form({"then": then}), [])


@post("/factor", guards=[allow_unfinished("factor")], status_code=200)
async def give_factor(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member]
) -> Response[Any]:
    form = await posted(request)
    if not form.line("code"):
        return _factor_form(request, form, [Problem("code", text(request, "account.factor.missing"))], 422)
    found = await sign_in.give_factor(access, member, form.line("code"), browser_of(request, access))
    if isinstance(found, Refused):
        problem = _refusal(request, found, "account.factor.wrong", "code")
        return _factor_form(request, form, [problem], 429 if found.wait_s else 401)
    return entered(access, found, own_path(form["then"]))


@post("/sign-out", status_code=200, dependencies={"access": Provide(access)}, request_max_body_size=FORM_LIMIT_BYTES)
async def sign_out(request: AnyRequest, access: NamedDependency[Access]) -> Response[Any]:
    """Ends the session, if there still is one. What a phone keeps is not touched."""
    member = await member_of(request)

    async def end(tx: Transaction) -> None:
        if member is not None:
            await sessions.end(tx, member.token)
            await note_access(tx, member.org, member.person, "sign_out", member.person, access.now())

    await access.storage.write(end)
    answer = page(request, "account/signed_out.html", {})
    answer.set_cookie(cookies.session_cookie(access.settings, ""))
    return answer


sign_in_router = Router(
    "/sign-in",
    route_handlers=[show, give_passphrase, show_factor, give_factor],
    dependencies={"access": Provide(access), "member": Provide(signed_in_member)},
    request_max_body_size=FORM_LIMIT_BYTES,
)


def home_of(member: Member) -> str:
    """First screen of a role; the missing step while sign-in is not complete."""
    if member.step != "open":
        return STEP_PATHS[member.step]
    return "/dashboard" if member.role in OFFICE_ROLES else "/account"


def entered(access: Access, found: Entered, then: str) -> Response[Any]:
    """Go on with a new session: to the page that was asked for, or to the step that is missing."""
    to = then if found.step == "open" else STEP_PATHS[found.step]
    if found.step == "factor" and then != "/":
        to = f"{to}?then={quote(then, safe='/')}"
    answer: Response[Any] = Redirect(to, status_code=303)
    answer.set_cookie(cookies.session_cookie(access.settings, found.token))
    if found.known:
        answer.set_cookie(cookies.browser_cookie(access.settings, found.known))
    return answer


def browser_of(request: AnyRequest, access: Access) -> Browser:
    return Browser(
        session=cookies.session_token(request, access.settings),
        known=cookies.browser_token(request, access.settings),
        user_agent=request.headers.get("User-Agent", ""),
    )


def own_path(then: str) -> str:
    """`then` if it is a path of ours, else the beginning: a link can never send a reader to another site."""
    return then if _is_own_path(then) else "/"


def wait_words(request: AnyRequest, wait_s: int) -> str:
    """How long to wait, in whole minutes, rounded up."""
    return text(request, "account.wait", n=-(-wait_s // 60))


def refused_passphrase(request: AnyRequest, refused: Refused) -> Problem:
    """The problem at the field `passphrase` of a form that asks for the present one."""
    return _refusal(request, refused, "account.passphrase.wrong", "passphrase")


def _refusal(request: AnyRequest, refused: Refused, key: str, field: str = "sign_in") -> Problem:
    return Problem(field, wait_words(request, refused.wait_s) if refused.wait_s else text(request, key))


def _form(request: AnyRequest, form: Form, problems: list[Problem], status: int = 200) -> Response[Any]:
    view = {"form": form, "problems": problems, "errors": errors_by_field(problems)}
    return page(request, "account/sign_in.html", view, status)


def _factor_form(request: AnyRequest, form: Form, problems: list[Problem], status: int = 200) -> Response[Any]:
    view = {"form": form, "problems": problems, "errors": errors_by_field(problems)}
    return page(request, "account/factor.html", view, status)
