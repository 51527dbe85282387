"""The page of backups: it warns until there is something to rely on, and says what it does not know."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from server.administration.backups import warnings
from server.settings import Settings
from server.storage import backups
from server.storage.backups import OVERDUE_MS, Attempt, Overdue
from tests.server.auth.office import Office

PATH = "/administration/backups"


async def record(desk: Office, **fields: object) -> None:
    attempt = msgspec.convert({"made_at": desk.clock(), **fields}, Attempt)
    await desk.storage.write(lambda tx: backups.add(tx, attempt))


async def good(desk: Office, **more: object) -> None:
    made = {"verified_at": desk.clock(), "size_bytes": 4_200_000, "file": "/mnt/safe/alongside-1.age", "hash": "ab", "kid": "k"}
    await record(desk, **{**made, **more})


async def in_earnest(desk: Office) -> None:
    """Not a demo any more: the first page of a demo is not spoilt by a warning that nobody can act on."""
    await desk.storage.write(lambda tx: tx._connection.execute("UPDATE organisation SET is_demo = 0"))


async def test_a_stranger_and_a_supervisor_see_nothing(desk: Office):
    await desk.sign_in("supervisor")
    assert (await desk.get(PATH)).status_code == 403
    desk.forget_cookies()
    assert (await desk.get(PATH)).status_code in {303, 401}


async def test_without_backups_the_page_warns(desk: Office):
    page = (await desk.get(PATH)).text
    assert "There is no good backup" in page
    assert "does not make backups by itself" in page
    assert 'href="/administration/backups" aria-current="page"' in page


async def test_a_good_backup_is_told_with_its_age_size_and_place(desk: Office):
    await good(desk)
    page = (await desk.get(PATH)).text
    assert "There is no good backup" not in page
    assert "5 MB" in page
    assert "/mnt/safe" in page
    assert "<dt>Opened and proved</dt><dd>Never</dd>" in page.replace("\n", "")


async def test_a_proved_backup_says_when(desk: Office):
    await good(desk)
    await desk.storage.write(lambda tx: backups.prove(tx, "ab", desk.clock()))
    assert "<dt>Opened and proved</dt><dd>Never</dd>" not in (await desk.get(PATH)).text.replace("\n", "")


async def test_a_failure_says_why(desk: Office):
    await good(desk)
    await record(desk, problem="disk_full")
    page = (await desk.get(PATH)).text
    assert "The last backup failed" in page
    assert "The disk was full." in page
    await record(desk, problem="a code of a later version")
    assert "Something else went wrong" in (await desk.get(PATH)).text


async def test_after_a_restore_it_lists_the_phones_that_have_not_come(desk: Office):
    assert "Phones to hear from" not in (await desk.get(PATH)).text
    begun = desk.clock() + 1
    await desk.storage.write(
        lambda tx: backups.begin_epoch(
            tx, "01890000-0000-7000-8000-000000000001", reason="restore", forks={1: 0}, heads={1: 2_000_000}, now=begun
        )
    )
    page = (await desk.get(PATH)).text
    assert "Phones to hear from" in page
    assert "Not heard yet" in page
    await desk.storage.write(lambda tx: tx._connection.execute("UPDATE device SET last_pull_at = ?", (begun + 1,)))
    assert "Every phone has been here since" in (await desk.get(PATH)).text


async def test_a_database_that_went_back_is_the_first_thing_said(desk: Office):
    desk.app.state.update({"behind": "older"})
    assert "This database is older than it should be" in (await desk.get(PATH)).text


@pytest.mark.parametrize(("age", "about"), [(0, None), (OVERDUE_MS, None), (OVERDUE_MS + 1, "old"), (-1, "old")])
async def test_the_border_of_48_hours(desk: Office, age: int, about: str | None):
    """A backup from the future is as bad as an old one: some clock is wrong. The first page says it too."""
    await in_earnest(desk)
    at = desk.clock() - age
    await good(desk, made_at=at)
    async with desk.storage.read() as rows:
        assert await backups.overdue(rows, desk.clock()) == (Overdue(about, at) if about else None)
    assert ("The last good backup is" in (await desk.get("/dashboard")).text) == bool(about)


async def test_only_who_can_act_is_warned_on_the_first_page(desk: Office):
    assert "There is no good backup" not in (await desk.get("/dashboard")).text
    await in_earnest(desk)
    assert "There is no good backup" in (await desk.get("/dashboard")).text
    await desk.sign_in("supervisor")
    assert "There is no good backup" not in (await desk.get("/dashboard")).text


def test_the_same_disk_is_said(tmp_path: Path):
    settings = Settings(database=tmp_path / "x", keys=tmp_path, backups=tmp_path)
    settings.backup_recipient.write_text("age1")
    settings.database.touch()
    assert [warning["about"] for warning in warnings(settings, [], None)] == ["same_disk"]
    elsewhere = Path("/dev/shm")  # another disk, where there is one
    assert warnings(Settings(database=tmp_path / "x", keys=tmp_path, backups=elsewhere), [], None) == []
