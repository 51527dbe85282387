"""Sealed work of a phone that cannot, or may not, exchange any more: what becomes of it. Pure.

A sealed copy stands beside every change of an outbox from its capture on (docs/protocol.md, "Sealed copies"). The
office keeps what it has not decided and never applies it by itself: a supervisor does.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal

WITHOUT_BACKUP_MS: Final = 14 * 86_400_000
"""Where no backup is configured nothing is ever proved safe; after this long a phone may forget all the same."""


def outcome(*, is_settled: bool) -> Literal["kept", "known"]:
    """What becomes of an envelope. `is_settled`: this very envelope was opened and filed, set aside, or found decided.

    That n is decided says nothing: the office may have decided other bytes, those of a copy of the phone. What is
    inside is compared when a supervisor opens it.
    """
    return "known" if is_settled else "kept"


Opened = Literal["decided", "second", "next"]


def opened(n: int, next_n: int, *, is_same: bool) -> Opened:
    """What an opened item is. `is_same`: the office decided these very bytes as n.

    "decided": nothing is left to do. "second": another truth of a copied phone, or of a number recorded as lost; it
    stays with the supervisor. "next": it can be filed; numbers between `next_n` and n are lost.
    """
    if n >= next_n:
        return "next"
    return "decided" if is_same else "second"


def is_safe(seq: int, at: int, safe_seq: int, now: int) -> bool:
    """Whether an item with position `seq`, kept at `at` (ms), may be forgotten by its sender at `now`."""
    return seq <= safe_seq if safe_seq else at + WITHOUT_BACKUP_MS <= now


def is_wipe_due(left: int, kept: Iterable[tuple[int, int]], safe_seq: int, now: int) -> bool:
    """Nothing is left to deliver and all that was kept of the device, (seq, at) each, is safe.

    It speaks of what the office holds now. A restore may have taken what it once confirmed; so a phone delivers
    everything once more before it believes this.
    """
    return left == 0 and all(is_safe(seq, at, safe_seq, now) for seq, at in kept)
