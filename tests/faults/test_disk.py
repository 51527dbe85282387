"""The office's disk is full, fails in the middle of a write, or takes its time: nothing acknowledged is lost."""

from __future__ import annotations

import asyncio
import resource
import signal
import sqlite3
from pathlib import Path

import httpx
import pytest

from tests.faults.crowd import Crowd, connected, enrolled
from tests.support.carrier import Carrier, Refused
from tests.support.office import Office
from tests.support.proof import often, tell

ROOM = 48 * 1024


async def push_until(crowd: Crowd, phone: Carrier, code: str, limit: int = 400) -> None:
    """Writes and pushes until the office refuses whole requests with `code`."""
    for _ in range(limit):
        crowd.capture(phone, 5, "w" * 3_000)
        try:
            await phone.send()
        except Refused as refused:
            problem = refused.problem
            break
    else:
        raise AssertionError(f"never {code}")
    assert problem["code"] == code
    assert problem["retry_after_s"] > 0
    crowd.refusals[code] += 1


async def still_answered(http: httpx.AsyncClient) -> None:
    """What needs no new room goes on."""
    for path in ("/healthz", "/sign-in", "/sync/v1/spec"):
        assert (await http.get(path)).status_code == 200, path


async def fill_and_recover(crowd: Crowd, http: httpx.AsyncClient, code: str, *, often_: int, fill, empty) -> None:
    for _ in range(often_):
        fill()
        await asyncio.gather(*(push_until(crowd, phone, code) for phone in crowd.phones))
        await still_answered(http)
        empty()
        await crowd.empty()


async def test_a_full_disk_acknowledges_nothing_and_passes(tmp_path: Path) -> None:
    """503 STORAGE_FULL to everybody while there is no room; the outboxes empty when there is, without a restart."""
    phones = await enrolled(tmp_path, 4)
    crowd, office = Crowd(phones), Office(tmp_path, fault="tight-disk").start()
    try:
        async with connected(phones, office.url) as http:
            process = office.process
            assert process is not None
            for phone in phones:
                crowd.capture(phone)
            await crowd.empty()
            await fill_and_recover(
                crowd, http, "STORAGE_FULL", often_=often(3, 30),
                fill=lambda: process.send_signal(signal.SIGUSR1), empty=lambda: process.send_signal(signal.SIGUSR2),
            )  # fmt: skip
    finally:
        office.stop()
    lost, duplicated = crowd.lost_and_duplicated(office)
    tell(
        "disk full at the office", refused=crowd.refusals["STORAGE_FULL"], acknowledged=len(crowd.acknowledged),
        lost=lost, duplicated=duplicated,
    )  # fmt: skip
    assert (lost, duplicated) == (0, 0)
    assert set(crowd.acknowledged) == set(crowd.raws)


async def test_a_disk_that_fails_in_the_middle_of_a_write(tmp_path: Path) -> None:
    """The kernel lets no file grow: writes fail half-way through a page. 503 BUSY, nothing half is kept, and it passes."""
    phones = await enrolled(tmp_path, 4)
    crowd, office = Crowd(phones), Office(tmp_path).start()
    try:
        async with connected(phones, office.url) as http:
            process = office.process
            assert process is not None
            hard = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)[1]

            def grows_to(limit: int) -> None:
                resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (limit, hard))

            def fill() -> None:
                grown = max((tmp_path / f"alongside.sqlite3{end}").stat().st_size for end in ("", "-wal"))
                grows_to(grown + ROOM + 1_001)

            for phone in phones:
                crowd.capture(phone)
            await crowd.empty()
            await fill_and_recover(
                crowd, http, "BUSY", often_=often(3, 30), fill=fill, empty=lambda: grows_to(hard)
            )  # fmt: skip
    finally:
        office.stop(signal.SIGKILL)
    lost, duplicated = crowd.lost_and_duplicated(office)
    tell(
        "the office's disk fails half-way through a write", refused=crowd.refusals["BUSY"],
        acknowledged=len(crowd.acknowledged), lost=lost, duplicated=duplicated,
    )  # fmt: skip
    assert (lost, duplicated) == (0, 0)
    assert set(crowd.acknowledged) == set(crowd.raws)


async def test_a_slow_disk_makes_phones_wait_and_nobody_else(tmp_path: Path) -> None:
    """While commits take their time: screens and limits are answered, a killed office lost nothing it had answered."""
    phones = await enrolled(tmp_path, 6, slow=1)
    crowd, office = Crowd(phones), Office(tmp_path, fault="slow-disk").start()
    answered = 0
    try:
        async with connected(phones, office.url) as http:

            async def look_on() -> None:
                nonlocal answered
                while True:
                    await still_answered(http)
                    answered += 1

            looking = asyncio.create_task(look_on())
            for _ in range(3):
                for phone in phones:
                    crowd.capture(phone)
                await crowd.empty()
            looking.cancel()
            await asyncio.wait([looking])
            for phone in phones:
                crowd.capture(phone)
            ends = [asyncio.create_task(phone.once()) for phone in phones]
            await asyncio.sleep(0.3)
            office.stop(signal.SIGKILL)
            await asyncio.gather(*ends, return_exceptions=True)
    finally:
        office.stop(signal.SIGKILL)
    lost, duplicated = crowd.lost_and_duplicated(office)
    tell("every commit takes 0.7 s", acknowledged=len(crowd.acknowledged), lost=lost, duplicated=duplicated,
         others_answered=answered * 3)  # fmt: skip
    assert (lost, duplicated) == (0, 0)
    assert answered > 0
    assert len(crowd.acknowledged) >= 6 * 31


@pytest.mark.filterwarnings("ignore::ResourceWarning")
async def test_an_office_that_answers_before_its_commit_is_caught(tmp_path: Path) -> None:
    """The same check on an office that makes this very mistake finds lost work: it can fail."""
    phones = await enrolled(tmp_path, 2)
    crowd, office = Crowd(phones), Office(tmp_path, fault="answers-before-commit").start()
    try:
        async with connected(phones, office.url):
            for phone in phones:
                crowd.capture(phone)
                await phone.send()
            office.stop(signal.SIGKILL)
    finally:
        office.stop(signal.SIGKILL)
    with sqlite3.connect(tmp_path / "alongside.sqlite3") as database:
        (kept,) = database.execute("SELECT count(*) FROM change").fetchone()
    database.close()
    assert kept < len(crowd.acknowledged)
