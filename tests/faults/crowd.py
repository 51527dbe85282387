"""Phones that write without end over one real office; what they were told, and what the database says in the end."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from tests.support.carrier import Carrier
from tests.support.core import Core
from tests.support.office import Office


async def enrolled(folder: Path, count: int, slow: float = 1000) -> list[Carrier]:
    """Phones known to an office that is not running yet."""
    async with Core(folder).running() as core:
        org = await core.organisation()
        phones = [await core.phone(org, kind=Carrier) for _ in range(count)]
    for phone in phones:
        phone.slow = slow
    return phones


@asynccontextmanager
async def connected(phones: list[Carrier], url: str) -> AsyncIterator[httpx.AsyncClient]:
    """All phones reach the office at `url`."""
    async with httpx.AsyncClient(base_url=url, timeout=60, limits=httpx.Limits(max_connections=None)) as http:
        for phone in phones:
            phone.http = http
        yield http


class Crowd:
    """`refusals`: how often which code was the answer to a whole request."""

    def __init__(self, phones: list[Carrier]) -> None:
        self.phones = phones
        self.people = {}
        self.raws: dict[tuple[str, int], bytes] = {}
        self.refusals: Counter[str] = Counter()

    def capture(self, phone: Carrier, notes: int = 10, words: str = "We talked for a while.") -> None:
        if phone.device not in self.people:
            self.people[phone.device], raw = phone.participant()
            phone.keep(raw)
        for _ in range(notes):
            phone.keep(phone.note(self.people[phone.device], words)[1])
        self.raws.update({(phone.device, n): raw for n, raw in phone.outbox.items()})

    @property
    def acknowledged(self) -> dict[tuple[str, int], int]:
        return {(phone.device, n): receipt["seq"] for phone in self.phones for n, receipt in phone.receipts.items()}

    async def empty(self) -> None:
        """Every outbox, to the end."""
        await asyncio.gather(*(phone.exchange() for phone in self.phones))

    def lost_and_duplicated(self, office: Office) -> tuple[int, int]:
        """Against the database: acknowledged changes that are not there as written, and rows too many."""
        with sqlite3.connect(office.directory / "alongside.sqlite3") as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            log = database.execute("SELECT d.id, c.n, c.seq, c.raw FROM change c JOIN device d ON d.key = c.device")
            rows = log.fetchall()
            (head,) = database.execute("SELECT head FROM org_head").fetchone()
        database.close()
        stored = {(device, n): (seq, raw) for device, n, seq, raw in rows}
        assert sorted(seq for seq, _ in stored.values()) == list(range(1, head + 1))
        lost = sum(stored.get(key) != (seq, self.raws[key]) for key, seq in self.acknowledged.items())
        return lost, len(rows) - len(stored)
