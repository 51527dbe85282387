"""Sealed work of a phone that cannot, or may not, exchange any more: what becomes of it. Pure.

A sealed copy stands beside every change of an outbox from its capture on (docs/protocol.md, "Sealed copies"). The
office keeps what it has not decided and never applies it by itself: a supervisor does.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal

WITHOUT_BACKUP_MS: Final = 14 * 86_400_000
"""Where no backup is configured nothing is ever proved safe; after this long a phone may forget all the same."""


def outcome(n: int, next_n: int) -> Literal["kept", "known"]:
    """What becomes of item `n` of a device whose first undecided change is `next_n`."""
    return "known" if n < next_n else "kept"


def is_safe(seq: int, at: int, safe_seq: int, now: int) -> bool:
    """Whether an item with position `seq`, kept at `at` (ms), may be forgotten by its sender at `now`."""
    return seq <= safe_seq if safe_seq else at + WITHOUT_BACKUP_MS <= now


def is_wipe_due(left: int, kept: Iterable[tuple[int, int]], safe_seq: int, now: int) -> bool:
    """Nothing is left to deliver and all that was kept, (seq, at) each, is safe."""
    return left == 0 and all(is_safe(seq, at, safe_seq, now) for seq, at in kept)
