"""A reason that somebody must give: what was done, in their own words."""

from __future__ import annotations

from typing import Final

from server.auth.frame import text
from server.responses import AnyRequest

REASON_LIMIT: Final = 200  # as long as the `reason` of a change


def reason_of(request: AnyRequest, typed: str) -> tuple[str, str]:
    """The reason on one line, and what has to be put right ('' for nothing)."""
    reason = " ".join(typed.split())
    if not reason:
        return "", text(request, "dashboard.problem.reason_missing")
    if len(reason) > REASON_LIMIT:
        return "", text(request, "dashboard.problem.reason_long", n=REASON_LIMIT)
    return reason, ""
