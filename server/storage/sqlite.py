"""SQLite behind the port: one writer connection with group commit, a few readers with snapshots."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Final, Self, TypeVar

from server.pokes import Pokes
from server.storage.connection import Link, SqliteTransaction, connect, connect_here, run_job
from server.storage.office import OfficeWork
from server.storage.port import (
    Along,
    Decided,
    Glance,
    OfficeChange,
    PullSeen,
    Rows,
    Submission,
    TakesLongError,
    Transaction,
)
from server.storage.writer import Writer
from sync.forms import Form
from sync.records.kind import Role

T = TypeVar("T")
READERS: Final = 3


class SqliteStorage:
    """The office's memory in one file. Use as `async with SqliteStorage.open(...)`."""

    def __init__(self, writer: Writer, readers: Sequence[Link], here: sqlite3.Connection) -> None:
        self._writer = writer
        self._here = here
        self._readers = readers
        self._endings: set[asyncio.Task[None]] = set()
        self._idle: asyncio.LifoQueue[Link] = asyncio.LifoQueue()
        for reader in readers:
            self._idle.put_nowait(reader)

    @classmethod
    @asynccontextmanager
    async def open(cls, path: Path, pokes: Pokes, forms: Mapping[str, Form]) -> AsyncIterator[Self]:
        """Open a migrated database. Leaving the block lets the waiting writes finish first."""
        connection = await connect(path, is_writer=True)
        readers: list[Link] = []
        here = connect_here(path)
        try:
            readers.extend([await connect(path, is_writer=False) for _ in range(READERS)])
            async with Writer(SqliteTransaction(connection), pokes, forms) as writer:
                storage = cls(writer, readers, here)
                yield storage
                await asyncio.gather(*storage._endings)
        finally:
            for reader in readers:
                await reader.close()
            here.close()
            await connection.close()

    @asynccontextmanager
    async def _read(self) -> AsyncIterator[Rows]:
        connection = await self._idle.get()
        try:
            yield SqliteTransaction(connection, is_lazy=True)
        finally:
            ending = asyncio.create_task(self._end(connection))
            self._endings.add(ending)
            ending.add_done_callback(self._endings.discard)

    async def _end(self, connection: Link) -> None:
        """End a snapshot; the asker need not wait for it."""
        try:
            if connection.in_transaction:
                await connection.execute("ROLLBACK")
        finally:
            self._idle.put_nowait(connection)

    def read(self) -> AbstractAsyncContextManager[Rows]:
        """One read-only snapshot; it begins with the first query."""
        return self._read()

    async def look(self, job: Callable[[Glance], T]) -> T:
        """Run `job` over one snapshot: in the event loop if it is brief, else again, in the thread of a reader."""
        try:
            return run_job(self._here, job, must_be_brief=True)
        except TakesLongError:
            connection = await self._idle.get()
        try:
            return await connection.look(job)
        finally:
            self._idle.put_nowait(connection)

    async def write(self, job: Callable[[Transaction], Awaitable[T]]) -> T:
        """Run `job` in the writer, under its own savepoint; answers after the commit. Its exceptions come back."""
        return await self._writer.run_job(job)

    async def submit(self, submission: Submission, along: Along | None = None) -> Decided:
        """Decide a phone's changes by `sync.reconcile` and keep them; the fast path of push and of the demo."""
        return await self._writer.submit(submission, along)

    async def submit_office(  # noqa: PLR0917 - as in the port
        self,
        org: int,
        person: str,
        role: Role,
        changes: Sequence[OfficeChange],
        now: int,
        along: Along | None = None,
    ) -> Decided:
        """The same for a member at a screen, through that member's server-side device."""
        return await self._writer.submit_office(OfficeWork(org, person, role, changes, now, along))

    async def see_pull(self, seen: PullSeen) -> None:
        """Keep the trace of a pull with the next commit; answers when it is durable."""
        await self._writer.see_pull(seen)

    @property
    def waiting(self) -> int:
        """How much work waits for the writer."""
        return self._writer.waiting
