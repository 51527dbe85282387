"""Refuses requests that another site made a browser send.

Safe methods pass. Otherwise `Sec-Fetch-Site` must say same-origin or none; a browser too old to send it must name
this office in `Origin`. `/sync/*` takes no cookie, only a device's signature, and is not asked.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Final

from litestar.datastructures import Headers
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from server.settings import Settings

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
COOKIELESS_PREFIX: Final = "/sync/"


class FromAnotherSite(Exception):  # noqa: N818 - an answer
    """The request did not come from one of our own pages."""


def is_allowed(
    method: str, path: str, fetch_site: str | None, origin: str | None, *, origins: AbstractSet[str]
) -> bool:
    """True when the request may have come from one of our own pages. `origins`: what the office answers to."""
    if method in SAFE_METHODS or path.startswith(COOKIELESS_PREFIX):
        return True
    if fetch_site is not None:
        return fetch_site in {"same-origin", "none"}
    return origin is not None and origin in origins


class OriginCheck(ASGIMiddleware):
    """The check in front of every handler."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        headers = Headers.from_scope(scope)
        settings: Settings = scope["litestar_app"].state.settings
        method, path = str(scope.get("method")), scope["path"]
        if not is_allowed(
            method, path, headers.get("sec-fetch-site"), headers.get("origin"), origins=settings.origins
        ):
            raise FromAnotherSite
        await next_app(scope, receive, send)
