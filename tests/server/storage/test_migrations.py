"""Migrations: forward, in order, once, and never guessing."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from server.storage.migrations import MigrationError, known, migrate


def test_a_new_database_gets_every_step_once(tmp_path: Path) -> None:
    database = tmp_path / "deep" / "office.sqlite3"
    assert migrate(database, 1) == [step.name for step in known()]
    assert migrate(database, 2) == []


def test_a_step_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "0001_one.sql").write_text("CREATE TABLE a (x);")
    (tmp_path / "0002_two.sql").write_text("CREATE TABLE b (x); CREATE TABLE a (x);")
    with pytest.raises(sqlite3.OperationalError):
        migrate(tmp_path / "db", 1, tmp_path)
    connection = sqlite3.connect(tmp_path / "db")
    assert [row[0] for row in connection.execute("SELECT name FROM migration")] == ["0001_one"]
    assert connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'b'").fetchone() == (0,)
    connection.close()


def test_a_changed_or_unknown_step_stops_the_office(tmp_path: Path) -> None:
    step = tmp_path / "0001_one.sql"
    step.write_text("CREATE TABLE a (x);")
    migrate(tmp_path / "db", 1, tmp_path)
    step.write_text("CREATE TABLE a (y);")
    with pytest.raises(MigrationError):
        migrate(tmp_path / "db", 1, tmp_path)
    step.unlink()
    with pytest.raises(MigrationError):
        migrate(tmp_path / "db", 1, tmp_path)
