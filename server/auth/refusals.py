"""What a reader sees when the office does not let a request through. Each says what is safe and where to go on.

A form that was posted after the session had ended is answered with its own fields, to send again after signing in
in another tab: nothing typed is lost. Passphrases and codes are not among them.
"""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote

from litestar import Response
from litestar.response import Redirect

from server.auth.deciding import NotTaken
from server.auth.frame import page
from server.auth.guards import Forbidden, NotHere, NotSignedIn, Unfinished
from server.auth.origin import FromAnotherSite
from server.auth.passwords import Busy
from server.errors import Refusal
from server.responses import AnyRequest, problem_answer
from sync.messages import Problem

STEP_PATHS: Final = {"factor": "/sign-in/factor", "setup": "/account/second-factor", "open": "/"}
SECRET_FIELDS: Final = frozenset({"passphrase", "new_passphrase", "new_passphrase_again", "code"})


def not_signed_in(request: AnyRequest, error: NotSignedIn) -> Response[Any]:
    """A page leads to sign-in and back; a form is kept; an htmx request leaves its page."""
    if request.method in {"GET", "HEAD"}:
        to = f"/sign-in?then={quote(_here(request), safe='/')}"
        if "HX-Request" in request.headers:
            return Response(b"", status_code=401, headers={"HX-Redirect": to})
        return Redirect(to, status_code=303)
    kept = [(name, value) for name, value in error.typed.items() if name not in SECRET_FIELDS]
    view = {"path": request.url.path, "fields": kept, "has_secrets": len(kept) < len(error.typed)}
    return _whole_page(page(request, "account/session_ended.html", view, 401))


def unfinished(_: AnyRequest, error: Unfinished) -> Response[Any]:
    return Redirect(STEP_PATHS[error.step], status_code=303)


def forbidden(request: AnyRequest, _: Forbidden) -> Response[Any]:
    return refusal_page(request, "forbidden", 403)


def not_here(request: AnyRequest, _: NotHere) -> Response[Any]:
    return refusal_page(request, "gone", 404)


def not_taken(request: AnyRequest, _: NotTaken) -> Response[Any]:
    """Nothing was kept; going back still has what was typed."""
    return refusal_page(request, "undecided", 409)


def from_another_site(request: AnyRequest, _: FromAnotherSite) -> Response[Any]:
    return refusal_page(request, "another_site", 403)


def busy(request: AnyRequest, _: Busy) -> Response[Any]:
    if request.url.path.startswith("/sync/"):
        return problem_answer(Refusal(503, Problem("BUSY", retry_after_s=5)))
    answer = refusal_page(request, "busy", 503)
    answer.headers["Retry-After"] = "5"
    return answer


def refusal_page(request: AnyRequest, why: str, status: int) -> Response[str]:
    """`why`: forbidden, another_site, busy, gone or undecided."""
    return _whole_page(page(request, "account/refused.html", {"why": why}, status))


def _whole_page(answer: Response[str]) -> Response[str]:
    """An htmx request for a part of a page gets the whole page instead of a page within a page."""
    answer.headers["HX-Retarget"] = "body"
    answer.headers["HX-Reswap"] = "innerHTML"
    return answer


def _here(request: AnyRequest) -> str:
    query = request.url.query
    return f"{request.url.path}?{query}" if query else request.url.path


exception_handlers: Final[dict[type[Exception], Any]] = {
    NotSignedIn: not_signed_in,
    Unfinished: unfinished,
    Forbidden: forbidden,
    NotHere: not_here,
    NotTaken: not_taken,
    FromAnotherSite: from_another_site,
    Busy: busy,
}
