"""A bad line between a phone and an office: slow, lossy, cut, replaying. One request at a time on each connection.

`fate` decides what becomes of a request. What the office heard and what it answered is counted here, since neither
side alone knows it.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
from collections.abc import Callable
from typing import Literal, NamedTuple, Self

import msgspec

Fate = Literal["through", "lose request", "lose answer", "cut answer", "repeat"]


class Heard(NamedTuple):
    """One request as it reached the office: path, plain message, bytes of the body on the wire, the answer's status."""

    path: str
    body: bytes
    wire_bytes: int
    status: int

    def json(self) -> dict:
        return dict(msgspec.json.decode(self.body))


class Line:
    """`rate`: bytes a second, both ways together. `delay_s`: one way. Cuts happen by `interrupt`."""

    def __init__(
        self, port: int, *, rate: float = 0, delay_s: float = 0, fate: Callable[[str], Fate] = lambda _: "through"
    ) -> None:
        self.office = port
        self.rate = rate
        self.delay_s = delay_s
        self.fate = fate
        self.heard: list[Heard] = []
        self.lost = 0
        self.up_bytes = self.down_bytes = 0
        self.interruptions = 0
        self.last_answer = b""
        self.instead: list[bytes] = []  # answers to give in place of the office's, which is not asked
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._carried = asyncio.Condition()
        self._free_at = 0.0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self.interrupt()
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def interrupt(self) -> None:
        """Everything on the line breaks off now."""
        self.interruptions += 1
        for writer in list(self._writers):
            writer.transport.abort()

    async def _carry(self, size: int) -> None:
        """The time that so many bytes take, after those already on the line."""
        if self.rate:
            loop = asyncio.get_running_loop()
            self._free_at = max(self._free_at, loop.time()) + size / self.rate
            await asyncio.sleep(self._free_at - loop.time())

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def has_carried(self, size: int) -> None:
        """Waits until so many bytes of requests have gone over the line."""
        async with self._carried:
            await self._carried.wait_for(lambda: self.up_bytes >= size)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while True:
                await self._one(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError, OSError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head, body = await _message(reader)
        path = head.split(b" ", 2)[1].decode()
        fate = self.fate(path)
        for at in range(0, len(head) + len(body), 512):
            size = min(512, len(head) + len(body) - at)
            await self._carry(size)
            async with self._carried:
                self.up_bytes += size
                self._carried.notify_all()
            if writer.transport.is_closing() or reader.at_eof():
                raise ConnectionError
        await asyncio.sleep(self.delay_s)
        if fate == "lose request":
            await self._swallow(writer)
        if self.instead:
            writer.write(self.instead.pop(0))
            await writer.drain()
            return
        for _ in range(2 if fate == "repeat" else 1):
            answer = await self._ask(head, body, path)
        self.last_answer = answer
        if fate == "cut answer":
            writer.write(answer[: len(answer) - len(answer) // 4 - 1])
            await writer.drain()
        if fate in {"lose answer", "cut answer"}:
            await self._swallow(writer)
        await asyncio.sleep(self.delay_s)
        await self._carry(len(answer))
        self.down_bytes += len(answer)
        writer.write(answer)
        await writer.drain()

    async def _swallow(self, writer: asyncio.StreamWriter) -> None:
        """Nothing more comes on this connection: on a slow line it hangs, else it breaks off."""
        self.lost += 1
        if self.rate:
            await asyncio.Event().wait()
        writer.close()
        raise ConnectionError

    async def _ask(self, head: bytes, body: bytes, path: str) -> bytes:
        """The office's answer, on a connection of its own."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.office)
        try:
            writer.write(head + body)
            first, text = await _message(reader)
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()
        plain = gzip.decompress(body) if b"content-encoding: gzip" in head.lower() else body
        self.heard.append(Heard(path, plain, len(body), int(first.split(b" ", 2)[1])))
        return first + text


async def _message(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """Head and body of one HTTP message."""
    head = await reader.readuntil(b"\r\n\r\n")
    size = 0
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            size = int(line.split(b":")[1])
    return head, await reader.readexactly(size)
