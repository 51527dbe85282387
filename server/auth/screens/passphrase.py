"""/set-passphrase: a person opens the link they were given and chooses a passphrase that nobody else ever learns."""

from __future__ import annotations

from typing import Any, Final

from litestar import Response, Router, get, post
from litestar.di import NamedDependency, Provide

from server.auth import one_time, sign_in, throttle
from server.auth.access import Access, access
from server.auth.forms import FORM_LIMIT_BYTES, Form, Problem, errors_by_field, posted
from server.auth.frame import page, text
from server.auth.passwords import LENGTH_MINIMUM, weakness
from server.auth.screens.sign_in import browser_of, entered, wait_words
from server.auth.sign_in import Entered
from server.responses import AnyRequest
from server.storage import accounts, one_time_codes, sessions
from server.storage.access_log import note_access
from server.storage.one_time_codes import CodeRow
from server.storage.port import Transaction

TEMPLATE: Final = "account/set_passphrase.html"


@get("/")
async def show(request: AnyRequest) -> Response[Any]:
    return _form(request, Form({}), [])


@post("/", status_code=200)
async def choose(request: AnyRequest, access: NamedDependency[Access]) -> Response[Any]:
    form = await posted(request)
    if wait_s := one_time.wait_s(access, form["code"]):
        return _form(request, form, [Problem("code", wait_words(request, wait_s))], 429)
    code = await one_time.find(access, form["code"], "passphrase")
    problems = [] if code else [Problem("code", text(request, "account.passphrase.code_refused"))]
    known = (code.sign_in, code.name, code.organisation) if code else ()
    problems += new_passphrase_problems(request, form, known)
    if problems or code is None:
        return _form(request, form, problems, 422)
    hashed = await access.passwords.hash(form["new_passphrase"])
    found = await _keep(request, access, code, hashed)
    if found is None:
        return _form(request, form, [Problem("code", text(request, "account.passphrase.code_refused"))], 422)
    return entered(access, found, "/")


def new_passphrase_problems(request: AnyRequest, form: Form, known: tuple[str, ...]) -> list[Problem]:
    """What speaks against `new_passphrase` and `new_passphrase_again`. `known`: words others know of the account."""
    weak = weakness(form["new_passphrase"], of=known)
    if weak:
        return [Problem("new_passphrase", text(request, f"account.passphrase.{weak}", n=LENGTH_MINIMUM))]
    if form["new_passphrase"] != form["new_passphrase_again"]:
        return [Problem("new_passphrase_again", text(request, "account.passphrase.differs"))]
    return []


async def _keep(request: AnyRequest, access: Access, code: CodeRow, hashed: str) -> Entered | None:
    """Spend the code, keep the hash, end every session, and begin one here."""
    now = access.now()
    browser = browser_of(request, access)

    async def keep(tx: Transaction) -> Entered | None:
        account = await accounts.by_person(tx, code.org, code.person)
        if account is None or not await one_time_codes.spend(tx, code.token, now):
            return None
        await accounts.set_passphrase(tx, code.org, code.person, hashed)
        await sessions.end_of_person(tx, code.person)
        await sessions.forget_all_browsers(tx, code.person)
        await throttle.succeed(tx, throttle.budget(access.keys.codes, "account", account.sign_in, ""))
        await note_access(tx, code.org, code.person, "passphrase_set", code.person, now)
        return await sign_in.enter(tx, account, sign_in.next_step(account), browser, now=now)

    return await access.storage.write(keep)


def _form(request: AnyRequest, form: Form, problems: list[Problem], status: int = 200) -> Response[Any]:
    view = {"form": form, "problems": problems, "errors": errors_by_field(problems), "minimum": LENGTH_MINIMUM}
    return page(request, TEMPLATE, view, status)


set_passphrase_router = Router(
    "/set-passphrase",
    route_handlers=[show, choose],
    dependencies={"access": Provide(access)},
    request_max_body_size=FORM_LIMIT_BYTES,
)
