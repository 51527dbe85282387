"""An office in a process of its own, with keys and backups in places that outlive its directory."""

from __future__ import annotations

import contextlib
import io
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.__main__ import main
from server.backup import age
from tests.support.core import Core
from tests.support.homing import HomingPhone
from tests.support.office import ROOT, Office


class Place(Office):
    """`alongside` over `home`, with its keys, its backups and the private key elsewhere in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.home.mkdir()
        super().__init__(self.home)
        self.folder = folder
        self.keys = folder / "keys"
        self.out = folder / "backups"
        self.out.mkdir()
        self.private = folder / "offline" / "backup.key"
        self.private.parent.mkdir()

    @property
    def database(self) -> Path:
        return self.directory / "alongside.sqlite3"

    @property
    def environment(self) -> dict[str, str]:
        return {**super().environment, "KEYS": str(self.keys)}

    def call(self, *arguments: object, status: int = 0, **environment: str) -> str:
        """One command to its end, in a thread of this process; what it said. It must end with `status`."""
        said, ended = io.StringIO(), []
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(said), redirect_stderr(said):
            for name, value in {**self.environment, **environment}.items():
                patch.setenv(name, value)
            patch.setattr(signal, "signal", lambda *_: None)  # only a main thread may
            thread = threading.Thread(target=lambda: ended.append(main([*map(str, arguments)])))
            thread.start()
            thread.join(60)
        assert ended == [status], said.getvalue()
        return said.getvalue()

    def call_apart(self, *arguments: object, status: int = 0, most_bytes: int = -1) -> str:
        """The same in a process of its own, in which no file may grow above `most_bytes`."""

        def narrow() -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))

        done = subprocess.run(
            [sys.executable, "-m", "server", *map(str, arguments)],
            cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=120, check=False,
            preexec_fn=narrow,
        )  # fmt: skip
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    def make_key(self) -> None:
        age.make_key(self.private, self.keys / "backup.pub", 0)

    def backup(self) -> Path:
        """Take one backup; its file."""
        return Path(self.call("backup", "--to", self.out).splitlines()[0])

    def move_to(self, name: str) -> None:
        """Another directory, as after the loss of the first."""
        self.directory = self.folder / name
        self.directory.mkdir()
        self.log = self.directory / "office.log"

    def rows(self, sql: str, *params: Any) -> list[Any]:
        with contextlib.closing(sqlite3.connect(self.database)) as database:
            return database.execute(sql, params).fetchall()

    def execute(self, sql: str) -> None:
        with contextlib.closing(sqlite3.connect(self.database)) as database, database:
            database.execute(sql)

    async def found(self, phones: int) -> list[HomingPhone]:
        """Make the organisation and its phones, in this process; the office itself is started later."""
        async with self.inside(phones) as made:
            return made

    @asynccontextmanager
    async def inside(self, phones: int) -> AsyncIterator[list[HomingPhone]]:
        """The same, and the office answers them in this process while the block lasts."""
        self.keys.mkdir(exist_ok=True)
        (self.home / "keys").symlink_to(self.keys)
        core = Core(self.home)
        async with core.running():
            org = await core.organisation()
            made = [await core.phone(org, kind=HomingPhone) for _ in range(phones)]
            for phone in made:
                phone.slow = 50
                phone.give_up_s = 10
            yield made
        (self.home / "keys").unlink()

    @asynccontextmanager
    async def serving(self, *phones: HomingPhone) -> AsyncIterator[None]:
        """The office runs, and these phones reach it."""
        self.start()
        try:
            async with httpx.AsyncClient(base_url=self.url) as http:
                for phone in phones:
                    phone.http, phone.nonce = http, ""
                yield
        finally:
            self.stop()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    place = Place(tmp_path)
    yield place
    place.stop()


@pytest.fixture(autouse=True)
def _no_settings_of_mine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("BACKUP_")]:
        monkeypatch.delenv(name)
