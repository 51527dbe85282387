"""The witness notices a database that went back in time, and says nothing when there is nothing to say."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from server.backup import witness
from server.backup.witness import Seen, is_behind
from server.storage.backups import Standing
from tests.support.core import Core

FIRST, SECOND, THIRD = (f"0189aaaa-0000-7000-8000-00000000000{at}" for at in (1, 2, 3))


def standing(head: int, *lineage: str) -> Standing:
    return Standing(list(lineage or (FIRST,)), {1: head}, {}, [])


@pytest.mark.parametrize(
    ("lineage", "heads", "why"),
    [
        ([FIRST], {1: 10}, ""),
        ([FIRST], {1: 11, 2: 1}, ""),
        ([FIRST], {1: 9}, "older"),
        ([FIRST], {}, "older"),
        ([FIRST, SECOND], {1: 3}, ""),
        ([SECOND], {1: 900}, "unknown"),
        ([], {}, ""),
    ],
)
def test_behind(lineage: list[str], heads: dict[int, int], why: str) -> None:
    """The same epoch with a lower head, or an epoch of which the database knows nothing."""
    assert is_behind(Seen([FIRST], {1: 10}), lineage, heads) == why


def test_a_database_from_before_a_restore_is_behind(tmp_path: Path) -> None:
    witness.write(tmp_path, Seen([FIRST, SECOND], {1: 1_000_000}))
    assert witness.look(tmp_path, standing(2_000_000)) == "unknown"


def test_the_first_start_and_a_lost_file_say_nothing(tmp_path: Path) -> None:
    assert witness.look(tmp_path, standing(5)) == ""
    assert witness.look(tmp_path / "nowhere", Standing([], {}, {}, [])) == ""


def test_an_unreadable_file_stops_nobody(tmp_path: Path) -> None:
    witness.path_of(tmp_path, FIRST).write_text('{"lineage": [')
    assert witness.look(tmp_path, standing(5)) == ""


def test_an_empty_database_beside_a_witness_has_lost_everything(tmp_path: Path) -> None:
    witness.write(tmp_path, Seen([FIRST], {1: 10}))
    assert witness.look(tmp_path, Standing([], {}, {}, [])) == "empty"


def test_another_database_beside_the_same_keys_is_nobody_of_ours(tmp_path: Path) -> None:
    witness.write(tmp_path, Seen([FIRST], {1: 10}))
    assert witness.look(tmp_path, standing(1, SECOND)) == ""


def test_where_it_stood_when_it_was_noticed_is_remembered(tmp_path: Path) -> None:
    """What the office writes afterwards takes positions that the phones know otherwise; the least one counts."""
    witness.write(tmp_path, Seen([FIRST], {1: 100}))
    for head, noticed in ((60, 60), (75, 60), (40, 40)):
        assert witness.look(tmp_path, standing(head)) == "older"
        seen = witness.read(tmp_path, [FIRST])
        assert seen is not None
        assert seen.noticed == {1: noticed}
        assert seen.heads == {1: 100}


@pytest.mark.parametrize(
    ("lineage", "head", "shared"),
    [
        ([FIRST, SECOND, THIRD], 3_000, 3_000),
        ([FIRST, SECOND], 2_000, 700),
        ([FIRST], 20, 9),
        ([FIRST], 8, 8),
        ([FIRST, "0189aaaa-0000-7000-8000-00000000000f"], 5_000, 9),
    ],
    ids=["up to date", "the last epoch is missing", "a dead branch of the first", "an early past", "a strange branch"],
)
def test_an_old_database_is_shared_up_to_the_lowest_fork_it_does_not_know(
    lineage: list[str], head: int, shared: int
) -> None:
    """Copied back by hand, served, left at a fork, and copied back once more: its own epoch says nothing of that."""
    seen = Seen([FIRST, SECOND, THIRD], {1: 3_000}, forks={SECOND: {1: 9}, THIRD: {1: 700}})
    assert witness.shared_heads(seen, lineage, {1: head}) == {1: shared}
    assert witness.shared_heads(None, lineage, {1: head}) == {1: head}


def test_a_fork_that_the_witness_does_not_know_shares_nothing() -> None:
    assert witness.shared_heads(Seen([FIRST, SECOND], {1: 50}), [FIRST], {1: 20}) == {1: 0}


async def test_it_follows_the_office_and_writes_at_the_end(tmp_path: Path) -> None:
    core = Core(tmp_path)
    async with core.running():
        org = await core.organisation()
        phone = await core.phone(org)
        await phone.push([phone.participant()[1]])
        async with asyncio.timeout(10):
            while (seen := witness.read(core.settings.keys, [core.epoch])) is None or seen.heads != {org: 1}:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        await phone.push([phone.participant()[1] for _ in range(4)])
    seen = witness.read(core.settings.keys, [core.epoch])
    assert seen is not None
    assert seen.heads == {org: 5}
    assert witness.path_of(core.settings.keys, core.epoch).stat().st_mode & 0o777 == 0o600


async def test_a_witness_that_cannot_be_written_stops_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    core = Core(tmp_path)
    async with core.running():
        org = await core.organisation()
        blocked = witness.path_of(core.settings.keys, core.epoch).with_suffix(".part")
        blocked.mkdir()
        phone = await core.phone(org)
        assert (await phone.push([phone.participant()[1]])).status_code == 200
    assert witness.read(core.settings.keys, [core.epoch]) is None
    blocked.rmdir()
    async with Core(tmp_path).running():
        pass
    assert witness.read(core.settings.keys, [core.epoch]) is not None


async def test_a_database_put_back_by_hand_serves_no_phone(tmp_path: Path) -> None:
    """The file as it was an hour ago is copied over the present one."""
    core = Core(tmp_path)
    async with core.running():
        org = await core.organisation()
        phone = await core.phone(org)
        await phone.push([phone.participant()[1]])
    old = core.settings.database.read_bytes()
    async with core.running():
        phone.http, phone.nonce = core.http, ""
        assert (await phone.push([phone.participant()[1]])).status_code == 200
    core.settings.database.write_bytes(old)
    async with core.running():
        assert core.app.state.behind == "older"
        phone.http, phone.nonce = core.http, ""
        answer = await phone.push([phone.participant()[1]])
        assert (answer.status_code, answer.json()["code"]) == (503, "OUT_OF_SERVICE")
        assert (await phone.pull()).json()["code"] == "OUT_OF_SERVICE"
    seen = witness.read(core.settings.keys, [core.epoch])
    assert seen is not None
    assert seen.heads == {org: 2}


async def test_an_empty_office_beside_a_witness_waits_until_it_is_founded_anew(tmp_path: Path) -> None:
    """A lost database must not read to phones as "you are unknown"; a new organisation is a new beginning."""
    core = Core(tmp_path)
    witness.write(core.settings.keys, Seen([FIRST], {1: 10}))
    async with core.running():
        assert core.app.state.behind == "empty"
        org = await core.organisation()
        async with asyncio.timeout(10):
            while core.app.state.behind:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        phone = await core.phone(org)
        assert (await phone.push([phone.participant()[1]])).status_code == 200
