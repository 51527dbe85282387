"""The office in this process, over a real database file: requests go through the whole application."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx

from server.app import create_app
from server.auth.keys import SealKey, new_seal_key
from server.clock import now_ms
from server.settings import Settings
from server.storage.devices import NewPhone, add_phone
from server.storage.organisations import add_organisation, current_epoch
from server.storage.port import Decided, OfficeChange
from server.storage.sqlite import SqliteStorage
from tests.support.phone import Phone, new_id
from tests.support.sealing import from_base64url

P = TypeVar("P", bound=Phone)


class Core:
    """One office. `now` may be set to move its clock."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.clock = now_ms
        self.settings = Settings(database=folder / "alongside.sqlite3", keys=folder / "keys", **settings)
        self.app = create_app(self.settings, lambda: self.clock())  # noqa: PLW0108 - a test may replace self.clock later
        self.epoch = ""
        self.seals: dict[int, SealKey] = {}

    @property
    def storage(self) -> SqliteStorage:
        return self.app.state.storage

    async def organisation(self, name: str = "Harbour") -> int:
        seal = new_seal_key(self.settings.keys)
        org = await self.storage.write(
            lambda tx: add_organisation(tx, name, self.clock(), seal_kid=seal.kid, seal_key=seal.point)
        )
        self.seals[org] = seal
        async with self.storage.read() as rows:
            epoch = await current_epoch(rows)
        assert epoch is not None
        self.epoch = epoch.epoch
        return org

    async def known(self) -> int:
        """The organisation that is here already."""
        async with self.storage.read() as rows:
            epoch = await current_epoch(rows)
        assert epoch is not None
        self.epoch = epoch.epoch
        return int((await self.rows("SELECT min(id) AS id FROM organisation"))[0]["id"])

    async def phone(self, org: int, person: str | None = None, kind: type[P] = Phone) -> P:
        phone = kind(self.http, person or new_id(), self.epoch)
        if seal := self.seals.get(org):
            phone.seal_kid, phone.seal_point = seal.kid, from_base64url(seal.point)
        row = NewPhone(phone.device, org, phone.person, phone.point, phone.deposit_hash, self.clock())
        await self.storage.write(lambda tx: add_phone(tx, row))
        return phone

    async def assign(self, org: int, participant: str, specialist: str) -> Decided:
        doc = new_id()
        fields = {"specialist": specialist, "participant": participant}
        change = OfficeChange("create", "assignment", doc, f"me:{specialist}", fields)
        return await self.storage.submit_office(org, new_id(), "supervisor", [change], self.clock())

    async def count(self, table: str) -> int:
        return int((await self.rows(f"SELECT count(*) AS n FROM {table}"))[0]["n"])

    async def rows(self, sql: str) -> Sequence[Any]:
        """Rows of a statement of the test's own."""
        async with self.storage.read() as rows:
            return await rows._connection.execute_fetchall(sql)

    async def execute(self, sql: str) -> None:
        """A statement of the test's own in the writer, outside any transaction."""
        await self.storage._writer._tx._connection.execute(sql)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Core]:
        """The lifespan gets a task of its own: a fixture's two halves may run in different ones."""
        ready, stop = asyncio.Event(), asyncio.Event()

        async def live() -> None:
            async with self.app.lifespan():
                ready.set()
                await stop.wait()

        task = asyncio.create_task(live())
        waiting = asyncio.create_task(ready.wait())
        await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if task.done():
            task.result()
        try:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://office") as http:
                self.http = http
                yield self
        finally:
            stop.set()
            await task

