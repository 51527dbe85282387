"""How far a device has come, per bucket: `since[b] = s` says every row of b with seq <= s is durably applied."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple


class Scope(NamedTuple):
    """Difference between the buckets a device states and the ones it may hold now."""

    keep: frozenset[str]
    grant: frozenset[str]
    drop: frozenset[str]


def compare(held: Iterable[str], allowed: Iterable[str]) -> Scope:
    """Grants and drops are set differences; no history of grants is needed because the device says what it holds."""
    held_set, allowed_set = frozenset(held), frozenset(allowed)
    return Scope(held_set & allowed_set, allowed_set - held_set, held_set - allowed_set)


def is_ahead(since: Mapping[str, int], head: int) -> bool:
    """True when a cursor lies above the head: the database was restored behind the device's back."""
    return any(seq > head for seq in since.values())


def begins_anew(since: int, floor: int) -> bool:
    """True when what a device would need to catch up was swept away: it forgets the bucket and begins at 0.

    All that the bucket still has up to its floor then comes in one answer, and the cursor stands at the floor at least:
    below it, the device would be told to begin anew for ever.
    """
    return since < floor
