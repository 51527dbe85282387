"""Forward migrations: every NNNN_name.sql once, in order, each recorded with the hash of its text.

A file that was applied never changes again: a different hash stops the office rather than guessing.
"""

from __future__ import annotations

import hashlib
import sqlite3
from pathlib import Path
from typing import Final, NamedTuple

FOLDER: Final = Path(__file__).parent
_LEDGER: Final = "CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY, hash TEXT NOT NULL, at INTEGER NOT NULL)"


class MigrationError(Exception):
    """The database was made by other migrations than these."""


class Migration(NamedTuple):
    """One step. `name` is the file's stem."""

    name: str
    text: str

    @property
    def hash(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


def known(folder: Path = FOLDER) -> list[Migration]:
    """All steps in the order of their numbers."""
    return [Migration(file.stem, file.read_text("utf-8")) for file in sorted(folder.glob("[0-9]*.sql"))]


def pending(connection: sqlite3.Connection, steps: list[Migration]) -> list[Migration]:
    """Steps this database has not seen; raises MigrationError when it has seen something else."""
    connection.execute(_LEDGER)
    applied = dict(connection.execute("SELECT name, hash FROM migration ORDER BY name"))
    for step, name in zip(steps, applied, strict=False):
        if step.name != name or applied[name] != step.hash:
            raise MigrationError(f"migration {name} is recorded, but {step.name} here differs from it")
    if len(applied) > len(steps):
        raise MigrationError("the database is newer than this office")
    return steps[len(applied) :]


def migrate(path: Path, now: int, folder: Path = FOLDER) -> list[str]:
    """Bring the database at `path` up to date, making it if need be; the names of the steps applied."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA secure_delete=ON")
        steps = pending(connection, known(folder))
        for step in steps:
            record = f"INSERT INTO migration VALUES ('{step.name}', '{step.hash}', {now:d});"  # noqa: S608 - own file names
            connection.executescript(f"BEGIN IMMEDIATE;\n{step.text}\n{record}\nCOMMIT;")
        return [step.name for step in steps]
    finally:
        connection.close()
