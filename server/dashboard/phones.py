"""Phones: what each last said of itself."""

from __future__ import annotations

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from server.auth.access import Access
from server.auth.sessions import Member
from server.dashboard.freshness import SILENT_AFTER_MS, last_heard
from server.dashboard.scene import AnyRequest, Scene, look
from server.dashboard.shown import shown
from server.dashboard.waiting import waiting
from server.storage.port import Row


@get("/phones")
async def show(request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member]) -> Response[Any]:
    async with access.storage.read() as rows:
        scene = await look(request, access, member, rows)
        waits = await waiting(rows, scene)
    phones = sorted((_row(scene, phone) for phone in scene.phones), key=lambda row: (row["is_revoked"], row["name"]))
    unsent = sum(row["unsent"] or 0 for row in phones if not row["is_revoked"])
    return shown(request, scene, waits, "dashboard/phones.html", {"phones": phones, "unsent": unsent})


def _row(scene: Scene, phone: Row) -> dict[str, Any]:
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
        "is_silent": not is_revoked and (heard is None or scene.now - heard > SILENT_AFTER_MS),
        "protection": {1: "yes", 0: "no"}.get(phone["is_storage_protected"], "unknown"),
        "app": phone["app"],
    }
