"""Server-side sessions: a random token in a cookie, its hash in the database, two clocks that end it.

A session ends 12 hours after sign-in, after 30 idle minutes, at sign-out, when its account is disabled and when the
passphrase changes. A phone does not use one: its device key signs, so an expired session never stops a phone.
"""

from __future__ import annotations

import secrets
from typing import Final, Literal

import msgspec

from server.auth.access import Access
from server.auth.codes import token_hash
from server.storage import sessions
from server.storage.port import Transaction
from sync.records.kind import Role

LIFE_MS: Final = 12 * 3600 * 1000
IDLE_MS: Final = 30 * 60 * 1000
TOUCH_EVERY_MS: Final = 60 * 1000

Step = Literal["factor", "setup", "open"]


class Member(msgspec.Struct, frozen=True):
    """Who is asking, from a live session. `step` is 'open' once every factor has been given."""

    org: int
    person: str
    name: str
    role: Role
    sign_in: str
    organisation: str
    is_demo: bool
    lang: str
    theme: str
    step: str
    session: str
    token: bytes
    pending_factor: bytes | None = None


async def start(tx: Transaction, person: str, step: Step, now: int, user_agent: str) -> str:
    """Begin a session with a token never used before; the token for the cookie."""
    await sessions.forget_ended(tx, now - LIFE_MS, now - IDLE_MS)
    token = secrets.token_urlsafe(32)
    session_id = secrets.token_hex(8)
    await sessions.add(
        tx, token_hash(token), session_id=session_id, person=person, step=step, now=now,
        browser=browser_words(user_agent),
    )  # fmt: skip
    return token


async def resume(access: Access, token: str, *, is_background: bool) -> Member | None:
    """The member a cookie speaks for, or None. Looking at a screen keeps it awake; background refreshes do not."""
    if not token:
        return None
    now = access.now()
    hashed = token_hash(token)
    async with access.storage.read() as rows:
        found = await sessions.find(rows, hashed, now - LIFE_MS, now - IDLE_MS)
    if found is None:
        return None
    if not is_background and now - found.seen_at >= TOUCH_EVERY_MS:

        async def touch(tx: Transaction) -> None:
            await sessions.touch(tx, hashed, now)

        await access.storage.write(touch)
    return Member(
        org=found.org, person=found.person, name=found.name, role=found.role, sign_in=found.sign_in,
        organisation=found.organisation, is_demo=found.is_demo, lang=found.lang, theme=found.theme,
        step=found.step, session=found.id, token=hashed, pending_factor=found.pending_factor,
    )  # fmt: skip


def browser_words(user_agent: str) -> str:
    """A browser's kind in two words for the list of sessions, such as 'Firefox · Android'; the rest is not kept."""
    kinds = ("Edg", "Firefox", "Chrome", "Safari")
    systems = ("Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux")
    kind = next((word for word in kinds if word in user_agent), "")
    system = next((word for word in systems if word in user_agent), "")
    return " · ".join(word for word in (kind.replace("Edg", "Edge"), system.replace("Mac OS", "macOS")) if word)
