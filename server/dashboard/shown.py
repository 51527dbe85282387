"""Every page of the dashboard carries the same frame, with the number of things that wait beside its first place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from litestar import Response

from server.auth.frame import page
from server.dashboard.scene import Scene
from server.dashboard.waiting import Pending
from server.responses import AnyRequest

ON_HOLD: Final = frozenset({"salvaged", "quarantined"})


def shown(
    request: AnyRequest, scene: Scene, rows: Sequence[Pending], template: str, view: Mapping[str, Any]
) -> Response[Any]:
    """The page; 422 when its view says that something has to be put right."""
    status = 422 if view.get("problems") else 200
    counts = {
        "/dashboard": len(rows),
        "/dashboard/review": sum(row.count for row in rows if row.kind == "review"),
        "/dashboard/quarantine": sum(row.kind in ON_HOLD for row in rows),
    }
    return page(request, template, {**scene.base_view(), **view}, status, counts)
