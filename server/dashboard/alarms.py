"""Alarms: what a restore, or a copied phone, has brought to light. They stand on top until somebody has seen them."""

from __future__ import annotations

from typing import Any

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from server.auth import audit
from server.auth.access import Access
from server.auth.forms import posted
from server.auth.guards import NotHere, allow
from server.auth.sessions import Member
from server.dashboard.scene import Scene
from server.responses import AnyRequest
from server.storage import alarms
from server.storage.port import Rows, Transaction
from server.templating.filters import Filters


@post("/alarms/seen", status_code=200, guards=[allow("administrator")])
async def seen(request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member]) -> Response[Any]:
    """`alarm` names one by its id; `phone` and `first`, numbers that are lost."""
    form = await posted(request)
    now, number = access.now(), form["alarm"] or form["first"]
    if not number.isdecimal() or len(number) > 18:
        raise NotHere

    async def act(tx: Transaction) -> None:
        if form["alarm"]:
            is_done = await alarms.acknowledge(tx, member.org, int(number), by=member.person, now=now)
        else:
            is_done = await alarms.acknowledge_lost(
                tx, member.org, form["phone"], int(number), by=member.person, now=now
            )
        if not is_done:
            raise NotHere
        await audit.note(tx, member, "alarm_acknowledged", form["phone"] or number, now=now)

    await access.storage.write(act)
    return Redirect("/dashboard", status_code=303)


async def alarm_views(request: AnyRequest, rows: Rows, scene: Scene, member: Member) -> list[dict[str, Any]]:
    """What stands on top of the first page. Everybody learns that the office is out of service."""
    views: list[dict[str, Any]] = []
    if request.app.state.get("behind", "") not in {"", "empty"}:
        title, words = scene.text("administration.backups.behind"), scene.text("dashboard.alarm.behind_text")
        views.append({"title": title, "text": words, "tone": "safety", "fields": []})
    if member.role != "administrator":
        return views
    return [
        *views,
        *(_alarm(scene, one) for one in await alarms.alarms(rows, scene.org)),
        *(_lost(scene, one) for one in await alarms.lost(rows, scene.org)),
    ]


def _alarm(scene: Scene, one: alarms.Alarm) -> dict[str, Any]:
    name, ago = scene.names.get(one.person, "–"), Filters(scene.words).ago(one.last_at, scene.now)
    return {
        "title": scene.text(f"dashboard.alarm.{one.kind}", name=name),
        "text": scene.text(f"dashboard.alarm.{one.kind}_text", name=name, ago=ago),
        "tone": "attention",
        "fields": [{"name": "alarm", "value": str(one.id)}],
    }


def _lost(scene: Scene, one: alarms.Lost) -> dict[str, Any]:
    name, many = scene.names.get(one.person, "–"), one.last_n - one.first_n + 1
    return {
        "title": scene.text("dashboard.alarm.lost", n=many, name=name),
        "text": scene.text(
            "dashboard.alarm.given_up_text" if one.by_person else "dashboard.alarm.lost_text",
            name=name,
            by=scene.names.get(one.by_person or "", "–"),
            date=Filters(scene.words).full_date(one.at, scene.zone),
        ),
        "tone": "attention",
        "fields": [{"name": "phone", "value": one.device}, {"name": "first", "value": str(one.first_n)}],
    }
