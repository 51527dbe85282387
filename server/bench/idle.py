"""Nothing new for a phone that holds 30,000 records: one round trip, and what it costs."""

from __future__ import annotations

from pathlib import Path
from random import Random
from time import perf_counter
from typing import Final

import msgspec

from server.bench import content
from server.bench.office import cpu_s, office
from server.bench.wire import Answer, BenchPhone
from server.clock import now_ms
from server.pokes import Pokes
from server.storage.devices import NewPhone, add_phone
from server.storage.forms import forms
from server.storage.ids import new_id
from server.storage.migrations import migrate
from server.storage.organisations import add_organisation, current_epoch
from server.storage.port import Submission
from server.storage.sqlite import SqliteStorage

RECORDS: Final = 30_000
PEOPLE: Final = 40
SAMPLES: Final = 200
BATCH: Final = 500


class Idle(msgspec.Struct):
    """Bytes of bodies and of whole messages, each way; milliseconds of a round trip and of the office's processor."""

    records: int
    people: int
    round_trips: int
    up_bytes: int
    down_bytes: int
    up_body_bytes: int
    down_body_bytes: int
    p50_ms: float
    p95_ms: float
    office_cpu_ms: float


async def idle(directory: Path, seed: int, records: int = RECORDS) -> Idle:
    """One phone pulls everything, then asks again and again."""
    database, now = directory / "idle.sqlite3", now_ms()
    phone, epoch = await _filled(database, seed, records, now)
    since: dict[str, int] = {}
    async with office(database) as (port, pid):
        await phone.connect(port)
        held, _ = await phone.pull_all(epoch, since, now)
        body = phone.pull_body(epoch, since, now)
        times, answers = [], list[Answer]()
        before = cpu_s(pid)
        for _ in range(SAMPLES):
            started = perf_counter()
            answers.append(await phone.send("/sync/v1/pull", body))
            times.append((perf_counter() - started) * 1000)
        used_ms = (cpu_s(pid) - before) / SAMPLES * 1000
        phone.close()
    last = answers[-1]
    if last.json()["more"] or last.json()["rows"]:
        raise RuntimeError("something was new")
    times.sort()
    return Idle(
        records=held, people=PEOPLE, round_trips=1, up_bytes=last.sent_bytes, down_bytes=last.received_bytes,
        up_body_bytes=len(body), down_body_bytes=len(last.body), p50_ms=times[len(times) // 2],
        p95_ms=times[len(times) * 95 // 100], office_cpu_ms=used_ms,
    )  # fmt: skip


async def _filled(database: Path, seed: int, records: int, now: int) -> tuple[BenchPhone, str]:
    migrate(database, now)
    dice, prose = Random(seed), content.Prose()  # noqa: S311 - a benchmark's dice
    phone = BenchPhone(new_id(now), now)
    people = [new_id(now) for _ in range(PEOPLE)]
    site = new_id(now)
    async with SqliteStorage.open(database, Pokes(), forms()) as storage:
        org = await storage.write(lambda tx: add_organisation(tx, "Harbour", now))
        await storage.write(
            lambda tx: add_phone(tx, NewPhone(phone.device, org, phone.person, phone.point, "0" * 64, now))
        )
        while phone.n <= records:
            first = phone.n
            raws = []
            for n in range(first, min(first + BATCH, records + 1)):
                if n <= PEOPLE:
                    raws.append(content.participant(dice, n, people[n - 1], author=phone.person, now=now))
                else:
                    who = people[n % PEOPLE]
                    raws.append(content.note(prose, dice, n, person=who, author=phone.person, site=site, now=now))
            phone.n += len(raws)
            await storage.submit(Submission(org, phone.device, phone.person, "specialist", first, raws, now))
        async with storage.read() as rows:
            epoch = await current_epoch(rows)
    if epoch is None:
        raise RuntimeError("the first organisation begins an epoch")
    return phone, epoch.epoch
