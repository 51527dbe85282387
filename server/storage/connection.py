"""One SQLite connection as the port sees it. Each call hops to the connection's thread, so callers batch."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, cast

import aiosqlite

from server.storage.port import Row
from server.storage.queries import sql

WRITER_CACHE_KIB: Final = 16_384
READER_CACHE_KIB: Final = 4_096


async def connect(path: Path, *, is_writer: bool) -> aiosqlite.Connection:
    """A connection with our settings. FULL, because an answer promises that a power cut takes nothing back."""
    connection = await aiosqlite.connect(path, isolation_level=None, cached_statements=256)
    connection.row_factory = cast("Any", _as_dict)
    cache = WRITER_CACHE_KIB if is_writer else READER_CACHE_KIB
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
        "wal_autocheckpoint=4000",
        "busy_timeout=5000",
        "temp_store=MEMORY",
        f"cache_size=-{cache}",
        f"query_only={'OFF' if is_writer else 'ON'}",
    ):
        await connection.execute_fetchall(f"PRAGMA {pragma}")
    return connection


def _as_dict(cursor: sqlite3.Cursor, row: tuple[Any, ...]) -> dict[str, Any]:
    return {column[0]: value for column, value in zip(cursor.description, row, strict=True)}


class SqliteTransaction:
    """`port.Transaction` over one connection; who opened the transaction also ends it."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection

    async def all(self, query: str, /, **params: Any) -> Sequence[Row]:
        """All rows of a named query."""
        return cast("Sequence[Row]", await self._connection.execute_fetchall(sql(query), params))

    async def one(self, query: str, /, **params: Any) -> Row | None:
        """First row of a named query, or None."""
        rows = await self.all(query, **params)
        return rows[0] if rows else None

    async def run(self, query: str, /, **params: Any) -> int:
        """Execute a named statement; the number of rows it touched."""
        return (await self._connection.execute(sql(query), params)).rowcount

    async def many(self, query: str, rows: Iterable[Mapping[str, Any]], /) -> None:
        """Execute a named statement for every row of parameters."""
        await self._connection.executemany(sql(query), cast("Any", rows))

    async def tuples(self, query: str, rows: Sequence[tuple[Any, ...]], /) -> None:
        """The same by position (`?1`), for the statements that run once for every note: 5 us a row cheaper."""
        if rows:
            await self._connection.executemany(sql(query), rows)

    async def count(self, query: str, row: tuple[Any, ...], /) -> int:
        """Execute a statement by position; the number of rows it touched."""
        return (await self._connection.execute(sql(query), row)).rowcount

    async def step(self, statement: str) -> None:
        """BEGIN, SAVEPOINT and their like."""
        await self._connection.execute(statement)

    @property
    def is_open(self) -> bool:
        """False when SQLite has already rolled the transaction back by itself, as on a full disk."""
        return self._connection.in_transaction
