"""/account/second-factor: an authenticator is set up while signing in for the first time, or replaced later."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency

from server.auth import audit, second_factor, sign_in, totp
from server.auth.access import Access
from server.auth.cookies import browser_cookie, session_cookie
from server.auth.forms import Problem, errors_by_field, posted
from server.auth.frame import page, text
from server.auth.guards import allow_open_or
from server.auth.qr import qr
from server.auth.screens.sign_in import browser_of, home_of, refused_passphrase
from server.auth.sessions import Member
from server.auth.sign_in import Entered
from server.responses import AnyRequest
from server.storage import accounts, sessions
from server.storage.port import Transaction

PATH = "/second-factor"


@get(PATH, guards=[allow_open_or("setup")])
async def show_set_up(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member]
) -> Response[Any]:
    """The secret waits in the session until a code proves that the authenticator has it."""
    secret = await _pending(access, member)
    return _form(request, member, secret, [])


@post(PATH, guards=[allow_open_or("setup")], status_code=200)
async def confirm(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member]
) -> Response[Any]:
    """Keep the factor, begin a new session, end the others, and show the recovery codes once.

    A member who is signed in already is asked for the passphrase again.
    """
    form = await posted(request)
    secret = await _pending(access, member)
    now = access.now()
    if member.step == "open" and (refused := await sign_in.confirm_passphrase(access, member, form["passphrase"])):
        return _form(request, member, secret, [refused_passphrase(request, refused)], 422)
    browser = browser_of(request, access)

    async def keep(tx: Transaction) -> tuple[list[str], Entered] | None:
        account = await accounts.by_person(tx, member.org, member.person)
        if account is None:
            return None
        codes = await second_factor.set_up(tx, access.keys, account, secret=secret, code=form.line("code"), now=now)
        if codes is None:
            return None
        await sessions.end_of_person(tx, member.person)
        await audit.note(tx, member, "factor_set", member.person, now=now)
        return codes, await sign_in.enter(tx, account, "open", browser, now=now)

    kept = await access.storage.write(keep)
    if kept is None:
        return _form(request, member, secret, [Problem("code", text(request, "account.factor.wrong"))], 422)
    codes, entered = kept
    answer = page(request, "account/recovery_codes.html", {"codes": codes, "next": "/"})
    answer.set_cookie(session_cookie(access.settings, entered.token))
    answer.set_cookie(browser_cookie(access.settings, entered.known))
    return answer


async def _pending(access: Access, member: Member) -> bytes:
    if member.pending_factor is not None:
        return access.keys.open_secret(member.pending_factor, member.person)
    secret = totp.new_secret()
    closed = access.keys.close_secret(secret, member.person)

    async def keep(tx: Transaction) -> None:
        await sessions.set_pending_factor(tx, member.token, closed)

    await access.storage.write(keep)
    return secret


def _form(
    request: AnyRequest, member: Member, secret: bytes, problems: list[Problem], status: int = 200
) -> Response[Any]:
    uri = totp.provisioning_uri(secret, member.sign_in, f"Alongside · {member.organisation}")
    view = {
        "qr": qr(uri), "secret": totp.secret_text(secret), "problems": problems, "errors": errors_by_field(problems),
        "is_first": member.step == "setup", "back": home_of(member),
    }  # fmt: skip
    return page(request, "account/second_factor.html", view, status)
