"""`alongside backup`: encrypted, checked, recorded; what goes wrong is said in plain words and leaves a row."""

from __future__ import annotations

import fcntl
import io
import os
import resource
import sqlite3
import subprocess
import sys
from pathlib import Path

import pyrage
import pytest
import zstandard

from server.backup import age, files
from server.errors import BackupError
from server.storage import snapshot
from server.storage.backups import safe_seq
from server.storage.migrations import known, migrate
from tests.server.backup.conftest import Place
from tests.support import forensics
from tests.support.core import Core

WRITER = """
import sqlite3, sys
database = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
database.execute("PRAGMA journal_mode=WAL")
while True:
    database.execute("INSERT INTO noise VALUES (1)")
"""
CANARIES = ["Zanahoria-4711", "Kükenwiese", "Ana Quetzalcoatl"]


async def written(place: Place, notes: int = 3, words: str = "We talked.") -> None:
    """An office that has received a few notes and was stopped."""
    async with place.inside(1) as (phone,):
        person, raw = phone.participant(CANARIES[2])
        phone.keep(raw, *(phone.note(person, f"{words} {CANARIES[0]} {CANARIES[1]} {i}")[1] for i in range(notes)))
        await phone.exchange()
    place.make_key()


async def test_a_backup_is_encrypted_and_opens_with_its_key_and_common_tools(place: Place) -> None:
    await written(place)
    recipient = (place.keys / "backup.pub").rename(place.folder / "elsewhere.pub")
    said = place.call("backup", "--to", place.out, "--recipient", recipient)
    (backup,) = place.out.iterdir()
    assert str(backup) in said
    assert backup.stat().st_mode & 0o777 == 0o600
    assert place.private.stat().st_mode & 0o777 == 0o600
    (secret,) = [line for line in place.private.read_text().splitlines() if not line.startswith("#")]
    packed = pyrage.decrypt(backup.read_bytes(), [pyrage.x25519.Identity.from_str(secret)])
    plain = place.folder / "opened.sqlite3"
    plain.write_bytes(zstandard.ZstdDecompressor().stream_reader(io.BytesIO(packed)).read())
    database = sqlite3.connect(plain)
    assert database.execute("SELECT count(*) FROM change").fetchone() == (4,)
    database.close()


async def test_a_stolen_backup_tells_nothing(place: Place) -> None:
    """The same search finds every canary in the plain database, so it can find."""
    await written(place)
    place.backup()
    assert set(forensics.search(place.home, CANARIES)) == set(CANARIES)
    assert forensics.search(place.out, CANARIES) == {}


async def test_no_plain_copy_stays_behind(place: Place) -> None:
    await written(place)
    left = place.database.with_name(place.database.name + ".backup-copy")
    left.write_text("left by a backup that was killed")
    place.backup()
    names = {path.name for path in place.home.iterdir()}
    assert names <= {"alongside.sqlite3", "alongside.sqlite3.backup-lock", "office.log"}
    assert [path.suffix for path in place.out.iterdir()] == [".age"]


async def test_what_is_backed_up_is_safe(place: Place) -> None:
    await written(place)
    place.backup()
    core = Core(place.home)
    async with core.running():
        org = await core.known()
        async with core.storage.read() as rows:
            assert await safe_seq(rows, org) == 4
            assert await safe_seq(rows, org + 1) == 0
    ((verified_at, problem, size),) = place.rows("SELECT verified_at, problem, size_bytes FROM backup")
    assert verified_at
    assert problem is None
    assert size == next(place.out.iterdir()).stat().st_size


async def test_a_failure_makes_nothing_safe(place: Place) -> None:
    await written(place)
    said = place.call("backup", "--to", place.folder / "unplugged", status=1)
    assert "is its disk there?" in said
    assert place.rows("SELECT verified_at, problem FROM backup") == [(None, "no_directory")]
    assert place.rows("SELECT * FROM backup_head") == []


async def test_a_full_disk_while_copying(place: Place) -> None:
    """A file may grow to 120 kB only. No half copy stays, and the failure is on record."""
    await written(place)
    assert place.database.stat().st_size > 120_000
    assert "no room" in place.call_apart("backup", "--to", place.out, status=1, most_bytes=120_000)
    assert list(place.out.iterdir()) == []
    assert not [path for path in place.home.iterdir() if "copy" in path.name]
    assert place.rows("SELECT problem FROM backup") == [("disk_full",)]


