"""The bar: the same rows through the same statements with nothing but sqlite3, and through one plain table.

Transactions of 250 rows, WAL and FULL, like the office's. The rows are taken from the office's own database.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from server.storage.migrations import migrate
from server.storage.queries import sql

BATCH: Final = 250
_CHANGES: Final = """
SELECT org, seq, device, n, kind, doc, at, outcome, code, field, offer, conflicts, hash, raw FROM change
WHERE seq > ? ORDER BY seq LIMIT ?"""
_RECORDS: Final = """
SELECT org, doc, type, bucket, seq, author, device, state, captured, received, created, fields, versions, signed,
  addenda, kept, day, site, contact_kind, started_at, ended_at, signed_at, support, flag, about, returned, cosigned,
  flag_closed, supersedes, waits_since, ends_on FROM record
WHERE created > ? ORDER BY created LIMIT ?"""
_PLAIN: Final = """
CREATE TABLE note (
  id TEXT NOT NULL UNIQUE, org INTEGER, person TEXT, author TEXT, seq INTEGER, started_at INTEGER, body TEXT
);
CREATE INDEX note_person ON note (org, person); CREATE INDEX note_seq ON note (org, seq);
CREATE INDEX note_started ON note (org, started_at);"""

Rows = list[tuple[Any, ...]]


class Written:
    """The rows of the notes that the office wrote after position `after`."""

    def __init__(self, database: Path, after: int, count: int) -> None:
        connection = sqlite3.connect(database)
        self.changes: Rows = connection.execute(_CHANGES, (after, count)).fetchall()
        self.records: Rows = connection.execute(_RECORDS, (after, count)).fetchall()
        self.after = after
        connection.close()
        if not len(self.changes) == len(self.records) == count:
            raise RuntimeError("the office did not keep what it acknowledged")


class OwnStatements:
    """The office's own statements, with its schema and indexes; its file grows from round to round as the office's."""

    def __init__(self, folder: Path) -> None:
        migrate(folder / "raw.sqlite3", 0)
        self._connection = _connect(folder / "raw.sqlite3")
        self._connection.execute("INSERT INTO organisation (id, name, made_at) VALUES (1, 'raw', 0)")
        self._connection.execute("INSERT INTO org_head (org, head) VALUES (1, 0)")
        self._head = 0

    def rate(self, written: Written) -> float:
        """Notes a second."""
        connection = self._connection
        started = perf_counter()
        for changes, records in zip(_batches(written.changes), _batches(written.records), strict=True):
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(sql("records.insert"), records)
            connection.executemany(sql("changes.insert"), changes)
            connection.executemany(sql("devices.pushed"), [(changes[0][2], changes[-1][3] + 1, 0, 0)])
            connection.executemany(sql("access_log.append"), [(1, 0, "a", "push", "b", None, len(changes))])
            connection.execute(sql("changes.raise_head"), (1, self._head, self._head + len(changes)))
            connection.execute("COMMIT")
            self._head += len(changes)
        return len(written.changes) / (perf_counter() - started)

    def close(self) -> None:
        self._connection.close()


class PlainTable:
    """One table with an id and three indexes: no history, feed or receipts."""

    def __init__(self, folder: Path) -> None:
        self._connection = _connect(folder / "plain.sqlite3")
        self._connection.executescript(_PLAIN)

    def rate(self, written: Written) -> float:
        """Notes a second."""
        rows = [
            (record[1], record[0], record[3], record[5], record[4], record[19], change[13].decode())
            for record, change in zip(written.records, written.changes, strict=True)
        ]
        started = perf_counter()
        for batch in _batches(rows):
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany("INSERT INTO note VALUES (?, ?, ?, ?, ?, ?, ?)", batch)
            self._connection.execute("COMMIT")
        return len(rows) / (perf_counter() - started)

    def close(self) -> None:
        self._connection.close()


def _connect(database: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(database, isolation_level=None)
    for pragma in (
        "journal_mode=WAL", "synchronous=FULL", "wal_autocheckpoint=4000", "secure_delete=ON", "cache_size=-16384",
    ):  # fmt: skip
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _batches(rows: Sequence[tuple[Any, ...]]) -> list[Sequence[tuple[Any, ...]]]:
    return [rows[at : at + BATCH] for at in range(0, len(rows), BATCH)]
