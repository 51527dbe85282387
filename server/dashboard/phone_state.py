"""A phone's standing in words, with what is still on it."""

from __future__ import annotations

from typing import Any, Final

from server.dashboard.freshness import SILENT_AFTER_MS, last_heard
from server.dashboard.scene import Scene
from server.storage.phone_standing import NOTHING, Known, standing
from server.storage.port import Row

PRESSING: Final = frozenset({"behind", "forked", "locked_work", "delivering"})


def phone_state(scene: Scene, phone: Row, known: Known) -> dict[str, Any]:
    """`words` and a `detail` line; `tone` 'attention' where somebody should look."""
    how: str = standing(phone, known)
    heard = last_heard(phone)
    if how == "active" and (heard is None or scene.now - heard > SILENT_AFTER_MS):
        how = "silent"
    delivered = known.delivered.get(phone["id"], NOTHING)
    detail = ""
    if how in {"delivering", "waiting_backup", "wipe_due"}:
        detail = scene.text("dashboard.phones.delivered", n=delivered.kept)
    if how == "delivering":
        detail += " " + scene.text("dashboard.phones.left", n=phone["salvage_left"])
    if how == "locked_work":
        n = phone["reported_unsent"]
        detail = scene.text("dashboard.phones.still_on_it", n=n) if n else scene.text("dashboard.phones.unheard")
    return {
        "words": scene.text(f"dashboard.phones.state.{how}"),
        "detail": detail,
        "tone": "attention" if how in PRESSING or how == "silent" else "plain",
        "waiting": delivered.waiting,
        "kept": delivered.kept,
    }
