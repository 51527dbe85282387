"""/administration/access: who did or read what, without a word of content. Reading it is noted too."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from server.administration.paging import ROWS_A_PAGE
from server.auth import audit
from server.auth.access import Access
from server.auth.audit import ACTIONS
from server.auth.frame import page, text
from server.auth.sessions import Member
from server.responses import AnyRequest
from server.storage import accounts
from server.storage.access_reading import END, AccessRow, Filter, access_rows
from server.storage.organisation_settings import zone_of
from server.storage.port import Transaction

PATH: Final = "/administration/access"


@get("/access")
async def listing(
    request: AnyRequest,
    access: NamedDependency[Access],
    member: NamedDependency[Member],
    *,
    person: FromQuery[str] = "",
    kind: FromQuery[str] = "",
    since: FromQuery[str] = "",
    until: FromQuery[str] = "",
    before: FromQuery[str] = "",
) -> Response[Any]:
    """`since`, `until`: days in the organisation's zone, both included; `before`: `at-id` of the row to go on below."""
    kind = kind if kind in ACTIONS else ""
    async with access.storage.read() as rows:
        zone = await zone_of(rows, member.org)
        names = await accounts.names(rows, member.org)
        person = person if person in names else ""
        wanted = Filter(person, kind, _start(since, zone), _start(until, zone, days_on=1) or END, _row(before))
        found = await access_rows(rows, member.org, wanted, ROWS_A_PAGE + 1)

    async def note(tx: Transaction) -> None:
        await audit.note(tx, member, "log_read", None, now=access.now())

    await access.storage.write(note)
    query = {"person": person, "kind": kind, "since": since, "until": until}
    shown = found[:ROWS_A_PAGE]
    last = f"{shown[-1].at}-{shown[-1].id}" if len(found) > ROWS_A_PAGE else ""
    older = f"{PATH}?{urlencode({**query, 'before': last})}" if last else ""
    view = {
        "rows": [_words(request, row) for row in shown], "zone": zone, "now": access.now(), "filter": query,
        "older": older, "newest": f"{PATH}?{urlencode(query)}" if before else "",
        "people": [{"value": value, "text": name} for value, name in sorted(names.items(), key=lambda pair: pair[1])],
        "kinds": [{"value": action, "text": text(request, f"administration.access.{action}")} for action in ACTIONS],
    }  # fmt: skip
    return page(request, "administration/access.html", view)


def _words(request: AnyRequest, row: AccessRow) -> dict[str, Any]:
    action = f"administration.access.{row.action}" if row.action in ACTIONS else "administration.access.other"
    return {
        "at": row.at, "actor": row.actor_name or row.actor or "", "action": text(request, action),
        "subject": row.subject_name or row.subject or "", "detail": row.detail or "", "number": row.number,
        "is_subject_id": row.subject is not None and row.subject_name is None,
    }  # fmt: skip


def _row(before: str) -> tuple[int, int]:
    """Place of a row in the log; the newest end when `before` names none."""
    at, _, row = before.partition("-")
    is_place = at.isdecimal() and row.isdecimal() and len(before) < 40
    return (min(int(at), END), min(int(row), END)) if is_place else (END, END)


def _start(day: str, zone: str, days_on: int = 0) -> int:
    """First instant of a civil day, or of one some days on; 0 when `day` is no date."""
    try:
        first = datetime.combine(date.fromisoformat(day) + timedelta(days=days_on), time.min, ZoneInfo(zone))
        return max(0, int(first.timestamp() * 1000))
    except (ValueError, OverflowError, KeyError):
        return 0


handlers = [listing]
