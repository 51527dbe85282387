"""A thousand phones that find signal at nearly the same time: each pushes a few notes and pulls. Nobody starves."""

from __future__ import annotations

import asyncio
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Final

import msgspec

from server.bench import content
from server.bench.wire import BenchPhone
from server.clock import now_ms
from server.pokes import Pokes
from server.storage.devices import NewPhone, add_phone
from server.storage.forms import forms
from server.storage.ids import new_id
from server.storage.migrations import migrate
from server.storage.organisations import add_organisation, current_epoch
from server.storage.port import Submission, Transaction
from server.storage.sqlite import SqliteStorage

PHONES: Final = 1_000
WITHIN_S: Final = 60.0
MOST_NOTES: Final = 3


class Caller(msgspec.Struct):
    """One phone with its person and its notes; when it came, when it was done, in seconds since the storm began."""

    phone: BenchPhone
    participant: str
    raws: list[bytes] = []
    came: float = 0
    done: float = 0
    receipts: int = 0
    rows: int = 0


class Storm(msgspec.Struct):
    """What became of it. `overtaken`: by how many later phones the unluckiest one was served after."""

    phones: int
    notes: int
    unserved: int
    overtaken: int
    p50_ms: float
    p95_ms: float
    worst_ms: float


async def callers(database: Path, count: int, seed: int) -> tuple[str, list[Caller]]:
    """An office's database with so many phones, each of a specialist with one participant; the epoch, the phones."""
    migrate(database, now_ms())
    now, dice, prose = now_ms(), Random(seed), content.Prose()  # noqa: S311 - a benchmark's dice
    made = [Caller(BenchPhone(new_id(now), now), new_id(now)) for _ in range(count)]
    async with SqliteStorage.open(database, Pokes(), forms()) as storage:
        org = await storage.write(lambda tx: add_organisation(tx, "Harbour", now))

        async def enrol(tx: Transaction) -> None:
            for one in made:
                phone = one.phone
                await add_phone(tx, NewPhone(phone.device, org, phone.person, phone.point, "0" * 64, now))

        await storage.write(enrol)
        for one in made:
            phone = one.phone
            raw = content.participant(dice, 1, one.participant, author=phone.person, now=now)
            await storage.submit(Submission(org, phone.device, phone.person, "specialist", 1, [raw], now))
            one.raws = [
                content.note(prose, dice, n, person=one.participant, author=phone.person, site=new_id(now), now=now)
                for n in range(2, 2 + dice.randint(1, MOST_NOTES))
            ]
        async with storage.read() as rows:
            epoch = await current_epoch(rows)
    if epoch is None:
        raise RuntimeError("the first organisation begins an epoch")
    return epoch.epoch, made


async def storm(port: int, epoch: str, phones: list[Caller], within_s: float, seed: int) -> Storm:
    """All of them, at moments drawn evenly from `within_s`."""
    dice = Random(seed)  # noqa: S311 - a benchmark's dice
    began = perf_counter()
    moments = sorted(dice.uniform(0, within_s) for _ in phones)

    async def call(one: Caller, moment: float) -> None:
        await asyncio.sleep(max(0.0, began + moment - perf_counter()))
        one.came = perf_counter() - began
        phone = one.phone
        await phone.connect(port)
        try:
            answer = await phone.send("/sync/v1/push", phone.push_body(epoch, one.raws, now_ms()))
            one.receipts = sum(result["outcome"] == "applied" for result in answer.json()["results"])
            one.rows, _ = await phone.pull_all(epoch, {}, now_ms())
        finally:
            phone.close()
        one.done = perf_counter() - began

    await asyncio.gather(*(call(*pair) for pair in zip(phones, moments, strict=True)), return_exceptions=True)
    return _told(phones)


def _told(phones: list[Caller]) -> Storm:
    served = [one for one in phones if one.receipts == len(one.raws) and one.rows > len(one.raws)]
    times = sorted((one.done - one.came) * 1000 for one in served)
    by_coming = sorted(served, key=lambda one: one.came)
    overtaken = max(sum(other.done < one.done for other in by_coming[at + 1 :]) for at, one in enumerate(by_coming))
    return Storm(
        phones=len(phones),
        notes=sum(one.receipts for one in phones),
        unserved=len(phones) - len(served),
        overtaken=overtaken,
        p50_ms=times[len(times) // 2],
        p95_ms=times[len(times) * 95 // 100],
        worst_ms=times[-1],
    )
