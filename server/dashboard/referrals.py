"""/dashboard/referrals: who still waits to get somewhere, those to be asked about first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Any, get_args

from litestar import Response, get
from litestar.di import NamedDependency

from server.auth import audit
from server.auth.access import Access
from server.auth.sessions import Member
from server.dashboard.periods import civil
from server.dashboard.scene import Scene, look
from server.dashboard.shown import shown
from server.dashboard.waiting import waiting
from server.responses import AnyRequest
from server.storage import links
from server.storage.links import Referral
from sync.records.referral import ENDED, ReferralStatus, newest_step


@get("/referrals")
async def show(request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member]) -> Response[Any]:
    async with access.storage.read() as rows:
        scene = await look(request, access, member, rows)
        found = await waiting(rows, scene)
        every = await scene.standing.remembered("referrals", partial(links.referrals, rows, member.org))
    lines = [_line(scene, one) for one in every]
    open_ones = [line for line in lines if line["status"] not in ENDED and line["is_active"]]
    await audit.note_list(access, member, "referrals", len(open_ones))
    view = {
        "waiting": sorted(open_ones, key=lambda line: (line["follow_up_on"] or "9999", line["name"], line["need"])),
        "counts": _counts(scene, lines),
        "all": len(lines),
    }
    return shown(request, scene, found, "dashboard/referrals.html", view)


def _line(scene: Scene, one: Referral) -> dict[str, Any]:
    fields = one.fields
    day, status = newest_step(fields.steps) or ("", "offered")
    person = scene.sums.people.get(fields.participant)
    return {
        "name": scene.person_name(fields.participant),
        "is_active": person is not None and person.is_active,
        "need": fields.need,
        "place": fields.place,
        "is_warm": fields.is_warm,
        "status": status,
        "since": day,
        "follow_up_on": fields.follow_up_on,
        "is_due": bool(fields.follow_up_on) and fields.follow_up_on <= civil(scene.today),
        "specialist": scene.names.get(one.author, "–"),
    }


def _counts(scene: Scene, lines: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """How many referrals stand where, from offered to closed."""
    counted = Counter(line["status"] for line in lines)
    return [
        {"status": scene.text(f"links.status.{status}"), "n": counted[status]}
        for status in get_args(ReferralStatus)
        if counted[status]
    ]
