"""Refuses requests that another site made a browser send.

Safe methods pass. Otherwise `Sec-Fetch-Site` must say same-origin or none; a browser too old to send it must name
this office in `Origin`. `/sync/*` takes no cookie, only a device's signature, and is not asked.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
COOKIELESS_PREFIX: Final = "/sync/"
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


def is_allowed(method: str, path: str, fetch_site: str | None, origin: str | None, public_url: str) -> bool:
    """True when the request may have come from one of our own pages."""
    if method in SAFE_METHODS or path.startswith(COOKIELESS_PREFIX):
        return True
    if fetch_site is not None:
        return fetch_site in {"same-origin", "none"}
    return origin is not None and is_same_origin(origin, public_url)


def is_same_origin(origin: str, public_url: str) -> bool:
    """Scheme, host and port agree; the names of the loopback are one host."""
    try:
        given, ours = urlsplit(origin), urlsplit(public_url)
        ports = (given.port or _port(given.scheme), ours.port or _port(ours.scheme))
    except ValueError:
        return False
    is_host = given.hostname == ours.hostname or {given.hostname, ours.hostname} <= _LOOPBACK
    return given.scheme == ours.scheme and is_host and ports[0] == ports[1]


def _port(scheme: str) -> int:
    return {"https": 443, "http": 80}.get(scheme, 0)
