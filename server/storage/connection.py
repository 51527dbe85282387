"""One SQLite connection as the port sees it. Each call hops to the connection's thread, so callers batch."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar, cast

import aiosqlite

from server.storage.port import Glance, Row
from server.storage.queries import sql

T = TypeVar("T")

WRITER_CACHE_KIB: Final = 16_384
READER_CACHE_KIB: Final = 4_096


async def connect(path: Path, *, is_writer: bool) -> Link:
    """A connection with our settings. FULL, because an answer promises that a power cut takes nothing back."""
    connection = Link(lambda: _open(path), 64)
    await connection
    connection.row_factory = cast("Any", _as_dict)
    for pragma in _pragmas(is_writer=is_writer):
        await connection.execute_fetchall(f"PRAGMA {pragma}")
    return connection


def connect_here(path: Path) -> sqlite3.Connection:
    """A reader's connection for the thread that calls: the event loop's own."""
    connection = _open(path)
    for pragma in _pragmas(is_writer=False):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None, cached_statements=256)


def _pragmas(*, is_writer: bool) -> tuple[str, ...]:
    cache = WRITER_CACHE_KIB if is_writer else READER_CACHE_KIB
    return (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
        "wal_autocheckpoint=4000",
        "busy_timeout=5000",
        "temp_store=MEMORY",
        f"cache_size=-{cache}",
        f"query_only={'OFF' if is_writer else 'ON'}",
    )


def _as_dict(cursor: sqlite3.Cursor, row: tuple[Any, ...]) -> dict[str, Any]:
    return {column[0]: value for column, value in zip(cursor.description, row, strict=True)}


class Step(NamedTuple):
    """One statement of several that travel to the connection's thread together. `is_many`: once for every row."""

    text: str
    params: Any = ()
    is_many: bool = False


def ask(query: str, /, **params: Any) -> Step:
    """A named statement with named parameters."""
    return Step(sql(query), params)


def put(query: str, rows: Sequence[tuple[Any, ...]], /) -> Step:
    """A named statement by position (`?1`), once for every row: 5 us a row cheaper than by name."""
    return Step(sql(query), rows, is_many=True)


class Link(aiosqlite.Connection):
    """A connection whose thread takes several statements at a time: a hop costs more than most statements."""

    async def together(self, steps: Sequence[Step]) -> list[list[Row]]:
        """Rows of each step, in order. The first that fails ends it."""
        execute: Any = self._execute
        return cast("list[list[Row]]", await execute(_run_steps, self._conn, steps))

    async def look(self, job: Callable[[Glance], T]) -> T:
        """`port.Storage.look` over this connection."""
        execute: Any = self._execute
        return cast("T", await execute(run_job, self._conn, job))


class SqliteGlance:
    """`port.Glance` over a connection, in its own thread."""

    __slots__ = ("_connection", "must_be_brief")

    def __init__(self, connection: sqlite3.Connection, *, must_be_brief: bool) -> None:
        self._connection = connection
        self.must_be_brief = must_be_brief

    def all(self, query: str, /, **params: Any) -> Sequence[Row]:
        """All rows of a named query."""
        return _rows(self._connection.execute(sql(query), params))

    def one(self, query: str, /, **params: Any) -> Row | None:
        """First row of a named query, or None."""
        rows = self.all(query, **params)
        return rows[0] if rows else None


def run_job(connection: sqlite3.Connection, job: Callable[[Glance], T], *, must_be_brief: bool = False) -> T:
    """Run a job over one snapshot in the thread that calls."""
    connection.execute("BEGIN")
    try:
        return job(SqliteGlance(connection, must_be_brief=must_be_brief))
    finally:
        connection.execute("ROLLBACK")


def _rows(cursor: sqlite3.Cursor) -> list[Row]:
    cursor.row_factory = None
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _run_steps(connection: sqlite3.Connection, steps: Sequence[Step]) -> list[list[Row]]:
    found: list[list[Row]] = []
    for text, params, is_many in steps:
        if is_many:
            connection.executemany(text, params)
            found.append([])
            continue
        found.append(_rows(connection.execute(text, params)))
    return found


class SqliteTransaction:
    """`port.Transaction` over one connection; who opened the transaction also ends it.

    A `lazy` one is a reader's: it begins together with its first query.
    """

    def __init__(self, connection: Link, *, is_lazy: bool = False) -> None:
        self._connection = connection
        self._first = [Step("BEGIN")] if is_lazy else []

    async def together(self, *steps: Step) -> list[list[Row]]:
        """Several statements in one hop; the rows of each."""
        first, self._first = self._first, []
        return (await self._connection.together([*first, *steps]))[len(first) :]

    async def several(self, *asked: tuple[str, Mapping[str, Any]]) -> Sequence[Sequence[Row]]:
        """All rows of several named queries, in one hop."""
        return await self.together(*(ask(query, **params) for query, params in asked))

    async def all(self, query: str, /, **params: Any) -> Sequence[Row]:
        """All rows of a named query."""
        return (await self.together(ask(query, **params)))[0]

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

    async def step(self, statement: str) -> None:
        """BEGIN, SAVEPOINT and their like."""
        await self._connection.execute(statement)

    @property
    def is_open(self) -> bool:
        """False when SQLite has already rolled the transaction back by itself, as on a full disk."""
        return self._connection.in_transaction
