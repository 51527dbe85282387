"""`alongside restore`: what it refuses, what it keeps, and what a new epoch means for phones and people."""

from __future__ import annotations

import asyncio
import contextlib
import io
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from server.backup import age, files, witness
from server.storage.migrations import known, migrate
from tests.server.backup.conftest import Place
from tests.support.homing import HomingPhone


async def send(phone: HomingPhone, notes: int = 3) -> None:
    """A person once, then notes about them; everything is received."""
    person = next((doc for doc, row in phone.rows.items() if row["type"] == "participant"), None)
    if person is None:
        person, raw = phone.participant()
        phone.keep(raw)
    for _ in range(notes):
        phone.keep(phone.note(person, f"note {phone.n}")[1])
    async with asyncio.timeout(30):
        await phone.exchange()


def notes_of(place: Place) -> list[str]:
    found = place.rows("SELECT json_extract(fields_json, '$.answers.did') FROM record_fields WHERE type = 'note'")
    return sorted(text for (text,) in found)


def as_written(phone: HomingPhone) -> list[str]:
    return sorted(f"note {n}" for n in range(2, phone.n))


async def with_backup(place: Place) -> tuple[HomingPhone, Path]:
    """Three notes are in the backup, two more are not."""
    place.make_key()
    async with place.inside(1) as (phone,):
        await send(phone)
        backup = place.backup()
        await send(phone, 2)
    return phone, backup


async def test_a_restore_keeps_the_old_database_and_loses_nothing(place: Place) -> None:
    phone, backup = await with_backup(place)
    said = place.call("restore", backup, "--key", place.private, status=1)
    assert "there is a database" in said
    assert len(notes_of(place)) == 5
    said = place.call("restore", backup, "--key", place.private, "--move-aside")
    assert len(notes_of(place)) == 3
    (aside,) = place.home.glob("*.before-*")
    assert aside.name in said
    with sqlite3.connect(aside) as old:
        assert old.execute("SELECT count(*) FROM record WHERE type = 'note'").fetchone() == (5,)
    old.close()
    async with place.serving(phone):
        await phone.exchange()
    assert notes_of(place) == as_written(phone)
    assert phone.forks == [4]
    assert place.rows("SELECT reason, fork_seq FROM sync_epoch ORDER BY id") == [("first", 0), ("restore", 4)]
    assert place.rows("SELECT DISTINCT action FROM access_log WHERE action = 'restore'") == [("restore",)]
    assert min(seq for (seq,) in place.rows("SELECT seq FROM change WHERE seq > 4")) > 6


async def test_a_backup_over_a_copy_that_went_its_own_way_shares_nothing(place: Place) -> None:
    """Without a witness nobody noticed the copy: its phones hold receipts whose numbers mean other changes here."""
    place.make_key()
    async with place.inside(2) as (phone, other):
        await send(phone)
    copied = place.database.read_bytes()
    async with place.serving(phone):
        await send(phone, 2)
    backup = place.backup()
    place.database.write_bytes(copied)
    for noted in place.keys.glob("witness*"):
        noted.unlink()
    async with place.serving(other):
        await send(other, 4)
    place.call("restore", backup, "--key", place.private, "--move-aside")
    async with place.serving(other):
        await other.exchange()
    assert other.forks == [0]
    assert set(as_written(other)) <= set(notes_of(place))


async def test_no_restore_while_the_office_runs(place: Place) -> None:
    phone, backup = await with_backup(place)
    async with place.serving(phone):
        for more in ("--move-aside", "--adopt"):
            said = place.call("restore", backup, "--key", place.private, more, status=1)
            assert "is running" in said
        await send(phone, 1)
    assert len(notes_of(place)) == 6


async def test_restored_twice_phones_of_every_epoch_come_home(place: Place) -> None:
    """One phone saw both restores, one slept through both."""
    place.make_key()
    async with place.inside(2) as (awake, asleep):
        await send(awake)
        await send(asleep)
        first = place.backup()
        await send(asleep, 2)
    place.call("restore", first, "--key", place.private, "--move-aside")
    async with place.serving(awake):
        await send(awake, 1)
        second = place.backup()
        await send(awake, 1)
    place.call("restore", second, "--key", place.private, "--move-aside")
    async with place.serving(awake, asleep):
        await send(awake, 1)
        await send(asleep, 1)
    assert notes_of(place) == sorted(as_written(awake) + as_written(asleep))
    assert len(awake.forks) == 2
    assert len(asleep.forks) == 1


