"""Units against the limits of the organisation's rules: who has used how many, and who is near a limit or past it."""

from __future__ import annotations

from typing import Any, Final

from litestar import Response, get
from litestar.di import NamedDependency

from server.auth import audit
from server.auth.access import Access
from server.auth.guards import BACKGROUND_HEADER
from server.auth.sessions import Member
from server.dashboard.periods import civil, day_of
from server.dashboard.scene import Scene, look
from server.dashboard.shown import shown
from server.dashboard.unit_limits import ORDER, Use, Used, has_limit, used
from server.dashboard.unit_sums import Piece, UnitSums
from server.dashboard.waiting import waiting
from server.responses import AnyRequest
from sync.units import period_start

LIST_LIMIT: Final = 200
DAYS_SHOWN: Final = 28


@get("/units")
async def show(request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member]) -> Response[Any]:
    """`on`: as of which day; today otherwise. Whom it is about stands here, so the look is noted."""
    async with access.storage.read() as rows:
        scene = await look(request, access, member, rows)
        sums = await scene.units.current(rows, scene.settings)
        waits = await waiting(rows, scene)
    given = request.query_params.get("on", "").strip()
    day = day_of(given) if given else scene.today
    problems = [] if day is not None else [{"field": "on", "text": scene.text("dashboard.problem.date")}]
    on = scene.today if day is None else day
    found = everybody(scene, sums, on)
    listed = found[:LIST_LIMIT]
    if BACKGROUND_HEADER not in request.headers:
        await audit.note_list(access, member, "units", len(listed))
    view = {
        "limits": limits_view(scene, on),
        "on": civil(on),
        "problems": problems,
        "rows": [
            {"doc": bucket[2:], "name": scene.person_name(bucket[2:]), **used_view(scene, one)}
            for bucket, one in listed
        ],
        "left_out": len(found) - len(listed),
        "counts": {standing: sum(one.standing == standing for _, one in found) for standing in ORDER},
    }
    return shown(request, scene, waits, "dashboard/units.html", view)


def everybody(scene: Scene, sums: UnitSums, on: int) -> list[tuple[str, Used]]:
    """Bucket and use of everybody with a unit on the day or in its period: past a limit first, then the fullest."""
    rule, near = scene.settings.units, scene.settings.rules.near_percent
    conditions, remembered = sums.remembered
    if conditions == (sums.head, rule, near, on):
        return list(remembered)
    found = [(bucket, used(pieces, rule, on, near)) for bucket, pieces in sums.people.items()]
    some = [(bucket, one) for bucket, one in found if one.day.paid or one.period.paid or one.standing == "over"]
    ordered = sorted(
        some,
        key=lambda pair: (
            ORDER.index(pair[1].standing),
            -max(pair[1].day.percent, pair[1].period.percent),
            -pair[1].period.paid,
            scene.person_name(pair[0][2:]),
        ),
    )
    sums.remembered = ((sums.head, rule, near, on), ordered)
    return ordered


def limits_view(scene: Scene, on: int) -> dict[str, Any]:
    """What the rules allow, as of a day."""
    rule = scene.settings.units
    has_period = rule.period != "none" and rule.max_per_period > 0
    return {
        "has_limit": has_limit(rule),
        "per_day": rule.max_per_day,
        "per_period": rule.max_per_period if has_period else 0,
        "period": rule.period if has_period else "none",
        "months": rule.rolling_months,
        "from_day": civil(period_start(on, rule)) if has_period else "",
        "near": scene.settings.rules.near_percent,
    }


def used_view(scene: Scene, one: Used) -> dict[str, Any]:
    return {"standing": one.standing, "day": _use_view(scene, one.day), "period": _use_view(scene, one.period)}


def person_view(scene: Scene, pieces: list[Piece]) -> dict[str, Any]:
    """One person's units: against the limits of today, and day by day of the last four weeks."""
    first, near = scene.today - DAYS_SHOWN + 1, scene.settings.rules.near_percent
    days = sorted({one.day for one in pieces if first <= one.day <= scene.today}, reverse=True)
    return {
        "limits": limits_view(scene, scene.today),
        **used_view(scene, used(pieces, scene.settings.units, scene.today, near)),
        "days": [_day_view(scene, day, [one for one in pieces if one.day == day]) for day in days],
        "days_shown": DAYS_SHOWN,
    }


def _day_view(scene: Scene, day: int, pieces: list[Piece]) -> dict[str, Any]:
    return {
        "date": civil(day),
        "contacts": len(pieces),
        "made": scene.unit_words(sum(one.made for one in pieces)),
        "paid": scene.unit_words(sum(one.paid for one in pieces)),
        "standing": used(pieces, scene.settings.units, day, scene.settings.rules.near_percent).day.standing,
    }


def _use_view(scene: Scene, use: Use) -> dict[str, Any]:
    return {
        "paid": scene.unit_words(use.paid),
        "limit": scene.unit_words(use.limit),
        "past": scene.unit_words(use.past),
        "percent": use.percent,
        "standing": use.standing,
    }
