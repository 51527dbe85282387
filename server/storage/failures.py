"""Which failures are the database's own: those stop a round and are answered 503, never blamed on a change."""

from __future__ import annotations

import sqlite3
from typing import Final

from server.errors import StorageBusyError, StorageFullError

_FULL: Final = frozenset({sqlite3.SQLITE_FULL})
_ILL: Final = frozenset({
    sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_NOTADB,
})  # fmt: skip


def is_of_the_database(error: BaseException) -> bool:
    """True for a full or ailing disk; trying a change alone would not help."""
    return _code(error) in _FULL | _ILL


def translated(error: BaseException) -> BaseException:
    """The office's own word for it; other errors as they are."""
    if _code(error) in _FULL:
        return StorageFullError()
    if _code(error) in _ILL:
        return StorageBusyError()
    return error


def _code(error: BaseException) -> int | None:
    """Primary result code (the low byte of SQLite's extended one)."""
    code = getattr(error, "sqlite_errorcode", None) if isinstance(error, sqlite3.Error) else None
    return None if code is None else code & 0xFF