async def test_what_was_ended_after_the_backup_stays_ended(place: Place) -> None:
    """A phone locked out, an account disabled, a code used: an old backup lets none of them in again."""
    place.make_key()
    async with place.inside(2) as (phone, stolen):
        await send(phone)
        await send(stolen)
        place.execute("INSERT INTO account (person, org, sign_in, name, role, created_at) VALUES ('p', 1, 'p', 'P', 'supervisor', 1)")
        place.execute("INSERT INTO session (token, id, person, step, started_at, seen_at) VALUES (x'01', 's', 'p', 'open', 1, 1)")
        place.execute("INSERT INTO one_time_code (token, typed, person, purpose, made_by, made_at, ends_at) VALUES (x'01', x'02', 'p', 'phone', 'p', 1, 9)")
        backup = place.backup()
        place.execute(f"UPDATE device SET state = 'revoked', mode = 'wipe_now' WHERE id = '{stolen.device}'")
        place.execute("UPDATE account SET is_active = 0")
    said = place.call("restore", backup, "--key", place.private, "--move-aside")
    assert "2 phones and accounts that were shut out" in said
    assert place.rows("SELECT state, mode FROM device ORDER BY key") == [("active", None), ("revoked", "wipe_now")]
    assert place.rows("SELECT is_active FROM account") == [(0,)]
    assert place.rows("SELECT count(*) FROM session") == [(0,)]
    assert place.rows("SELECT count(*) FROM one_time_code") == [(0,)]


async def test_a_restore_by_hand_is_noticed_and_adopted(place: Place) -> None:
    """The copy is put back, the office starts, a member changes something, and only then somebody looks."""
    async with place.inside(1) as (phone,):
        await send(phone)
    old = place.database.read_bytes()
    async with place.serving(phone):
        await send(phone, 2)
    place.database.write_bytes(old)
    async with place.serving(phone):
        answer = await phone.push([phone.participant()[1]])
        assert answer.json()["code"] == "OUT_OF_SERVICE"
        phone.n -= 1
    place.execute("UPDATE org_head SET head = head + 1")  # a member's change took the position that a phone knows
    said = place.call("restore", "--adopt")
    assert "Phones send again what came after it" in said
    async with place.serving(phone):
        await phone.exchange()
    assert phone.forks == [4]
    assert notes_of(place) == as_written(phone)


async def test_adopting_without_a_witness_asks_for_everything(place: Place) -> None:
    async with place.inside(1) as (phone,):
        await send(phone)
    old = place.database.read_bytes()
    async with place.serving(phone):
        await send(phone, 2)
    place.database.write_bytes(old)
    for path in place.keys.glob("witness-*"):
        path.unlink()
    before = dict(phone.receipts)
    assert "Nobody can know how old it is" in place.call("restore", "--adopt")
    async with place.serving(phone):
        await phone.exchange()
    assert phone.forks == [0]
    assert notes_of(place) == as_written(phone)
    assert {n: phone.receipts[n] for n in range(1, 5)} == {n: before[n] for n in range(1, 5)}


async def test_a_backup_older_than_what_was_safe(place: Place) -> None:
    """The phone has let go of what a lost backup held: the numbers are on record as lost, and the phone goes on."""
    place.make_key()
    async with place.inside(1) as (phone,):
        await send(phone)
        old = place.backup()
        await send(phone, 2)
        place.backup()
        await send(phone, 2)
        await phone.exchange()
        assert phone.safe_seq == 6
        assert sorted(phone.held) == [7, 8]
    place.call("restore", old, "--key", place.private, "--move-aside")
    async with place.serving(phone):
        await send(phone, 1)
    lost = place.rows("SELECT d.id, l.first_n, l.last_n FROM lost_change l JOIN device d ON d.key = l.device")
    assert lost == [(phone.device, 5, 6)]
    assert notes_of(place) == sorted(set(as_written(phone)) - {"note 5", "note 6"})


def truncated(whole: bytes) -> bytes:
    return whole[: len(whole) - 30]


def flipped(whole: bytes) -> bytes:
    return whole[:-500] + bytes([whole[-500] ^ 1]) + whole[-499:]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (truncated, "damaged: a part of it is changed or missing"),
        (flipped, "damaged: a part of it is changed or missing"),
        (lambda _: b"", "damaged, or it is no backup"),
        (lambda _: b"SQLite format 3\0" * 99, "damaged, or it is no backup"),
    ],
    ids=["truncated", "flipped", "empty", "stranger"],
)
async def test_a_damaged_backup_is_refused(place: Place, change: Callable[[bytes], bytes], said: str) -> None:
    _, backup = await with_backup(place)
    backup.write_bytes(change(backup.read_bytes()))
    for more in ("--check", "--move-aside"):
        assert said in place.call("restore", backup, "--key", place.private, more, status=1)
    assert len(notes_of(place)) == 5
    assert not [path for path in place.home.iterdir() if "restoring" in path.name or "before" in path.name]


