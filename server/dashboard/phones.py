"""Phones: what each last said of itself, and how far a locked one has come."""

from __future__ import annotations

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from server.auth.access import Access
from server.auth.sessions import Member
from server.dashboard.freshness import last_heard
from server.dashboard.phone_state import phone_state
from server.dashboard.scene import Scene, look
from server.dashboard.shown import shown
from server.dashboard.waiting import waiting
from server.responses import AnyRequest
from server.storage import phone_standing
from server.storage.phone_standing import Known
from server.storage.port import Row


@get("/phones")
async def show(request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member]) -> Response[Any]:
    async with access.storage.read() as rows:
        scene = await look(request, access, member, rows)
        waits = await waiting(rows, scene)
        known = await phone_standing.known(rows, member.org, scene.now)
    listed = [_row(scene, phone, known) for phone in scene.phones]
    phones = sorted(listed, key=lambda row: (row["is_revoked"], row["name"]))
    unsent = sum(row["unsent"] or 0 for row in phones if not row["is_revoked"])
    return shown(request, scene, waits, "dashboard/phones.html", {"phones": phones, "unsent": unsent})


def _row(scene: Scene, phone: Row, known: Known) -> dict[str, Any]:
    heard = last_heard(phone)
    is_revoked = phone["state"] == "revoked"
    return {
        "id": phone["id"],
        "name": scene.names.get(phone["person"], "–"),
        "is_revoked": is_revoked,
        "revoked_at": phone["revoked_at"],
        "unsent": phone["reported_unsent"],
        "oldest": phone["reported_oldest"] if phone["reported_unsent"] else None,
        "drafts": phone["reported_drafts"],
        "heard": heard,
        "reported_at": phone["reported_at"],
        "state": phone_state(scene, phone, known),
        "protection": {1: "yes", 0: "no"}.get(phone["is_storage_protected"], "unknown"),
        "app": phone["app"],
    }
