"""How far a phone has come, as far as the office can know: in use, locked with work still on it, safe to be wiped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from server.storage import backups
from server.storage.port import Row, Rows
from sync.salvage import is_safe

Standing = Literal[
    "active", "behind", "forked", "locked", "locked_work", "delivering", "waiting_backup", "wipe_due", "wipe_ordered"
]


class Delivered(msgspec.Struct, frozen=True):
    """Sealed copies of a device that arrived, and how many of them wait. `seq`, `at`: of the newest."""

    kept: int
    waiting: int
    seq: int
    at: int


class Known(msgspec.Struct, frozen=True):
    """What all phones are judged by. `restored_at`: of the last restore, None if there was none."""

    delivered: Mapping[str, Delivered]
    safe_seq: int
    restored_at: int | None
    now: int


NOTHING = Delivered(0, 0, 0, 0)


async def known(rows: Rows, org: int, now: int) -> Known:
    """In three reads, whatever the number of phones. `now`: ms."""
    found = await rows.all("devices.delivered", org=org)
    return Known(
        delivered={row["id"]: Delivered(row["kept"], row["waiting"], row["seq"], row["at"]) for row in found},
        safe_seq=await backups.safe_seq(rows, org),
        restored_at=await backups.last_restore(rows),
        now=now,
    )


def standing(phone: Row, known: Known) -> Standing:
    """`phone`: a row of `devices.phones`."""
    if phone["state"] == "active":
        if phone["forked_at"] is not None:
            return "forked"
        return "behind" if _is_behind(phone, known.restored_at) else "active"
    if phone["mode"] == "wipe_now":
        return "wipe_ordered"
    if phone["salvage_left"] is None:
        return "locked_work" if phone["reported_unsent"] or phone["reported_at"] is None else "locked"
    if phone["salvage_left"]:
        return "delivering"
    delivered = known.delivered.get(phone["id"], NOTHING)
    is_due = not delivered.kept or is_safe(delivered.seq, delivered.at, known.safe_seq, known.now)
    return "wipe_due" if is_due else "waiting_backup"


def _is_behind(phone: Row, restored_at: int | None) -> bool:
    """Not heard since the restore: it may hold what the backup did not."""
    if restored_at is None or phone["enrolled_at"] >= restored_at:
        return False
    return max(phone["last_push_at"] or 0, phone["last_pull_at"] or 0) < restored_at
