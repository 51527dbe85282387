"""Sealed work of one phone in words: what waits, what became of the rest, how far the phone itself has come."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from server.dashboard.change_view import change_view
from server.dashboard.phone_state import phone_state
from server.dashboard.scene import Scene
from server.dashboard.waiting_words import code_words
from server.storage import phone_standing
from server.storage.port import Row, Rows
from server.storage.salvage import Item, Keeper
from sync.ids import receipt_code

RECEIVED: Final = frozenset({"applied", "merged", "noop"})


async def salvage_view(  # noqa: PLR0917 - where, whose, what
    rows: Rows,
    scene: Scene,
    owner: Keeper,
    phone: Row | None,
    items: Sequence[Item],
    opened: tuple[int, bytes | None] | None,
) -> dict[str, Any]:
    """The page's view. `opened`: the one item that is shown whole, None in place of its bytes if it does not open."""
    known = await phone_standing.known(rows, scene.org, scene.now)
    waits = [one for one in items if one.state == "waiting"]
    done = [one for one in items if one.state != "waiting"]
    return {
        "device": owner.id,
        "name": scene.names.get(owner.person, "–"),
        "state": phone_state(scene, phone, known) if phone else None,
        "waits": [await _waiting(rows, scene, one, opened) for one in waits],
        "done": [_done(scene, one) for one in reversed(done)],
        "counts": {
            "received": sum(one.outcome in RECEIVED for one in done),
            "back": sum(one.outcome == "rejected" and one.state == "filed" for one in done),
            "aside": sum(one.state == "set_aside" for one in done),
        },
    }


async def _waiting(
    rows: Rows, scene: Scene, one: Item, opened: tuple[int, bytes | None] | None
) -> dict[str, Any]:
    raw = opened[1] if opened and opened[0] == one.id else None
    return {
        "id": str(one.id),
        "n": one.n,
        "at": one.at,
        "by": brought(scene, one.via, one.brought_by),
        "is_open": bool(opened and opened[0] == one.id),
        "change": await change_view(rows, scene, raw) if raw is not None else None,
    }


def brought(scene: Scene, via: str, by: str | None) -> str:
    """'The phone itself', or 'A file, brought in by Ruth'."""
    if "file" in via:
        return scene.text("dashboard.salvage.via_file", name=scene.names.get(by or "", "–"))
    return scene.text("dashboard.salvage.via_phone")


def _done(scene: Scene, one: Item) -> dict[str, Any]:
    if one.state == "set_aside":
        became, detail = "aside", one.reason or ""
    elif one.outcome in RECEIVED:
        became, detail = "received", ""
    elif one.outcome == "quarantined":
        became, detail = "held", ""
    else:
        became, detail = "back", code_words(scene, one.code or "")
    return {
        "n": one.n,
        "became": became,
        "detail": detail,
        "code": receipt_code(one.settled_seq) if one.settled_seq else "",
        "by": scene.names.get(one.settled_by or "", "–"),
        "at": one.settled_at,
    }
