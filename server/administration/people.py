"""/administration/people: who works here. A person is an account and a member record with the same id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from server.administration.paging import ROWS_A_PAGE, PageNumber, offset_of, page_of
from server.administration.people_form import NAME_LIMIT, Taken, make_sure_it_is_free, read_person, role_options, taken
from server.auth import audit, one_time
from server.auth.access import Access
from server.auth.deciding import decide_and_note
from server.auth.forms import FORM_LIMIT_BYTES, Form, Problem, errors_by_field, posted
from server.auth.frame import page
from server.auth.guards import present
from server.auth.sessions import Member
from server.responses import AnyRequest
from server.storage import accounts, devices, one_time_codes, sessions
from server.storage.accounts import Account, NewAccount
from server.storage.ids import new_id
from server.storage.organisation_settings import zone_of
from server.storage.port import OfficeChange, Transaction
from server.storage.records import record_by_doc
from sync.ids import ORG_BUCKET

PATH: Final = "/administration/people"
STANDING: Final = ("is_volunteer", "is_provisional")  # of the member's record: rules of units and co-signing read it


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
    typed = read_person(request, form)
    if isinstance(typed, list):
        return _new_form(request, form, typed, 422)
    now, links = access.now(), list[one_time.Issued]()
    account = NewAccount(
        new_id(now), member.org, typed.sign_in, typed.name, typed.role, now, title=typed.title
    )

    async def keep(tx: Transaction) -> None:
        await make_sure_it_is_free(tx, typed.sign_in, account.person)
        await accounts.add_account(tx, account)
        links.append(await one_time.issue(tx, access, account.person, "passphrase", member.person))

    fields = {"name": typed.name, "role": typed.role, "title": typed.title}
    change = OfficeChange("create", "member", account.person, ORG_BUCKET, fields)
    try:
        await decide_and_note(access, member, [change], "account_added", account.person, also=keep)
    except Taken:
        return _new_form(request, form, taken(request), 422)
    return await link_page(request, access, member, links[-1], name=typed.name, person=account.person)


@get("/people/{person:str}")
async def show(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member], person: FromPath[str]
) -> Response[Any]:
    return await person_page(request, access, member, person)


@post("/people/{person:str}", status_code=200, request_max_body_size=FORM_LIMIT_BYTES)
async def save(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member], person: FromPath[str]
) -> Response[Any]:
    """Name, credential, role and sign-in name; account and member record change in one commit."""
    form = await posted(request)
    async with access.storage.read() as rows:
        account = present(await accounts.by_person(rows, member.org, person))
        record = await record_by_doc(rows, member.org, person)
    if person == member.person:  # nobody takes their own rights away, or gives themselves more
        form = Form({**form, "role": account.role})
    typed = read_person(request, form)
    if isinstance(typed, list):
        return await person_page(request, access, member, person, form=form, problems=typed)

    async def keep(tx: Transaction) -> None:
        await make_sure_it_is_free(tx, typed.sign_in, person)
        await accounts.describe(tx, member.org, person, typed)
        if typed.role != account.role:
            await change_role(tx, access, member, account)

    fields = {"name": typed.name, "title": typed.title, "role": typed.role}
    changed: dict[str, Any] = {key: value for key, value in fields.items() if getattr(account, key) != value}
    known = record.fields if record else {}
    changed |= {key: form[key] == "yes" for key in STANDING if (form[key] == "yes") != bool(known.get(key))}
    changes = [OfficeChange("patch", "member", person, ORG_BUCKET, changed)] if changed else []
    try:
        await decide_and_note(access, member, changes, "account_changed", person, also=keep)
    except Taken:
        return await person_page(request, access, member, person, form=form, problems=taken(request))
    return await person_page(request, access, member, person, done="saved")


async def change_role(tx: Transaction, access: Access, member: Member, account: Account) -> None:
    """Another role sees other things: every session ends; phones, which only specialists have, are locked."""
    await sessions.end_of_person(tx, account.person)
    if account.role == "specialist":
        await one_time_codes.withdraw(tx, account.person, "phone")
        if await devices.revoke_phones_of(
            tx, member.org, account.person, mode="lock", by=member.person, now=access.now()
        ):
            await audit.note(tx, member, "revoke", account.person, now=access.now(), detail="lock")


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
        account = present(await accounts.by_person(rows, member.org, person))
        record = await record_by_doc(rows, member.org, person)
        phones = [phone for phone in await devices.phones(rows, member.org) if phone["person"] == person]
        zone = await zone_of(rows, member.org)
    view = {
        "account": _shown(account), "form": form or _typed(account, record.fields if record else {}),
        "role_options": role_options(request),
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


def _typed(account: Account, known: Mapping[str, Any]) -> Form:
    standing = {key: "yes" if known.get(key) else "" for key in STANDING}
    told = {"name": account.name, "title": account.title, "role": account.role, "sign_in": account.sign_in}
    return Form({**told, **standing})


def _shown(account: Account) -> dict[str, Any]:
    return {
        "person": account.person, "name": account.name, "sign_in": account.sign_in, "role": account.role,
        "is_active": account.is_active, "has_passphrase": account.passphrase is not None,
        "has_factor": account.factor is not None,
    }  # fmt: skip


def _new_form(request: AnyRequest, form: Form, problems: list[Problem], status: int = 200) -> Response[Any]:
    view = {
        "form": form, "problems": problems, "errors": errors_by_field(problems), "role_options": role_options(request),
    }  # fmt: skip
    return page(request, "administration/person_new.html", view, status)


handlers = [listing, new, add, show, save]
