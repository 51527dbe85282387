"""New ids for records, people and devices made in the office."""

from __future__ import annotations

import secrets
from uuid import UUID


def new_id(now: int) -> str:
    """A UUIDv7 of the instant `now` (ms): a name, never a secret."""
    rand_a, rand_b = secrets.randbits(12), secrets.randbits(62)
    return str(UUID(int=(now << 80) | (0x7 << 76) | (rand_a << 64) | (0b10 << 62) | rand_b))
