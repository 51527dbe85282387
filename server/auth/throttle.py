"""How often a secret may be tried: by account and by browser, never by an address that a client can make up.

A browser that has signed in before keeps a budget of its own, so that a stranger who fails on purpose makes the
owner wait nowhere but on strange browsers. Attempts count before they are checked, so that many at once are many.
"""

from __future__ import annotations

from collections import deque
from typing import Final

from server.auth.codes import keyed_hash
from server.storage import attempts
from server.storage.port import Storage, Transaction

FREE_FAILURES: Final = 3
FIRST_DELAY_S: Final = 30
DELAY_LIMIT_S: Final = 3600
MEMORY_MS: Final = 24 * 3600 * 1000


def delay_s(failures: int) -> int:
    """Seconds to wait after so many failures in a row: none for the first few, then 30 s doubling up to an hour."""
    if failures < FREE_FAILURES:
        return 0
    doublings = min(failures - FREE_FAILURES, 7)
    return min(DELAY_LIMIT_S, FIRST_DELAY_S << doublings)


def budget(key: bytes, *parts: str) -> bytes:
    """Name of a budget, unreadable in the table."""
    return keyed_hash(key, "attempt", "\n".join(parts))


async def begin(storage: Storage, name: bytes, now: int) -> int:
    """Count an attempt that is about to be checked; the seconds to wait instead, or 0 to go on."""

    async def count(tx: Transaction) -> int:
        await attempts.forget_old(tx, now - MEMORY_MS)
        failures, free_at = await attempts.find(tx, name)
        if now < free_at:
            return -(-(free_at - now) // 1000)
        await attempts.put(tx, name, failures + 1, now + delay_s(failures + 1) * 1000, now)
        return 0

    return await storage.write(count)


async def succeed(tx: Transaction, name: bytes) -> None:
    """The attempt was right: the budget starts anew."""
    await attempts.clear(tx, name)


class Window:
    """At most `limit` events in any `span_ms`, in memory: for guesses that belong to no account."""

    def __init__(self, limit: int, span_ms: int) -> None:
        self._limit = limit
        self._span_ms = span_ms
        self._times: deque[int] = deque(maxlen=limit)

    def wait_s(self, now: int) -> int:
        """Count an event and answer 0, or the seconds until the next one is allowed."""
        if len(self._times) == self._limit and now - self._times[0] < self._span_ms:
            return max(1, -(-(self._times[0] + self._span_ms - now) // 1000))
        self._times.append(now)
        return 0
