"""Dice of the demo: everything is drawn from one seed, so that the same seed and hour make the same organisation."""

from __future__ import annotations

from random import Random


def dice(seed: int, *path: str | int) -> Random:
    """A stream of its own for a place in the demo; drawing more in one place moves nothing in another."""
    return Random("/".join(map(str, (seed, *path))))  # noqa: S311 - an invented organisation, not a secret


def new_id(at: int, chance: Random) -> str:
    """A UUIDv7 of the instant `at` (ms), its random bits from the dice."""
    bits = chance.getrandbits(74)
    head = f"{at & (2**48 - 1):012x}"
    tail = f"{(bits >> 12) & 0x3FFFFFFFFFFFFFFF | 0x8000000000000000:016x}"
    return f"{head[:8]}-{head[8:]}-7{bits & 0xFFF:03x}-{tail[:4]}-{tail[4:]}"
