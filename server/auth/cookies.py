"""The office's two cookies. PUBLIC_URL decides their shape: `__Host-` and Secure over https, plain on the loopback.

SameSite is Lax: a link in a mail may open a page, and every request that changes something is checked for its
origin besides (`origin.py`). Neither cookie holds anything but random bits.
"""

from __future__ import annotations

from typing import Any, Final

from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie

from server.settings import Settings

Connection = ASGIConnection[Any, Any, Any, Any]

SESSION: Final = "alongside-session"
BROWSER: Final = "alongside-browser"
BROWSER_LIFE_S: Final = 400 * 24 * 3600


def session_cookie(settings: Settings, token: str) -> Cookie:
    """The session's token; '' takes the cookie away. It ends with the browser, the session itself earlier."""
    return _cookie(settings, SESSION, token, None if token else 0)


def browser_cookie(settings: Settings, token: str) -> Cookie:
    """Proof that this browser has signed in before: a budget of attempts, no permission."""
    return _cookie(settings, BROWSER, token, BROWSER_LIFE_S)


def session_token(connection: Connection, settings: Settings) -> str:
    """As the browser sent it; '' without one."""
    return connection.cookies.get(_name(settings, SESSION), "")


def browser_token(connection: Connection, settings: Settings) -> str:
    """What this browser is known by after an earlier sign-in; '' without one."""
    return connection.cookies.get(_name(settings, BROWSER), "")


def _cookie(settings: Settings, name: str, value: str, life_s: int | None) -> Cookie:
    return Cookie(
        key=_name(settings, name), value=value, path="/", max_age=life_s,
        secure=settings.is_https, httponly=True, samesite="lax",
    )  # fmt: skip


def _name(settings: Settings, name: str) -> str:
    return f"__Host-{name}" if settings.is_https else name
