"""Starting the demo: once it is made, twice it is the same, and it never touches a real organisation."""

from __future__ import annotations

import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from server import demo
from server.clock import now_ms
from server.demo import sign_ins
from server.demo.sign_ins import DemoFile
from server.errors import SettingsError
from server.pokes import Pokes
from server.settings import Settings, from_environment
from server.storage.forms import forms
from server.storage.migrations import migrate
from server.storage.organisations import add_organisation
from server.storage.sqlite import SqliteStorage

NOTES = 60


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[tuple[SqliteStorage, Settings]]:
    settings = from_environment({"DATABASE": str(folder / "demo.sqlite3"), "PORT": "8177"})
    migrate(settings.database, now_ms())
    async with SqliteStorage.open(settings.database, Pokes(), forms()) as storage:
        yield storage, settings


async def start(storage: SqliteStorage, settings: Settings, **more: int) -> tuple[DemoFile, str]:
    told: list[str] = []
    made = await demo.prepare(storage, settings, now_ms(), notes=NOTES, tell=told.append, **more)
    return made, "".join(told)


async def test_it_tells_the_terminal_what_it_keeps_in_the_file(tmp_path: Path) -> None:
    async with opened(tmp_path) as (storage, settings):
        made, told = await start(storage, settings)
    file = tmp_path / "demo.json"
    assert msgspec.json.decode(file.read_bytes(), type=DemoFile) == made
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [account.role for account in made.accounts].count("specialist") == 6
    for account in made.accounts:
        assert account.sign_in in told
        assert account.passphrase in told
        assert len(account.passphrase.split()) == 4
    assert made.enrolment is not None
    assert made.enrolment.link.startswith("http://127.0.0.1:8177/enrol#")
    assert made.enrolment.link in told
    assert made.enrolment.code in told


async def test_a_second_start_makes_nothing_anew(tmp_path: Path) -> None:
    async with opened(tmp_path) as (storage, settings):
        first, _ = await start(storage, settings)
        second, told = await start(storage, settings, seed=77)
        assert second == first
        assert first.accounts[0].passphrase in told


async def test_a_used_link_is_renewed(tmp_path: Path) -> None:
    async with opened(tmp_path) as (storage, settings):
        first, _ = await start(storage, settings)
        assert first.enrolment is not None
        async with storage.read() as rows:
            account = await rows.one("accounts.by_sign_in", sign_in=first.enrolment.sign_in)
        await storage.write(
            lambda tx: tx.run("one_time_codes.withdraw", person=account["person"], purpose="phone")
        )
        second, _ = await start(storage, settings)
        assert second.enrolment is not None
        assert second.enrolment.code != first.enrolment.code
        assert second.accounts == first.accounts


async def test_a_real_organisation_is_left_alone(tmp_path: Path) -> None:
    async with opened(tmp_path) as (storage, settings):
        await storage.write(lambda tx: add_organisation(tx, "Real", now_ms()))
        with pytest.raises(SettingsError, match="real organisation"):
            await start(storage, settings)


async def test_half_a_demo_says_so(tmp_path: Path) -> None:
    async with opened(tmp_path) as (storage, settings):
        made, _ = await start(storage, settings)
        sign_ins.write(tmp_path, DemoFile(made.url, made.seed))
        with pytest.raises(SettingsError, match="interrupted"):
            await start(storage, settings)
