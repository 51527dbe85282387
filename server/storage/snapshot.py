"""Copies of a database file: made while the office runs, checked before anybody trusts them, told from one in use.

These few functions speak to SQLite directly: they work on whole files, outside any office.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec

from server.errors import BackupError
from server.storage.migrations import MigrationError, known, pending

_FULL: Final = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR})
_BUSY: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
NEWER: Final = "the backup was made by a newer Alongside than this one. Install that version and try again."


class Facts(msgspec.Struct, frozen=True):
    """What a database holds: its epochs (oldest first), the head of each organisation, rows by table."""

    lineage: list[str]
    heads: dict[int, int]
    rows: dict[str, int]


def copy(source: Path, target: Path) -> Facts:
    """Copy a database, which may be in use, into the new file `target`; what the source held at that moment.

    The copy and the counts see one snapshot. In WAL mode a reader holds up no writer.
    """
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        with _opened(source) as database, _opened(target) as copied:
            database.execute("BEGIN")
            facts = _facts(database)
            database.backup(copied)
            database.execute("ROLLBACK")
            copied.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as error:
        if _code(error) in _FULL:
            raise BackupError("disk_full", f"there is no room for a copy of the database in {target.parent}") from None
        raise BackupError("unreadable", f"the database cannot be read: {error}") from None
    return facts


def check(path: Path) -> Facts:
    """Look at every page and row of a database that nobody else uses; BackupError says what is wrong with it."""
    try:
        with _opened(path) as database:
            problem = _problem(database)
            if problem:
                raise BackupError("damaged", f"the copy of the database is damaged: {problem}")
            return _facts(database)
    except MigrationError as error:
        sentence = NEWER if "newer" in str(error) else f"the backup does not fit this version of Alongside: {error}"
        raise BackupError("schema", sentence) from None
    except sqlite3.Error as error:
        raise BackupError("damaged", f"the copy of the database is damaged: {error}") from None


def fold(path: Path) -> None:
    """Bring everything into the one file, so that it can be renamed; nobody else may have it open."""
    with _opened(path) as database:
        if database.execute("PRAGMA journal_mode=DELETE").fetchone() != ("delete",):
            raise BackupError("in_use", f"{path} is in use")


def shared_heads(backup: Path, standing: Path) -> dict[int, int]:
    """By organisation, up to where the backup is a past of the database that stands: its head, or 0 where it is none.

    Somebody may have put an older copy in place by hand and let the office go on with it: then the backup's positions
    stand for other changes there. A database that cannot be read, or is of another lineage, says nothing against it.
    """
    with _opened(backup) as database:
        facts = _facts(database)
        newest = _newest(database, facts.heads)
    try:
        with _opened(standing) as database:
            there = _facts(database)
            known = _newest(database, facts.heads)
    except (BackupError, sqlite3.Error):
        return facts.heads
    if facts.lineage[-1] not in there.lineage:
        return facts.heads
    return {
        org: head if there.heads.get(org, 0) >= head and known[org] == newest[org] else 0
        for org, head in facts.heads.items()
    }


def _newest(database: sqlite3.Connection, up_to: Mapping[int, int]) -> dict[int, tuple[int, bytes] | None]:
    """Place and hash of each organisation's newest change, not above `up_to`."""
    query = "SELECT seq, hash FROM change WHERE org = ? AND seq <= ? ORDER BY seq DESC LIMIT 1"
    return {org: database.execute(query, (org, head)).fetchone() for org, head in up_to.items()}


def is_in_use(path: Path) -> bool:
    """True while some process has the database open: only the last one left may take it out of WAL mode."""
    try:
        with _opened(path, timeout_s=0.5) as database:
            database.execute("PRAGMA journal_mode=DELETE")
            database.execute("PRAGMA journal_mode=WAL")
    except sqlite3.Error as error:
        return _code(error) in _BUSY
    return False


def _problem(database: sqlite3.Connection) -> str:
    found = [str(row[0]) for row in database.execute("PRAGMA integrity_check(3)")]
    if found != ["ok"]:
        return "; ".join(found)
    if stray := database.execute("PRAGMA foreign_key_check").fetchone():
        return f"a row of {stray[0]} points to nothing"
    pending(database, known())
    high = database.execute(
        "SELECT h.org FROM org_head h WHERE h.head < (SELECT COALESCE(max(seq), 0) FROM change WHERE org = h.org)"
    ).fetchone()
    return f"organisation {high[0]} holds changes above its head" if high else ""


def _facts(database: sqlite3.Connection) -> Facts:
    tables = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    return Facts(
        lineage=[row[0] for row in database.execute("SELECT epoch FROM sync_epoch ORDER BY id")],
        heads=dict(database.execute("SELECT org, head FROM org_head ORDER BY org").fetchall()),
        rows={name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables},  # noqa: S608 - names from the schema
    )


@contextmanager
def _opened(path: Path, timeout_s: float = 10.0) -> Iterator[sqlite3.Connection]:
    if not path.exists():
        raise BackupError("unreadable", f"there is no database at {path}")
    connection = sqlite3.connect(path, isolation_level=None, timeout=timeout_s)
    try:
        yield connection
    finally:
        connection.close()


def _code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF
