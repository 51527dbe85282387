"""Pokes: "something was committed in this organisation", without data. Listeners then ask for what they may see.

A poke may be lost on a listener that is slow: several pokes fold into one, and nobody waits for anybody.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager


class Listener:
    """One open ear. `wait` returns True after a poke, False when `timeout_s` passed in silence."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def poke(self) -> None:
        self._event.set()

    async def wait(self, timeout_s: float | None = None) -> bool:
        try:
            await asyncio.wait_for(self._event.wait(), timeout_s)
        except TimeoutError:
            return False
        self._event.clear()
        return True

    async def __aiter__(self) -> AsyncIterator[None]:
        while True:
            await self.wait()
            yield


class Pokes:
    """In-process broadcast per organisation, called by the writer after each commit."""

    def __init__(self) -> None:
        self._listeners: dict[int, set[Listener]] = defaultdict(set)

    def poke(self, orgs: Iterable[int]) -> None:
        """Wake everybody who listens to one of these organisations."""
        for org in orgs:
            for listener in self._listeners.get(org, ()):
                listener.poke()

    @contextmanager
    def listen(self, org: int) -> Iterator[Listener]:
        """A listener for as long as the block lasts."""
        listener = Listener()
        self._listeners[org].add(listener)
        try:
            yield listener
        finally:
            self._listeners[org].discard(listener)
            if not self._listeners[org]:
                del self._listeners[org]