async def test_the_wrong_key_a_missing_file_and_no_key_are_told_apart(place: Place) -> None:
    _, backup = await with_backup(place)
    other = place.folder / "other.key"
    age.make_key(other, place.folder / "other.pub", 0)
    assert "this private key does not open the backup" in place.call("restore", backup, "--key", other, "--check", status=1)
    assert "there is no file" in place.call("restore", place.out / "x", "--key", place.private, "--check", status=1)
    assert "holds no private key" in place.call("restore", backup, "--key", place.keys / "backup.pub", "--check", status=1)
    assert "say which backup" in place.call("restore", backup, status=1)


def sealed(place: Place, database: Path) -> Path:
    """A backup file of a database that no office made."""
    path = place.out / "made.age"
    with files.written(path) as sink:
        age.encrypt(io.BytesIO(database.read_bytes()), sink, age.read_recipient(place.keys / "backup.pub"))
    return path


async def test_a_newer_schema_and_a_stranger_s_file_are_refused(place: Place) -> None:
    _, backup = await with_backup(place)
    place.execute("INSERT INTO migration VALUES ('9999_future', 'x', 1)")
    newer = sealed(place, place.database)
    place.database.unlink()
    assert "newer Alongside" in place.call("restore", newer, "--key", place.private, status=1)
    place.call("restore", backup, "--key", place.private)
    stranger = sealed(place, place.database)
    assert "this office did not write it" in place.call(
        "restore", stranger, "--key", place.private, "--move-aside", status=1
    )
    place.call("restore", stranger, "--key", place.private, "--move-aside", "--unlisted")


async def test_an_older_schema_is_brought_up_to_date(place: Place) -> None:
    place.make_key()
    steps = place.folder / "steps"
    steps.mkdir()
    for step in known()[:3]:
        (steps / f"{step.name}.sql").write_text(step.text)
    migrate(place.database, 1, steps)
    place.execute("INSERT INTO organisation (name, made_at) VALUES ('Old House', 1)")
    place.execute("INSERT INTO org_head VALUES (1, 7)")
    place.execute("INSERT INTO sync_epoch (epoch, made_at, reason) VALUES ('0189aaaa-0000-7000-8000-000000000001', 1, 'first')")
    place.execute("PRAGMA journal_mode=DELETE")
    backup = sealed(place, place.database)
    place.database.unlink()
    place.call("restore", backup, "--key", place.private)
    assert len(place.rows("SELECT name FROM migration")) == len(known())
    assert place.rows("SELECT head FROM org_head") == [(1_000_007,)]


async def test_a_proof_is_recorded_and_touches_nothing(place: Place) -> None:
    _, backup = await with_backup(place)
    before = notes_of(place)
    said = place.call("restore", backup, "--key", place.private, "--check")
    assert "can be restored" in said
    assert "This office wrote it." in said
    assert notes_of(place) == before
    assert place.rows("SELECT proved_at IS NOT NULL FROM backup") == [(1,)]
    assert not list(place.home.glob("*restoring*"))
    elsewhere = place.folder / "laptop"
    elsewhere.mkdir()
    said = place.call("restore", backup, "--key", place.private, "--check", DATABASE=str(elsewhere / "x"), KEYS=str(elsewhere / "keys"))
    assert "can be restored" in said
    assert list(elsewhere.iterdir()) == []


async def test_a_rehearsal_elsewhere_leaves_the_office_alone(place: Place) -> None:
    """The same machine, the same keys, another file: the office's own database is not suddenly an old one."""
    phone, backup = await with_backup(place)
    copy = place.folder / "rehearsal" / "copy.sqlite3"
    place.call("restore", backup, "--key", place.private, "--database", copy)
    async with place.serving(phone):
        await send(phone, 1)
    assert phone.forks == []
    with contextlib.closing(sqlite3.connect(copy)) as database:
        assert database.execute("SELECT count(*) FROM sync_epoch").fetchone() == (2,)


async def test_a_disk_too_small_for_the_restored_database(place: Place) -> None:
    _, backup = await with_backup(place)
    arguments = ("restore", backup, "--key", place.private, "--move-aside")
    said = place.call_apart(*arguments, status=1, most_bytes=100_000)
    assert "is full" in said
    assert len(notes_of(place)) == 5


async def test_the_witness_knows_the_new_epoch(place: Place) -> None:
    _, backup = await with_backup(place)
    place.call("restore", backup, "--key", place.private, "--move-aside")
    lineage = [epoch for (epoch,) in place.rows("SELECT epoch FROM sync_epoch ORDER BY id")]
    seen = witness.read(place.keys, lineage)
    assert seen is not None
    assert seen.lineage == lineage
    assert list(seen.heads.items()) == place.rows("SELECT org, head FROM org_head")
