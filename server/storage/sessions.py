"""Sessions of people at office screens, and the browsers they have signed in with before."""

from __future__ import annotations

import msgspec

from server.storage.port import Rows, Transaction
from sync.records.kind import Role

KNOWN_BROWSERS_LIMIT = 10


class SessionRow(msgspec.Struct, frozen=True):
    """A session that is neither ended nor expired, with the person it speaks for. `pending_factor` is sealed."""

    id: str
    person: str
    step: str
    started_at: int
    seen_at: int
    pending_factor: bytes | None
    org: int
    sign_in: str
    name: str
    role: Role
    lang: str
    theme: str
    is_demo: bool
    organisation: str


class OwnSession(msgspec.Struct, frozen=True):
    """A session as its owner sees it in the list."""

    id: str
    step: str
    started_at: int
    seen_at: int
    browser: str


async def add(
    tx: Transaction, token: bytes, *, session_id: str, person: str, step: str, now: int, browser: str
) -> None:
    """`token`: SHA-256 of the cookie's value."""
    await tx.run("sessions.add", token=token, id=session_id, person=person, step=step, now=now, browser=browser)


async def find(rows: Rows, token: bytes, started_after: int, seen_after: int) -> SessionRow | None:
    """The session of a cookie, if it is young enough and its account still active."""
    row = await rows.one("sessions.find", token=token, started_after=started_after, seen_after=seen_after)
    return msgspec.convert(dict(row), SessionRow, strict=False) if row else None


async def touch(tx: Transaction, token: bytes, now: int) -> None:
    """Seen at `now` (ms); never earlier than before."""
    await tx.run("sessions.touch", token=token, now=now)


async def set_pending_factor(tx: Transaction, token: bytes, secret: bytes | None) -> None:
    """The authenticator's secret while its owner sets it up; None when that has ended."""
    await tx.run("sessions.set_pending_factor", token=token, pending_factor=secret)


async def of_person(rows: Rows, person: str, started_after: int, seen_after: int) -> list[OwnSession]:
    """Those that are open, the last used first. In ms: what began, or was last seen, by then has ended."""
    found = await rows.all("sessions.of_person", person=person, started_after=started_after, seen_after=seen_after)
    return [msgspec.convert(dict(row), OwnSession) for row in found]


async def end(tx: Transaction, token: bytes) -> None:
    """A token that nobody has is no error."""
    await tx.run("sessions.end", token=token)


async def end_one(tx: Transaction, person: str, session_id: str) -> bool:
    """False when this person has no such session."""
    return await tx.run("sessions.end_one", person=person, id=session_id) == 1


async def end_of_person(tx: Transaction, person: str, except_token: bytes = b"") -> None:
    """End all sessions of a person, but for the one named."""
    await tx.run("sessions.end_of_person", person=person, except_token=except_token)


async def forget_ended(tx: Transaction, started_after: int, seen_after: int) -> None:
    """Everybody's that began or were last seen by then (ms)."""
    await tx.run("sessions.forget_ended", started_after=started_after, seen_after=seen_after)


async def know_browser(tx: Transaction, token: bytes, person: str, now: int) -> None:
    """Remember a browser after a complete sign-in; only the last few are kept."""
    await tx.run("sessions.know_browser", token=token, person=person, now=now)
    await tx.run("sessions.forget_browsers", person=person, keep=KNOWN_BROWSERS_LIMIT)


async def is_known_browser(rows: Rows, token: bytes, person: str) -> bool:
    """Whether this person has signed in with it before."""
    return await rows.one("sessions.is_known_browser", token=token, person=person) is not None


async def forget_all_browsers(tx: Transaction, person: str) -> None:
    """Every browser is a new one again."""
    await tx.run("sessions.forget_all_browsers", person=person)
