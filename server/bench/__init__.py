"""`alongside bench`: the figures of docs/benchmarks.md. Ratios come from one run, so that the machine cancels out."""

from __future__ import annotations

import asyncio
import os
import platform
import sqlite3
import sys
from datetime import UTC, datetime
from typing import Final

import msgspec

from server.bench import dashboard, exchange, memory
from server.bench.exchange import Figures
from server.bench.idle import Idle, idle
from server.bench.office import office
from server.bench.report import ROOT, Line, at_least, at_most, missed, table, write_json, write_section
from server.bench.setting import folder
from server.bench.storm import PHONES, WITHIN_S, Storm, callers, storm

SEED: Final = 1935
PLAIN_BAR: Final = 8_000 / 38_000
"""8,000 notes/s are asked of a machine whose plain table takes 38,000."""


def run(notes: int, seed: int) -> int:
    """Measure, print, write docs/benchmarks.md and var/bench.json; the number of missed budgets."""
    return asyncio.run(_run(notes, seed))


async def _run(notes: int, seed: int) -> int:
    figures = await exchange.measure(seed)
    lines = exchange_lines(figures)
    _tell("exchange", "Exchange", lines, _about())
    write_json({"exchange": msgspec.structs.asdict(figures)}, ROOT / "var" / "bench.json")
    crowd = await _crowd(seed)
    with folder() as directory:
        made = await dashboard.organisation(directory, notes)
        times = await dashboard.times(made)
        held = await memory.memory(made)
    lines_of_office = [
        at_most(f"memory at rest with {made.notes:,} notes, MB", held.rested, 150),
        Line("memory just started, MB", f"{held.started:,.0f}"),
        *(at_most(f"{page.page}, p50 ms", page.p50_ms, 50, ".1f") for page in [*times.pages, times.after_note]),
        at_most("activity, the first time, as soon as the office stands, ms", times.first_ms, 300, ".0f"),
    ]
    about = f"Made in {made.seconds:.0f} s."
    _tell("office", f"Office with {made.notes:,} notes", lines_of_office, about)
    measured = {"memory": held._asdict(), "dashboard": msgspec.to_builtins(times)}
    write_json(measured, ROOT / "var" / "bench.json")
    return missed(lines) + missed(crowd) + missed(lines_of_office)


async def _crowd(seed: int) -> list[Line]:
    """The storm, and a phone that holds much and finds nothing new."""
    with folder() as directory:
        database = directory / "storm.sqlite3"
        epoch, phones = await callers(database, PHONES, seed)
        async with office(database) as (port, _):
            stormed = await storm(port, epoch, phones, WITHIN_S, seed)
        rested = await idle(directory, seed)
    lines = crowd_lines(stormed, rested)
    title = f"{stormed.phones:,} phones within {WITHIN_S:.0f} s, and one that holds {rested.records:,} records"
    _tell("storm", title, lines, "Each phone connects, pushes one to three notes, pulls all it may hold.")
    figures = {"storm": msgspec.structs.asdict(stormed), "idle": msgspec.structs.asdict(rested)}
    write_json(figures, ROOT / "var" / "bench.json")
    return lines


def crowd_lines(stormed: Storm, rested: Idle) -> list[Line]:
    """The figures of the storm and of the idle exchange beside their budgets."""
    return [
        at_most("storm, phones that were not served", stormed.unserved, 0),
        at_most("storm, from connecting to the last row, p95 ms", stormed.p95_ms, 1_000, ".0f"),
        Line("storm, p50 and worst ms", f"{stormed.p50_ms:.0f}, {stormed.worst_ms:.0f}"),
        Line("storm, later phones that were served before the unluckiest", f"{stormed.overtaken}"),
        at_most(f"idle exchange with {rested.people} people, bytes up: body", rested.up_body_bytes, 1_000),
        at_most("idle exchange, bytes down: body", rested.down_body_bytes, 1_000),
        Line("idle exchange, bytes up, down with headers", f"{rested.up_bytes:,}, {rested.down_bytes:,}"),
        at_most("idle exchange, office's processor, ms", rested.office_cpu_ms, 10, ".2f"),
        Line("idle exchange, round trip p50, p95 ms", f"{rested.p50_ms:.2f}, {rested.p95_ms:.2f}"),
    ]


def exchange_lines(found: Figures) -> list[Line]:
    """The figures of push and pull beside their budgets."""
    return [
        at_least("push, 20 phones x 250 notes, of the office's own statements raw", found.push_of_own, 0.5, ".2f"),
        at_least("push, notes/s", found.push, PLAIN_BAR * found.plain_table),
        Line("own statements raw, notes/s", f"{found.own_statements:,.0f}"),
        Line("one plain table raw, notes/s", f"{found.plain_table:,.0f}"),
        Line("processor time a note: office, raw, us", f"{found.push_cpu_us:.0f}, {found.own_cpu_us:.0f}"),
        at_least("the same batch again, of the first rate", found.repush_of_push, 2, ".1f"),
        at_least("500 phones, one note each, of storing nothing", found.crowd_of_nothing, 0.8, ".2f"),
        Line("500 phones, phones/s: storing, nothing", f"{found.crowd:,.0f}, {found.nothing:,.0f}"),
        Line("processor time a phone, us: storing, nothing", f"{found.crowd_cpu_us:.0f}, {found.nothing_cpu_us:.0f}"),
        at_least("pull of 5,000 notes by a new phone, notes/s", found.pull, 20_000),
        at_most("pull, bytes a note", found.pull_note_bytes, 430),
        at_most("delta of 10 notes, p50 ms", found.delta_p50_ms, 1.5, ".2f"),
        Line("delta of 10 notes, p95 ms", f"{found.delta_p95_ms:.2f}"),
        at_most("idle exchange, bytes both ways with headers", found.idle_bytes, 2_000),
        at_most("push, bytes up a note", found.up_note_bytes, 450),
    ]


def _tell(name: str, title: str, lines: list[Line], about: str) -> None:
    text = f"{about}\n\n{table(lines)}"
    write_section(name, title, text)
    sys.stdout.write(f"{title}\n{text}\n\n")
    sys.stdout.flush()


def _about() -> str:
    load = os.getloadavg()[0]
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores (load {load:.1f} after the run), Python "
        f"{platform.python_version()}, SQLite {sqlite3.sqlite_version}. Medians of {exchange.ROUNDS} rounds; the "
        f"office, the phones and the raw runs share the machine, so trust the ratios."
    )
