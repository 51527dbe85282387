"""The promise behind a receipt: kill the server in the middle of its work, and nothing acknowledged is missing."""

from __future__ import annotations

import asyncio
import random
import signal
import sqlite3
from pathlib import Path

import httpx
import pytest

from tests.support.core import Core
from tests.support.office import Office
from tests.support.phone import Phone

KILLS = 20
PHONES = 4


@pytest.mark.filterwarnings("ignore::ResourceWarning")
async def test_no_acknowledged_change_is_lost_and_none_is_kept_twice(tmp_path: Path) -> None:
    core = Core(tmp_path)
    async with core.running():
        org = await core.organisation()
        phones = [await core.phone(org) for _ in range(PHONES)]
    (tmp_path / "office.sqlite3").rename(tmp_path / "alongside.sqlite3")
    office = Office(tmp_path)
    dice = random.Random(3)
    outboxes: list[list[bytes]] = [[] for _ in phones]
    acknowledged: dict[tuple[str, int], int] = {}

    async def send(phone: Phone, outbox: list[bytes]) -> None:
        """Keep pushing; what is not acknowledged stays in the outbox and goes first next time."""
        while True:
            while len(outbox) < 40:
                outbox.append(phone.participant()[1])
            answer = (await phone.push(outbox[:40])).raise_for_status().json()
            for result in answer["results"]:
                assert acknowledged.setdefault((phone.device, result["n"]), result["seq"]) == result["seq"]
            del outbox[:40]

    try:
        for _ in range(KILLS):
            office.start()
            async with httpx.AsyncClient(base_url=office.url) as http:
                for phone in phones:
                    phone.http = http
                sending = [asyncio.create_task(send(*pair)) for pair in zip(phones, outboxes, strict=True)]
                await asyncio.sleep(dice.uniform(0.05, 0.4))
                office.stop(signal.SIGKILL)
                failures = await asyncio.gather(*sending, return_exceptions=True)
            assert all(isinstance(failure, httpx.TransportError) for failure in failures), failures
    finally:
        office.stop(signal.SIGKILL)
    assert len(acknowledged) > KILLS * 40
    with sqlite3.connect(tmp_path / "alongside.sqlite3") as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        kept = database.execute("SELECT d.id, c.n, c.seq FROM change c JOIN device d ON d.key = c.device").fetchall()
        (head,) = database.execute("SELECT head FROM org_head").fetchone()
        (records,) = database.execute("SELECT count(*) FROM record WHERE type = 'participant'").fetchone()
    database.close()
    stored = {(device, n): seq for device, n, seq in kept}
    assert len(stored) == len(kept) == records == head
    assert sorted(stored.values()) == list(range(1, head + 1))
    assert {key: stored.get(key) for key in acknowledged} == acknowledged
