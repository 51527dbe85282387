"""The figures of the exchange: push, repeat, crowd, pull, delta, idle, wire. All against one running office."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from statistics import median
from time import perf_counter, process_time

import msgspec

from server.bench import raw
from server.bench.office import cpu_s, office
from server.bench.setting import PHONES, Setting, folder, make
from server.bench.wire import BenchPhone
from server.clock import now_ms

NOTES = 250
ROUNDS = 5
CROWD_ROUNDS = 5
DELTA = 10
SAMPLES = 200


class Figures(msgspec.Struct):
    """Rates in notes (or phones) a second, sizes in bytes, times in ms. Medians of the rounds.

    `*_cpu_us`: processor time of the office (or of the raw run) for one note or phone, which a busy machine moves less.
    """

    push: float = 0
    push_of_own: float = 0
    own_statements: float = 0
    plain_table: float = 0
    repush_of_push: float = 0
    repush: float = 0
    crowd: float = 0
    crowd_of_nothing: float = 0
    nothing: float = 0
    push_cpu_us: float = 0
    own_cpu_us: float = 0
    crowd_cpu_us: float = 0
    nothing_cpu_us: float = 0
    pull: float = 0
    pull_note_bytes: float = 0
    delta_p50_ms: float = 0
    delta_p95_ms: float = 0
    idle_bytes: int = 0
    up_note_bytes: float = 0


async def measure(seed: int) -> Figures:
    """All figures of the exchange in one run."""
    found = Figures()
    with folder() as directory:
        setting = await make(directory, seed)
        async with office(setting.database) as (port, pid):
            for phone in [*setting.writers, setting.reader]:
                await phone.connect(port)
            await _pushes(found, setting, pid)
            await _delta_and_idle(found, setting)
        await _crowds(found, setting)
    return found


async def _pushes(found: Figures, setting: Setting, pid: int) -> None:
    """Twenty phones with 250 notes each, at once; beside each round the same rows without an office."""
    pushes, repeats, owns, plains, ratios = [], [], [], [], []
    used, used_raw = [], []
    own, plain = raw.OwnStatements(setting.database.parent), raw.PlainTable(setting.database.parent)
    for turn in range(ROUNDS):
        bodies = [_body(setting, phone) for phone in setting.writers]
        found.up_note_bytes = sum(map(len, bodies)) / (PHONES * NOTES)
        head = await _head(setting)
        before = cpu_s(pid)
        pushes.append(await _at_once(setting.writers, bodies, PHONES * NOTES))
        used.append((cpu_s(pid) - before) / (PHONES * NOTES) * 1e6)
        repeats.append(await _at_once(setting.writers, bodies, PHONES * NOTES))
        if turn == 0:
            await _first_pull(found, setting)
        written = raw.Written(setting.database, head, PHONES * NOTES)
        before = process_time()
        owns.append(own.rate(written))
        used_raw.append((process_time() - before) / (PHONES * NOTES) * 1e6)
        plains.append(plain.rate(written))
        ratios.append(pushes[-1] / owns[-1])
    own.close()
    plain.close()
    if await _head(setting) != head + PHONES * NOTES:
        raise RuntimeError("a repeated push made new rows")
    found.push, found.repush = median(pushes), median(repeats)
    found.own_statements, found.plain_table = median(owns), median(plains)
    found.push_of_own = median(ratios)
    found.push_cpu_us, found.own_cpu_us = median(used), median(used_raw)
    found.repush_of_push = median(again / once for again, once in zip(repeats, pushes, strict=True))


async def _first_pull(found: Figures, setting: Setting) -> None:
    since: dict[str, int] = {}
    started = perf_counter()
    rows, received = await setting.reader.pull_all(setting.epoch, since, now_ms())
    found.pull = rows / (perf_counter() - started)
    found.pull_note_bytes = received / rows


async def _delta_and_idle(found: Figures, setting: Setting) -> None:
    """Ten new notes since the cursors, asked for again and again; then nothing new, headers and all."""
    since: dict[str, int] = {}
    writer = setting.writers[0]
    await writer.pull_all(setting.epoch, since, now_ms())
    raws = setting.notes(writer, DELTA, now_ms())
    await writer.send("/sync/v1/push", writer.push_body(setting.epoch, raws, now_ms()))
    body = writer.pull_body(setting.epoch, since, now_ms())
    times = []
    for _ in range(SAMPLES):
        started = perf_counter()
        answer = await writer.send("/sync/v1/pull", body)
        times.append((perf_counter() - started) * 1000)
        if len(answer.json()["rows"]) != DELTA:
            raise RuntimeError("the delta is not ten notes")
    times.sort()
    found.delta_p50_ms, found.delta_p95_ms = times[len(times) // 2], times[len(times) * 95 // 100]
    await writer.pull_all(setting.epoch, since, now_ms())
    idle = await writer.send("/sync/v1/pull", writer.pull_body(setting.epoch, since, now_ms()))
    found.idle_bytes = idle.sent_bytes + idle.received_bytes


async def _crowds(found: Figures, setting: Setting) -> None:
    """Five hundred phones with one note each at once: the office against the same office that stores nothing."""
    rates: dict[bool, list[float]] = {True: [], False: []}
    used: dict[bool, list[float]] = {True: [], False: []}
    person = setting.people[setting.crowd[0].person][0]
    cursors = {"org": 0, f"p:{person}": 1, f"me:{setting.crowd[0].person}": 1}
    for _ in range(CROWD_ROUNDS):
        for is_storing in (True, False):
            async with office(setting.database, is_storing=is_storing) as (port, pid):
                numbers = [phone.n for phone in setting.crowd]
                bodies = [_body(setting, phone, 1) for phone in setting.crowd]
                for phone in setting.crowd:
                    await phone.connect(port)
                    await phone.send("/sync/v1/pull", phone.pull_body(setting.epoch, cursors, now_ms()))
                before = cpu_s(pid)
                rates[is_storing].append(await _at_once(setting.crowd, bodies, len(bodies)))
                used[is_storing].append((cpu_s(pid) - before) / len(bodies) * 1e6)
                if not is_storing:
                    for phone, n in zip(setting.crowd, numbers, strict=True):
                        phone.n = n
                for phone in setting.crowd:
                    phone.close()
    found.crowd, found.nothing = median(rates[True]), median(rates[False])
    found.crowd_cpu_us, found.nothing_cpu_us = median(used[True]), median(used[False])
    found.crowd_of_nothing = found.crowd / found.nothing


def _body(setting: Setting, phone: BenchPhone, count: int = NOTES) -> bytes:
    now = now_ms()
    return phone.push_body(setting.epoch, setting.notes(phone, count, now), now)


async def _at_once(phones: Sequence[BenchPhone], bodies: Sequence[bytes], notes: int) -> float:
    """Notes a second when every phone sends its body at the same moment."""
    started = perf_counter()
    answers = await asyncio.gather(
        *(phone.send("/sync/v1/push", body) for phone, body in zip(phones, bodies, strict=True))
    )
    took = perf_counter() - started
    outcomes = {result["outcome"] for answer in answers for result in answer.json()["results"]}
    if outcomes != {"applied"}:
        raise RuntimeError(f"a note was not taken: {outcomes}")
    return notes / took


async def _head(setting: Setting) -> int:
    """Newest position of the organisation, as the reader learns it."""
    answer = await setting.reader.send("/sync/v1/pull", setting.reader.pull_body(setting.epoch, {"org": 0}, now_ms()))
    return int(answer.json()["head"])
