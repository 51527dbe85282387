"""How an office that serves is set: its interpreter, and how long it waits for a request. For whoever starts one."""

from __future__ import annotations

import asyncio
import gc
import sys
from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

REQUEST_S: Final = 60.0
"""A phone gives up after 45 s; who has not said everything by now is no phone."""


def settle() -> None:
    """Let the two threads of a push take turns quickly, and the collector look seldom.

    Deciding a thousand notes makes tens of thousands of small objects and hardly a cycle: with the usual thresholds
    the collector takes a fifth of the time of a push. What start-up made stays, and need not be looked at again.
    """
    sys.setswitchinterval(0.0001)
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


class Punctual(HttpToolsProtocol):
    """A connection that is closed when a request is not here, whole, in time: dripping ones cannot pile up."""

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # the base asks for asyncio's own class
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        self._stop()
        self._wait()
        super().on_message_begin()

    def on_message_complete(self) -> None:
        self._stop()
        super().on_message_complete()

    def _wait(self) -> None:
        self._deadline = self.loop.call_later(REQUEST_S, self.transport.abort)

    def _stop(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
