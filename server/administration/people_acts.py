"""What an administrator can do about a member's way in. None of it tells or chooses a passphrase."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from server.administration.people import link_page, person_page
from server.auth import audit, one_time
from server.auth.access import Access
from server.auth.audit import Action
from server.auth.deciding import Also, decide_and_note, still_may
from server.auth.forms import Problem
from server.auth.frame import page, text
from server.auth.guards import NotHere, present
from server.auth.qr import qr
from server.auth.sessions import Member
from server.responses import AnyRequest
from server.storage import accounts, devices, one_time_codes, sessions
from server.storage.accounts import Account
from server.storage.organisation_settings import zone_of
from server.storage.port import OfficeChange, Transaction
from sync.ids import ORG_BUCKET


@post("/people/{person:str}/reset", status_code=200)
async def reset(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member], person: FromPath[str]
) -> Response[Any]:
    """The passphrase stops working and every session ends; a link lets its owner choose a new one."""

    async def act(tx: Transaction) -> one_time.Issued:
        await accounts.set_passphrase(tx, member.org, person, None)
        await end_access(tx, person)
        return await one_time.issue(tx, access, person, "passphrase", member.person)

    account, issued = await _act(access, member, person, "account_reset", act)
    return await link_page(request, access, member, issued, name=account.name, person=person)


@post("/people/{person:str}/factor", status_code=200)
async def remove_factor(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member], person: FromPath[str]
) -> Response[Any]:
    """For a lost authenticator: the next sign-in sets up a new one."""

    async def act(tx: Transaction) -> None:
        await accounts.set_factor(tx, member.org, person, None, step=0, recovery=[])
        await sessions.end_of_person(tx, person)

    await _act(access, member, person, "account_reset", act)
    return await person_page(request, access, member, person, done="factor")


@post("/people/{person:str}/disable", status_code=200)
async def disable(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member], person: FromPath[str]
) -> Response[Any]:
    """Sessions end and phones lock in the transaction that disables. Nobody disables themselves."""
    if person == member.person:
        problem = Problem("", text(request, "administration.people.not_yourself"))
        return await person_page(request, access, member, person, problems=[problem])

    async def act(tx: Transaction) -> None:
        await accounts.set_active(tx, member.org, person, is_active=False)
        await end_access(tx, person)
        await one_time_codes.withdraw(tx, person, "phone")
        revoked = await devices.revoke_phones_of(
            tx, member.org, person, mode="lock", by=member.person, now=access.now()
        )
        if revoked:
            await audit.note(tx, member, "revoke", person, now=access.now(), detail="lock")

    return await _set_active(request, access, member, person, act, is_active=False)


@post("/people/{person:str}/enable", status_code=200)
async def enable(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member], person: FromPath[str]
) -> Response[Any]:
    """Phones stay locked out: each is set up anew."""

    async def act(tx: Transaction) -> None:
        await accounts.set_active(tx, member.org, person, is_active=True)

    return await _set_active(request, access, member, person, act, is_active=True)


@post("/people/{person:str}/phone-code", status_code=200)
async def phone_code(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member], person: FromPath[str]
) -> Response[Any]:
    """A one-time code for a specialist's phone; the phone still asks for their passphrase."""
    return await phone_code_page(request, access, member, person, f"/administration/people/{person}")


async def phone_code_page(
    request: AnyRequest, access: Access, member: Member, person: str, back: str
) -> Response[Any]:
    """A new code for an active specialist's phone, on the one page that shows it; raises NotHere for anybody else."""

    async def act(tx: Transaction) -> one_time.Issued:
        return await one_time.issue(tx, access, person, "phone", member.person)

    async with access.storage.read() as rows:
        account = present(await accounts.by_person(rows, member.org, person))
        zone = await zone_of(rows, member.org)
    if account.role != "specialist" or not account.is_active:
        raise NotHere
    _, issued = await _act(access, member, person, "enrol_code", act)
    view = {
        "issued": issued, "qr": qr(issued.link), "name": account.name, "back": back, "now": access.now(),
        "zone": zone, "address": f"{access.settings.public_url}/enrol",
    }  # fmt: skip
    return page(request, "account/phone_code.html", view)


async def end_access(tx: Transaction, person: str) -> None:
    """Every session, known browser and unused set-up link of a person ends."""
    await sessions.end_of_person(tx, person)
    await sessions.forget_all_browsers(tx, person)
    await one_time_codes.withdraw(tx, person, "passphrase")


async def _act(
    access: Access, member: Member, person: str, action: Action, act: Callable[[Transaction], Awaitable[Any]]
) -> tuple[Account, Any]:
    """Act on a member of one's own organisation and note it, in one transaction; the account, and what `act` gave."""

    async def job(tx: Transaction) -> tuple[Account, Any]:
        await still_may(tx, member)
        account = present(await accounts.by_person(tx, member.org, person))
        await audit.note(tx, member, action, person, now=access.now())
        return account, await act(tx)

    return await access.storage.write(job)


async def _set_active(
    request: AnyRequest, access: Access, member: Member, person: str, act: Also, *, is_active: bool
) -> Response[Any]:
    """Account, sessions, phones and the record that other phones know them by, all in one commit."""
    async with access.storage.read() as rows:
        present(await accounts.by_person(rows, member.org, person))
    change = OfficeChange("patch", "member", person, ORG_BUCKET, {"is_active": is_active})
    action: Action = "account_enabled" if is_active else "account_disabled"
    await decide_and_note(access, member, [change], action, person, also=act)
    return await person_page(request, access, member, person, done="enabled" if is_active else "disabled")


handlers = [reset, remove_factor, disable, enable, phone_code]
