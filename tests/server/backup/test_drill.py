"""The drill: the server's directory is deleted in mid-sync; it is rebuilt from the last backup and five phones."""

from __future__ import annotations

import asyncio
import shutil
import signal
import time
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from tests.server.backup.conftest import Place
from tests.support.homing import HomingPhone
from tests.support.proof import often, tell

PHONES = 5


class Worker:
    """Somebody who writes all day: notes for one person, exchanged every few. `acknowledged`: n to (receipt, bytes)."""

    def __init__(self, phone: HomingPhone) -> None:
        self.phone = phone
        self.texts: dict[str, str] = {}
        self.acknowledged: dict[int, tuple[dict[str, Any], bytes]] = {}
        self.raws: dict[int, bytes] = {}
        self.person, raw = phone.participant()
        self.keep(raw)
        self.stop = False

    def keep(self, raw: bytes) -> None:
        self.raws[msgspec.json.decode(raw)["n"]] = raw
        self.phone.keep(raw)

    def write(self, count: int) -> None:
        for _ in range(count):
            text = f"We talked, {self.phone.device} {self.phone.n}."
            doc, raw = self.phone.note(self.person, text)
            self.texts[doc] = text
            self.keep(raw)

    async def work(self) -> None:
        """Write and exchange until told to stop; what is unsent then stays so."""
        while not self.stop:
            self.write(5)
            await self.phone.exchange()
            self.note_receipts()
            await asyncio.sleep(0.01)

    def note_receipts(self) -> None:
        for n, receipt in self.phone.receipts.items():
            self.acknowledged.setdefault(n, (receipt, self.raws[n]))


@pytest.mark.filterwarnings("ignore::ResourceWarning")
async def test_the_server_is_lost_in_mid_sync_and_nothing_acknowledged_is_missing(place: Place) -> None:
    before, after = often(400, 4_000), often(300, 3_000)
    workers = [Worker(phone) for phone in await place.found(PHONES)]
    place.make_key()
    place.start()
    async with httpx.AsyncClient(base_url=place.url) as http:
        for worker in workers:
            worker.phone.http = http
        tasks = [asyncio.create_task(worker.work()) for worker in workers]
        try:
            await until(workers, before)
            said = await asyncio.to_thread(place.call_apart, "backup", "--to", place.out)
            backup = Path(said.splitlines()[0])
            in_backup = total(workers)
            await until(workers, in_backup + after)
            lost_at = time.monotonic()
            place.stop(signal.SIGKILL)
            shutil.rmtree(place.home)
            told = {(worker.phone.device, n): known for worker in workers for n, known in worker.acknowledged.items()}
            place.move_to("rebuilt")
            said = await asyncio.to_thread(place.call_apart, "restore", backup, "--key", place.private)
            for worker in workers:
                worker.stop = True
                worker.write(3)  # written while the office was away
            restored_at = time.monotonic()
            place.start()
            await asyncio.gather(*tasks)
            await asyncio.gather(*(worker.phone.exchange() for worker in workers))
            seconds = time.monotonic() - lost_at
        finally:
            for task in tasks:
                task.cancel()
    place.stop()
    fork = int(place.rows("SELECT fork_seq FROM epoch_fork")[0][0])
    assert "These phones have to come by" in said
    assert all(worker.phone.forks == [fork] for worker in workers)
    again = prove(place, workers, told, fork)
    tell(
        "drill", phones=PHONES, acknowledged=len(told), in_backup=len(told) - again, only_on_phones=again, lost=0,
        duplicated=0, restore_s=round(restored_at - lost_at, 1), all_back_s=round(seconds, 1),
    )  # fmt: skip


def prove(place: Place, workers: list[Worker], told: dict[tuple[str, int], Any], fork: int) -> int:
    """Compare the rebuilt store with what the phones were told and wrote; how much came back from phones alone."""
    assert place.rows("PRAGMA integrity_check") == [("ok",)]
    log = place.rows("SELECT d.id, c.n, c.seq, c.raw FROM change c JOIN device d ON d.key = c.device WHERE d.kind = 'phone'")
    stored = {(device, n): (seq, raw) for device, n, seq, raw in log}
    assert len(stored) == len(log), "a change twice"
    missing = [key for key, (_, raw) in told.items() if key not in stored or stored[key][1] != raw]
    assert missing == []
    held = {key: receipt["seq"] for key, (receipt, _) in told.items() if receipt["seq"] <= fork}
    assert {key: stored[key][0] for key in held} == held, "a receipt that the backup held has changed"
    again = [key for key, (receipt, _) in told.items() if receipt["seq"] > fork]
    assert again
    head_before = max(receipt["seq"] for receipt, _ in told.values())
    assert all(stored[key][0] > head_before for key in again), "a position was given out twice"
    notes = dict(place.rows("SELECT doc, json_extract(fields_json, '$.answers.did') FROM record_fields WHERE type = 'note'"))
    assert notes == {doc: text for worker in workers for doc, text in worker.texts.items()}
    for worker in workers:
        assert worker.phone.outbox == {}
        assert {doc for doc, row in worker.phone.rows.items() if row["type"] == "note"} == set(worker.texts)
    return len(again)


def total(workers: list[Worker]) -> int:
    return sum(len(worker.acknowledged) for worker in workers)


async def until(workers: list[Worker], count: int) -> None:
    async with asyncio.timeout(300):
        while total(workers) < count:  # noqa: ASYNC110 - they work, this looks
            await asyncio.sleep(0.02)
