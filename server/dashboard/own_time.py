"""The team's own time: hours of supervision, training, travel and paperwork, as a plain table in order of names."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, Final, get_args

from litestar import Response, get
from litestar.di import NamedDependency

from server.auth import audit
from server.auth.access import Access
from server.auth.guards import BACKGROUND_HEADER
from server.auth.sessions import Member
from server.dashboard.activity import span
from server.dashboard.periods import instants
from server.dashboard.scene import Scene, look
from server.dashboard.sessions import range_view
from server.dashboard.shown import shown
from server.dashboard.waiting import waiting
from server.responses import AnyRequest
from server.storage import worked
from server.storage.forms import forms
from server.templating.catalogue import Lang
from sync.records.work_time import Activity

ACTIVITIES: Final[tuple[str, ...]] = get_args(Activity)


@get("/sessions/own-time")
async def show(request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member]) -> Response[Any]:
    async with access.storage.read() as rows:
        scene = await look(request, access, member, rows)
        first, last, problems = span(request, scene)
        found = await worked.times(rows, member.org, *instants(first, last, scene.zone))
        waits = await waiting(rows, scene)
    if BACKGROUND_HEADER not in request.headers:
        await audit.note_list(access, member, "work_time", sum(one.entries for one in found))
    view = {
        **range_view(scene, first, last, problems),
        "activities": [words for _, words in named(scene.words.lang)],
        "rows": by_name(scene, found),
        "minutes": sum(one.minutes for one in found),
    }
    return shown(request, scene, waits, "dashboard/own_time.html", view)


def by_name(scene: Scene, found: list[worked.WorkTime]) -> list[dict[str, Any]]:
    """One row a specialist, in the order of their names: nobody is ranked."""
    minutes: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for one in found:
        minutes[one.author][one.activity] = one.minutes
    rows = [
        {
            "name": scene.names.get(author, ""),
            "minutes": [of_one.get(activity, 0) for activity in ACTIVITIES],
            "all": sum(of_one.values()),
        }
        for author, of_one in minutes.items()
    ]
    return sorted(rows, key=lambda row: str(row["name"]))


def named(lang: Lang) -> list[tuple[str, str]]:
    """Activities and what the form calls them, in the order of the record."""
    newest = max((form for form in forms().values() if form.name == "own_time"), key=lambda form: form.version)
    field = newest.field("activity")
    words = {option.value: option.label.in_(lang) for option in field.options} if field else {}
    return [(activity, words.get(activity, activity)) for activity in ACTIVITIES]
