"""The first page: what needs attention, then what the last weeks looked like."""

from __future__ import annotations

from typing import Any, Final

from litestar import Response, get
from litestar.di import NamedDependency

from server.auth.access import Access
from server.auth.sessions import Member
from server.dashboard.activity_view import chart_view, support_view
from server.dashboard.alarms import alarm_views
from server.dashboard.periods import WEEK, periods
from server.dashboard.scene import Scene, look
from server.dashboard.shown import shown
from server.dashboard.waiting import unseen, waiting
from server.responses import AnyRequest
from server.storage import attention, backups

WEEKS_SHOWN: Final = 8
LIST_LIMIT: Final = 200


@get("/")
async def show(request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member]) -> Response[Any]:
    async with access.storage.read() as rows:
        scene = await look(request, access, member, rows)
        found = await waiting(rows, scene)
        alarms = await alarm_views(request, rows, scene, member)
        is_keeper = member.role == "administrator" and not member.is_demo
        overdue = await backups.overdue(rows, scene.now) if is_keeper else None
    first = scene.today - WEEKS_SHOWN * WEEK + 1
    made = periods(scene.sums.between(first, scene.today), first, scene.today)
    view = {
        "rows": [pending.words() for pending in found],
        "alarms": alarms,
        "backup": overdue._asdict() if overdue else None,
        "chart": chart_view(scene, made),
        "support": support_view(made),
    }
    return shown(request, scene, found, "dashboard/attention.html", view)


@get("/unseen")
async def show_unseen(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member]
) -> Response[Any]:
    """The people behind the row "not seen"."""
    async with access.storage.read() as rows:
        scene = await look(request, access, member, rows)
        people = unseen(scene)[:LIST_LIMIT]
        found = await waiting(rows, scene)
        held = await attention.specialists_of(rows, member.org, [person.bucket for person, _ in people])
    view = {"days": scene.settings.rules.unseen_days, "people": [_unseen_row(scene, held, *pair) for pair in people]}
    return shown(request, scene, found, "dashboard/unseen.html", view)


def _unseen_row(scene: Scene, held: dict[str, str], person: Any, at: int | None) -> dict[str, Any]:
    return {
        "doc": person.doc,
        "name": person.name,
        "site": scene.site_name(person.site),
        "specialist": scene.names.get(held.get(person.bucket, ""), ""),
        "at": at,
    }