def test_a_full_disk_while_encrypting(tmp_path: Path) -> None:
    recipient = age.make_key(tmp_path / "private", tmp_path / "public", 0)
    (tmp_path / "out").mkdir()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
    try:
        with pytest.raises(BackupError, match="is full"), files.written(tmp_path / "out" / "x.age") as sink:
            age.encrypt(io.BytesIO(os.urandom(300_000)), sink, recipient)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert list((tmp_path / "out").iterdir()) == []


async def test_only_the_newest_are_kept(place: Place) -> None:
    await written(place)
    stranger = place.out / "alongside-00000000-20200101T000000Z.sqlite3.zst.age"
    stranger.write_text("another office's")
    root = place.rows("SELECT epoch FROM sync_epoch")[0][0][-8:]
    old = [place.out / f"alongside-{root}-2020010{day}T000000.000Z.sqlite3.zst.age" for day in (1, 2, 3)]
    for path in old:
        path.write_text("old")
    place.call("backup", "--to", place.out, BACKUP_KEEP="2")
    kept = {path.name for path in place.out.iterdir()}
    assert stranger.name in kept
    assert old[2].name in kept
    assert len(kept) == 3


async def test_a_backup_never_migrates(place: Place) -> None:
    """The new version is installed, the old one still serves: its database is left as it is."""
    steps = place.folder / "steps"
    steps.mkdir()
    for step in known()[:3]:
        (steps / f"{step.name}.sql").write_text(step.text)
    migrate(place.database, 1, steps)
    place.make_key()
    assert "alongside migrate" in place.call("backup", "--to", place.out, status=1)
    assert len(place.rows("SELECT name FROM migration")) == 3
    assert list(place.out.iterdir()) == []


async def test_one_at_a_time(place: Place) -> None:
    await written(place)
    with place.database.with_name(f"{place.database.name}.backup-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "another backup is running" in place.call("backup", "--to", place.out, status=1)
    place.backup()


def test_the_private_key_never_lies_beside_what_it_opens(place: Place) -> None:
    place.keys.mkdir()
    for folder in (place.keys, place.home, place.out):
        said = place.call("backup", "--make-key", folder / "key", status=1, BACKUP_DIR=str(place.out))
        assert "must not lie in" in said
    place.call("backup", "--make-key", place.private)
    assert "is there already" in place.call("backup", "--make-key", place.folder / "other", status=1)
    assert not (place.folder / "other").exists()


async def test_a_damaged_database_is_not_called_a_backup(place: Place) -> None:
    """A page of the live file is overwritten: the copy has the same damage, and is found out before it is encrypted."""
    await written(place, notes=200)
    whole = bytearray(place.database.read_bytes())
    (page,) = place.rows("SELECT rootpage FROM sqlite_master WHERE name = 'change_identity'")[0]
    whole[(page - 1) * 4096 + 8 : page * 4096] = os.urandom(4096 - 8)
    place.database.write_bytes(whole)
    said = place.call("backup", "--to", place.out, status=1)
    assert "damaged" in said or "cannot be read" in said
    assert list(place.out.iterdir()) == []


def test_a_name_tells_when(tmp_path: Path) -> None:
    """To the millisecond: two backups of one second are two files."""
    for at in (0, 1_795_314_204_007, 1_795_314_204_999):
        assert files.made_at(tmp_path / files.name_of("0189aaaa-0000-7000-8000-000000000001", at)) == at
    assert files.made_at(tmp_path / "renamed.age") is None
    assert files.made_at(tmp_path / "alongside-00000001-tomorrow.sqlite3.zst.age") is None


def test_keys_that_are_none(tmp_path: Path) -> None:
    bad = tmp_path / "key"
    for text in ("", "age1notakey", "AGE-SECRET-KEY-1NOTAKEY"):
        bad.write_text(text)
        for read in (age.read_recipient, age.read_identity):
            with pytest.raises(BackupError, match="holds no"):
                read(bad)
    with pytest.raises(BackupError, match="cannot be read"):
        age.read_identity(tmp_path / "nowhere")


async def test_a_backup_of_a_busy_database_is_one_moment(place: Place) -> None:
    """While another process writes as fast as it can, copy and counts still agree."""
    await place.found(1)
    place.execute("CREATE TABLE noise (x INTEGER)")
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(place.database)])  # noqa: ASYNC220 - it only runs beside
    try:
        while place.rows("SELECT count(*) FROM noise")[0][0] < 100:
            assert writer.poll() is None
        written_meanwhile = 0
        for i in range(5):
            copied = place.folder / f"copy{i}"
            held = snapshot.copy(place.database, copied)
            written_meanwhile += place.rows("SELECT count(*) FROM noise")[0][0] - held.rows["noise"]
            assert snapshot.check(copied) == held
    finally:
        writer.kill()
        writer.wait()
    assert written_meanwhile > 0
