"""Who may enter: a router declares the roles it serves, and its handlers ask for `member`.

`allow` runs before anything of the request is read. It refuses a stranger (NotSignedIn) and a member of another
role (Forbidden). What a member may see of an organisation is not decided here but by the queries, which all take
`org`: a record of somebody else is not found, exactly like one that never was.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler

from server.auth import cookies, sessions
from server.auth.access import Access
from server.auth.forms import FORM_LIMIT_BYTES, posted
from server.auth.sessions import Member
from server.responses import AnyRequest
from sync.records.kind import Role

BACKGROUND_HEADER = "Alongside-Background"
Found = TypeVar("Found")
Guard = Callable[[ASGIConnection[Any, Any, Any, Any], BaseRouteHandler], Awaitable[None]]


class NotSignedIn(Exception):  # noqa: N818 - an answer
    """Nobody is signed in, or the session has ended: the answer leads to sign-in, and gives back what was `typed`."""

    def __init__(self, typed: Mapping[str, str]) -> None:
        super().__init__()
        self.typed = typed


class Unfinished(Exception):  # noqa: N818 - an answer
    """Signed in as far as the passphrase: the answer leads to the step that is missing."""

    def __init__(self, step: str) -> None:
        super().__init__(step)
        self.step = step


class Forbidden(Exception):  # noqa: N818 - an answer
    """A member, but not of a role this place serves."""


class NotHere(Exception):  # noqa: N818 - an answer
    """What was asked for is not there, or is another organisation's: nobody is told which."""


def present(found: Found | None) -> Found:
    """What a query found; raises NotHere for None."""
    if found is None:
        raise NotHere
    return found


def allow(*roles: Role) -> Guard:
    """Guard for a router or handler: members of these roles with a complete sign-in; no role named means all."""
    return _guard(frozenset(roles), frozenset({"open"}))


def allow_unfinished(step: sessions.Step) -> Guard:
    """Guard for the screens of a sign-in that is under way."""
    return _guard(frozenset(), frozenset({step}))


def allow_open_or(step: sessions.Step) -> Guard:
    """Guard for a screen that serves both a step of sign-in and a signed-in member."""
    return _guard(frozenset(), frozenset({"open", step}))


async def signed_in_member(request: AnyRequest) -> Member:
    """The dependency named `member`: whom the guard let in."""
    member: Member | None = getattr(request.state, "member", None)
    if member is None:
        raise NotSignedIn({})
    return member


async def member_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Member | None:
    """Who asks, whatever step their sign-in has reached; for pages that are open to everybody."""
    access: Access = connection.app.state.access
    token = cookies.session_token(connection, access.settings)
    is_background = BACKGROUND_HEADER in connection.headers or connection.url.path.endswith("/live")
    return await sessions.resume(access, token, is_background=is_background)


def _guard(roles: frozenset[Role], steps: frozenset[str]) -> Guard:
    async def guard(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        member = await member_of(connection)
        if member is None:
            raise NotSignedIn(await _typed(connection))
        if member.step not in steps:
            raise Unfinished(member.step)
        if roles and member.role not in roles:
            raise Forbidden
        connection.state.member = member

    return guard


async def _typed(connection: ASGIConnection[Any, Any, Any, Any]) -> Mapping[str, str]:
    """The fields of a small posted form. Read here, because what answers the exception cannot wait for a body."""
    length = connection.headers.get("content-length", "")
    if not isinstance(connection, Request) or connection.method != "POST":
        return {}
    if not length.isdecimal() or int(length) > FORM_LIMIT_BYTES:
        return {}
    return await posted(connection)
