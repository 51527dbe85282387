"""How far the office's figures can be trusted: which phones it has heard, and how long ago."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from server.storage.port import Row

HEARD_WITHIN_MS: Final = 24 * 3600 * 1000
SILENT_AFTER_MS: Final = 72 * 3600 * 1000


class Freshness(msgspec.Struct, frozen=True):
    """Of `phones` active ones, `heard` spoke within a day. `oldest_at`: when the quietest did, None if one never."""

    phones: int
    heard: int
    oldest_at: int | None


def freshness(phones: Sequence[Row], now: int) -> Freshness:
    """Of the active phones; a revoked one says nothing more and withholds nothing."""
    active = [last_heard(phone) for phone in phones if phone["state"] == "active"]
    heard = sum(at is not None and now - at <= HEARD_WITHIN_MS for at in active)
    known = [at for at in active if at is not None]
    return Freshness(len(active), heard, min(known) if known and len(known) == len(active) else None)


def last_heard(phone: Row) -> int | None:
    """The last exchange of any kind (ms)."""
    times = [phone[key] for key in ("last_push_at", "last_pull_at", "reported_at") if phone[key] is not None]
    return max(times, default=None)
