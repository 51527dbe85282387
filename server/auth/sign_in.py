"""Signing in: a passphrase, then a second factor where the role asks for one. Each step begins a new session token."""

from __future__ import annotations

import secrets
import unicodedata
from typing import Final

import msgspec

from server.auth import second_factor, sessions, throttle
from server.auth.access import Access
from server.auth.codes import token_hash
from server.auth.sessions import Member, Step
from server.storage import accounts
from server.storage import sessions as kept
from server.storage.access_log import note_access
from server.storage.accounts import Account
from server.storage.port import Transaction
from sync.records.kind import Role

SIGN_IN_LIMIT: Final = 120
FACTOR_ROLES: Final[frozenset[Role]] = frozenset({"supervisor", "administrator"})


class Browser(msgspec.Struct, frozen=True):
    """What the asking browser brings: its cookies' values ('' without) and its User-Agent."""

    session: str
    known: str
    user_agent: str


class Entered(msgspec.Struct, frozen=True):
    """`token`: for the session cookie; `known`: for the browser cookie, '' while a step is missing."""

    token: str
    step: Step
    known: str = ""


class Refused(msgspec.Struct, frozen=True):
    """Not let in. `wait_s` above 0: too many attempts, nothing was checked."""

    wait_s: int = 0


def fold_sign_in(name: str) -> str:
    """One spelling of a sign-in name."""
    return unicodedata.normalize("NFKC", name).strip().casefold()[:SIGN_IN_LIMIT]


async def give_passphrase(access: Access, name: str, passphrase: str, browser: Browser) -> Entered | Refused:
    """First step. An unknown name, a disabled account and a wrong passphrase are answered alike and as slowly."""
    now = access.now()
    folded = fold_sign_in(name)
    async with access.storage.read() as rows:
        account = await accounts.by_sign_in(rows, folded)
        is_known = account is not None and await kept.is_known_browser(rows, token_hash(browser.known), account.person)
    tries = throttle.budget(access.keys.codes, "browser" if is_known else "account", folded, browser.known * is_known)
    if wait_s := await throttle.begin(access.storage, tries, now):
        return Refused(wait_s)
    usable = account if account and account.is_active else None
    is_right = await access.passwords.is_right(usable.passphrase if usable else None, passphrase)
    if usable is None or usable.passphrase is None or not is_right:
        await _note_failure(access, account, "sign_in_failed", now)
        return Refused()
    renewed = await access.passwords.hash(passphrase) if access.passwords.is_outdated(usable.passphrase) else ""

    async def go_on(tx: Transaction) -> Entered:
        await throttle.succeed(tx, tries)
        if renewed:
            await accounts.set_passphrase(tx, usable.org, usable.person, renewed)
        return await enter(tx, usable, next_step(usable), browser, now=now)

    return await access.storage.write(go_on)


async def give_factor(access: Access, member: Member, code: str, browser: Browser) -> Entered | Refused:
    """Second step, for a session that waits at it: a code of the authenticator, or a recovery code."""
    now = access.now()
    async with access.storage.read() as rows:
        account = await accounts.by_person(rows, member.org, member.person)
        is_known = await kept.is_known_browser(rows, token_hash(browser.known), member.person)
    tries = throttle.budget(access.keys.codes, "factor", member.person, browser.known * is_known)
    if wait_s := await throttle.begin(access.storage, tries, now):
        return Refused(wait_s)
    if account is None:
        return Refused()

    async def go_on(tx: Transaction) -> Entered | None:
        if not await second_factor.spend(tx, access.keys, account, code, now):
            return None
        await throttle.succeed(tx, tries)
        return await enter(tx, account, "open", browser, now=now)

    entered = await access.storage.write(go_on)
    if entered is None:
        await _note_failure(access, account, "factor_failed", now)
    return entered or Refused()


async def confirm_passphrase(access: Access, member: Member, passphrase: str) -> Refused | None:
    """Asked again before a member changes what they sign in with; None when it is right."""
    async with access.storage.read() as rows:
        account = await accounts.by_person(rows, member.org, member.person)
    tries = throttle.budget(access.keys.codes, "confirm", member.person)
    if wait_s := await throttle.begin(access.storage, tries, access.now()):
        return Refused(wait_s)
    if account is None or not await access.passwords.is_right(account.passphrase, passphrase):
        return Refused()

    async def forget(tx: Transaction) -> None:
        await throttle.succeed(tx, tries)

    await access.storage.write(forget)
    return None


def next_step(account: Account) -> Step:
    """What a right passphrase leads to."""
    if account.factor is not None:
        return "factor"
    is_asked = account.role in FACTOR_ROLES and not account.is_demo
    return "setup" if is_asked else "open"


async def enter(tx: Transaction, account: Account, step: Step, browser: Browser, *, now: int) -> Entered:
    """Begin a session at a step, in place of the browser's old one. Complete, it is noted and the browser known."""
    await kept.end(tx, token_hash(browser.session))
    token = await sessions.start(tx, account.person, step, now, browser.user_agent)
    if step != "open":
        return Entered(token, step)
    known = browser.known or secrets.token_urlsafe(16)
    await kept.know_browser(tx, token_hash(known), account.person, now)
    await note_access(tx, account.org, account.person, "sign_in", account.person, now)
    return Entered(token, step, known)


async def _note_failure(access: Access, account: Account | None, action: str, now: int) -> None:
    async def append(tx: Transaction) -> None:
        org, person = (account.org, account.person) if account else (None, None)
        await note_access(tx, org, None, action, person, now)

    await access.storage.write(append)
