"""Office pages: a template in the reader's language, inside the frame of who is signed in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from litestar import Response

from server.auth.language import language
from server.auth.sessions import Member
from server.responses import AnyRequest
from server.templating.catalogue import Lang, catalogue
from server.templating.environment import render
from sync.records.kind import Role

OFFICE_ROLES: Final[frozenset[Role]] = frozenset({"supervisor", "administrator"})
LANGUAGE_HEADER: Final = "Accept-Language"


class Place(msgspec.Struct, frozen=True):
    """One entry of the navigation. The longest `href` that the page's path begins with is the current one."""

    href: str
    key: str
    icon: str


DASHBOARD: Final = (
    Place("/dashboard", "account.place.attention", "circle-alert"),
    Place("/dashboard/review", "account.place.review", "clipboard-check"),
    Place("/dashboard/caseloads", "account.place.caseloads", "users-round"),
    Place("/dashboard/notes", "account.place.notes", "notebook-text"),
    Place("/dashboard/activity", "account.place.activity", "chart-column"),
    Place("/dashboard/units", "account.place.units", "gauge"),
    Place("/dashboard/referrals", "account.place.referrals", "send"),
    Place("/dashboard/outcomes", "account.place.outcomes", "smile"),
    Place("/dashboard/exports", "account.place.exports", "file-down"),
    Place("/dashboard/accounting", "account.place.accounting", "list-checks"),
    Place("/dashboard/sessions", "account.place.sessions", "users"),
    Place("/dashboard/credentials", "account.place.credentials", "calendar-check"),
    Place("/dashboard/phones", "account.place.phones", "smartphone"),
    Place("/dashboard/quarantine", "account.place.quarantine", "inbox"),
)
ADMINISTRATION: Final = (
    Place("/administration/people", "account.place.members", "users"),
    Place("/administration/participants", "account.place.participants", "heart-handshake"),
    Place("/administration/sites", "account.place.sites", "map-pin"),
    Place("/administration/resources", "account.place.directory", "book-open"),
    Place("/administration/instruments", "account.place.instruments", "clipboard-check"),
    Place("/administration/organisation", "account.place.organisation", "building-2"),
    Place("/administration/rules", "account.place.rules", "scale"),
    Place("/administration/import", "account.place.import", "file-up"),
    Place("/administration/phones", "account.place.manage_phones", "smartphone"),
    Place("/administration/backups", "account.place.backups", "database-backup"),
    Place("/administration/access", "account.place.access", "scroll-text"),
)


def page(
    request: AnyRequest,
    template: str,
    view: Mapping[str, Any],
    status: int = 200,
    counts: Mapping[str, int] | None = None,
) -> Response[str]:
    """An HTML answer. `counts`: number beside a place of the navigation, by its href."""
    member: Member | None = getattr(request.state, "member", None)
    lang = language_of(request)
    frame = frame_of(member, request.url.path, lang, counts or {})
    return Response(
        render(template, {"frame": frame, **view}, lang), status_code=status, media_type="text/html; charset=utf-8"
    )


def text(request: AnyRequest, key: str, **args: Any) -> str:
    """A text of the catalogue in the reader's language, for problems that a view lists."""
    return catalogue(language_of(request)).text(key, **args)


def language_of(request: AnyRequest) -> Lang:
    """The member's own choice, else the first of the browser's that the office speaks."""
    member: Member | None = getattr(request.state, "member", None)
    return language(member.lang if member else "", request.headers.get(LANGUAGE_HEADER, ""))


def frame_of(member: Member | None, path: str, lang: Lang, counts: Mapping[str, int]) -> dict[str, Any]:
    """What `layouts/office.html` and `layouts/bare.html` need of the reader."""
    if member is None:
        return {"theme": "system", "person": "", "organisation": "", "places": []}
    groups: list[tuple[str, tuple[Place, ...]]] = [("", DASHBOARD)] if member.role in OFFICE_ROLES else []
    if member.role == "administrator":
        groups.append(("account.place.administration", ADMINISTRATION))
    every = [place.href for _, places in groups for place in places]
    current = max((href for href in every if path == href or path.startswith(f"{href}/")), key=len, default="")
    words = catalogue(lang).text
    return {
        "theme": member.theme,
        "person": member.name,
        "organisation": member.organisation,
        "places": [
            {
                "title": words(title) if title else "",
                "items": [
                    {
                        "href": place.href,
                        "text": words(place.key),
                        "icon": place.icon,
                        "is_current": place.href == current,
                        "count": counts.get(place.href, 0),
                    }
                    for place in places
                ],
            }
            for title, places in groups
        ],
    }
