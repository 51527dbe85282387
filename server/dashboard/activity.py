"""Activity: contacts by day, site and kind over a range that the reader chooses."""

from __future__ import annotations

from typing import Any, Final

from litestar import Response, get
from litestar.di import NamedDependency

from server.auth.access import Access
from server.auth.sessions import Member
from server.dashboard.activity_view import by_period, chart_view, totals, units_words, with_units
from server.dashboard.periods import civil, day_of, periods
from server.dashboard.scene import Scene, look
from server.dashboard.shown import shown
from server.dashboard.waiting import waiting
from server.responses import AnyRequest

DEFAULT_DAYS: Final = 84
LONGEST_DAYS: Final = 731
PRESETS: Final = (7, 28, 84)


@get("/activity")
async def show(request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member]) -> Response[Any]:
    async with access.storage.read() as rows:
        scene = await look(request, access, member, rows)
        units = await scene.units.counted(rows, scene.settings, scene.standing.head)
        found = await waiting(rows, scene)
    first, last, problems = span(request, scene)
    made = periods(scene.sums.between(first, last), first, last)
    told = units.between(first, last) if units else None
    sites = with_units(scene, totals(made, "site"), told, "site")
    for row in sites:
        row["name"] = scene.site_name(row["value"]) or scene.text("dashboard.elsewhere")
    view = {
        "first": civil(first),
        "last": civil(last),
        "problems": problems,
        "presets": [{"days": n, "first": civil(scene.today - n + 1), "last": civil(scene.today)} for n in PRESETS],
        "notes": sum(period.notes for period in made),
        "minutes": sum(row["minutes"] for row in sites),
        "chart": chart_view(scene, made),
        "table_by_period": by_period(scene, made, told),
        "sites": sites,
        "kinds": with_units(scene, totals(made, "contact_kind"), told, "kind"),
        "is_counted": told is not None,
        "units_made": units_words(scene, told, "made"),
        "units_paid": units_words(scene, told, "paid"),
    }
    return shown(request, scene, found, "dashboard/activity.html", view)


def span(request: AnyRequest, scene: Scene) -> tuple[int, int, list[dict[str, str]]]:
    """First and last day of the query's `from` and `to`; the last twelve weeks, and what was wrong, otherwise."""
    given = {name: request.query_params.get(name, "").strip() for name in ("from", "to")}
    default = (scene.today - DEFAULT_DAYS + 1, scene.today)
    first = day_of(given["from"]) if given["from"] else default[0]
    last = day_of(given["to"]) if given["to"] else default[1]
    if first is None or last is None:
        field = "from" if first is None else "to"
        return *default, [{"field": field, "text": scene.text("dashboard.problem.date")}]
    if first > last:
        return *default, [{"field": "to", "text": scene.text("dashboard.problem.order")}]
    if last - first >= LONGEST_DAYS:
        return *default, [{"field": "from", "text": scene.text("dashboard.problem.long", years=2)}]
    return first, last, []
