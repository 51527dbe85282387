"""/administration/people: who works here. A person is an account and a member record with the same id."""

from __future__ import annotations

from typing import Any, Final, get_args

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from server.administration.deciding import decide_and_note, not_here
from server.administration.paging import ROWS_A_PAGE, PageNumber, offset_of, page_of
from server.auth import audit, one_time
from server.auth.access import Access
from server.auth.forms import FORM_LIMIT_BYTES, Form, Problem, errors_by_field, posted
from server.auth.frame import page, text
from server.auth.sessions import Member
from server.auth.sign_in import fold_sign_in
from server.storage import accounts, devices
from server.storage.accounts import Account, NewAccount
from server.storage.ids import new_id
from server.storage.organisation_settings import zone_of
from server.storage.port import OfficeChange, Transaction
from sync.ids import ORG_BUCKET
from sync.records.kind import Role

AnyRequest = Request[Any, Any, Any]
PATH: Final = "/administration/people"
ROLES: Final[tuple[Role, ...]] = get_args(Role)
NAME_LIMIT: Final = 120


@get("/people")
async def listing(
    request: AnyRequest,
    access: NamedDependency[Access],
    member: NamedDependency[Member],
    search: FromQuery[str] = "",
    page_number: PageNumber = 1,
) -> Response[Any]:
    search = search.strip()[:NAME_LIMIT]
    async with access.storage.read() as rows:
        found = await accounts.page(rows, member.org, search, ROWS_A_PAGE + 1, offset_of(page_number))
    view = {"page": page_of(found, page_number, PATH, search=search), "search": search}
    return page(request, "administration/people.html", view)


@get("/people/new")
async def new(request: AnyRequest) -> Response[Any]:
    return _new_form(request, Form({"role": "specialist"}), [])


@post("/people/new", status_code=200, request_max_body_size=FORM_LIMIT_BYTES)
async def add(request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member]) -> Response[Any]:
    """A new member without a passphrase, and the link with which they choose their own."""
    form = await posted(request)
    name, sign_in = form.line("name", NAME_LIMIT + 1), fold_sign_in(form["sign_in"])
    problems = name_problems(request, name)
    if not sign_in or " " in sign_in:
        problems.append(Problem("sign_in", text(request, "administration.people.sign_in_wrong")))
    role = next((role for role in ROLES if role == form["role"]), None)
    if role is None:
        problems.append(Problem("role", text(request, "administration.people.role_missing")))
    if problems or role is None:
        return _new_form(request, form, problems, 422)
    now = access.now()
    account = NewAccount(new_id(now), member.org, sign_in, name, role, now, title=form.line("title", NAME_LIMIT))

    async def keep(tx: Transaction) -> one_time.Issued | None:
        if await accounts.by_sign_in(tx, sign_in) is not None:
            return None
        await accounts.add_account(tx, account)
        await audit.note(tx, member, "account_added", account.person, now=now, detail=role)
        return await one_time.issue(tx, access, account.person, "passphrase", member.person)

    issued = await access.storage.write(keep)
    if issued is None:
        taken = Problem("sign_in", text(request, "administration.people.sign_in_taken"))
        return _new_form(request, form, [taken], 422)
    fields = {"name": name, "role": role, "title": account.title}
    change = OfficeChange("create", "member", account.person, ORG_BUCKET, fields)
    await decide_and_note(access, member, [change], "account_changed", account.person)
    return await link_page(request, access, member, issued, name=name, person=account.person)


@get("/people/{person:str}")
async def show(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member], person: FromPath[str]
) -> Response[Any]:
    return await person_page(request, access, member, person)


@post("/people/{person:str}", status_code=200, request_max_body_size=FORM_LIMIT_BYTES)
async def save(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member], person: FromPath[str]
) -> Response[Any]:
    form = await posted(request)
    name, title = form.line("name", NAME_LIMIT + 1), form.line("title", NAME_LIMIT)
    async with access.storage.read() as rows:
        account = await accounts.by_person(rows, member.org, person)
    if account is None:
        return not_here(request)
    if problems := name_problems(request, name):
        return await person_page(request, access, member, person, form=form, problems=problems)

    async def keep(tx: Transaction) -> None:
        await accounts.describe(tx, member.org, person, name, title)

    await access.storage.write(keep)
    changed = {key: value for key, value in (("name", name), ("title", title)) if getattr(account, key) != value}
    if changed:
        change = OfficeChange("patch", "member", person, ORG_BUCKET, changed)
        await decide_and_note(access, member, [change], "account_changed", person)
    return await person_page(request, access, member, person, done="saved")


async def person_page(
    request: AnyRequest,
    access: Access,
    member: Member,
    person: str,
    *,
    form: Form | None = None,
    problems: list[Problem] | None = None,
    done: str = "",
) -> Response[Any]:
    """One member with what can be done about them. `done`: what has just been done, for a word of confirmation."""
    async with access.storage.read() as rows:
        account = await accounts.by_person(rows, member.org, person)
        phones = [phone for phone in await devices.phones(rows, member.org) if phone["person"] == person]
        zone = await zone_of(rows, member.org)
    if account is None:
        return not_here(request)
    view = {
        "account": _shown(account), "form": form or Form({"name": account.name, "title": account.title}),
        "problems": problems or [], "errors": errors_by_field(problems or []), "done": done,
        "phones": [phone for phone in phones if phone["state"] == "active"],
        "is_self": person == member.person, "now": access.now(), "zone": zone,
    }  # fmt: skip
    return page(request, "administration/person.html", view, 422 if problems else 200)


async def link_page(
    request: AnyRequest, access: Access, member: Member, issued: one_time.Issued, *, name: str, person: str
) -> Response[Any]:
    """The set-up link, on the one answer that shows it."""
    async with access.storage.read() as rows:
        zone = await zone_of(rows, member.org)
    view = {"issued": issued, "name": name, "person": person, "now": access.now(), "zone": zone}
    return page(request, "administration/person_link.html", view)


def name_problems(request: AnyRequest, name: str) -> list[Problem]:
    if not name:
        return [Problem("name", text(request, "administration.name_missing"))]
    if len(name) > NAME_LIMIT:
        return [Problem("name", text(request, "administration.name_long", n=NAME_LIMIT))]
    return []


def _shown(account: Account) -> dict[str, Any]:
    return {
        "person": account.person, "name": account.name, "sign_in": account.sign_in, "role": account.role,
        "is_active": account.is_active, "has_passphrase": account.passphrase is not None,
        "has_factor": account.factor is not None,
    }  # fmt: skip


def _new_form(request: AnyRequest, form: Form, problems: list[Problem], status: int = 200) -> Response[Any]:
    view = {"form": form, "problems": problems, "errors": errors_by_field(problems), "roles": ROLES}
    return page(request, "administration/person_new.html", view, status)


handlers = [listing, new, add, show, save]
