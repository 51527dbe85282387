"""The way back: prove a backup, put it in place, and begin the epoch that tells every phone what has happened.

Nothing is touched before the backup is decrypted, checked and brought up to date beside the place where it will stand.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec

from server.backup import age, files, witness
from server.backup.files import Sink
from server.backup.taking import remove
from server.backup.witness import Seen
from server.clock import Clock
from server.errors import BackupError
from server.pokes import Pokes
from server.settings import Settings
from server.storage import backups, snapshot
from server.storage.access_log import note_access
from server.storage.backups import Attempt, Standing
from server.storage.forms import forms
from server.storage.ids import new_id
from server.storage.migrations import migrate
from server.storage.port import Transaction
from server.storage.snapshot import Facts
from server.storage.sqlite import SqliteStorage

OPENED: Final = ".restoring"
BEYOND_WITNESS: Final = 100_000
"""The witness may be a second late; no office gives out so many positions in a second."""

BEYOND_UNKNOWN: Final = 1_000_000


class Opened(msgspec.Struct, frozen=True):
    """A backup that was decrypted and found whole. `is_ours`: whether this office's list holds it, None without one."""

    facts: Facts
    hash: str
    size_bytes: int
    is_ours: bool | None


class Turned(msgspec.Struct, frozen=True):
    """A database in its new epoch. `shut_out`: phones and accounts that the backup would have let in again."""

    epoch: str
    reason: str
    forks: dict[int, int]
    shut_out: int
    phones: list[tuple[str, int]]
    aside: Path | None = None


class Turn(msgspec.Struct, frozen=True):
    """What a new epoch begins with. `restored`: the backup that the database comes from."""

    reason: str
    keys: Path
    forks: dict[int, int]
    restored: Attempt | None = None


def prove(settings: Settings, file: Path, key: Path) -> Opened:
    """Decrypt a backup and look at every page of it, then forget it. The database in place is not touched."""
    settings.database.parent.mkdir(parents=True, exist_ok=True)
    with _opened(settings, file, key) as (_, opened):
        return opened


class Allowed(msgspec.Struct, frozen=True):
    """What the operator said yes to. `elsewhere`: a rehearsal; the witness goes on speaking of the office's own."""

    move_aside: bool = False
    unlisted: bool = False
    elsewhere: bool = False


def restore(settings: Settings, file: Path, key: Path, now: Clock, allowed: Allowed) -> Turned:
    """Put a backup in the database's place and begin a new epoch."""
    database = settings.database
    database.parent.mkdir(parents=True, exist_ok=True)
    _refuse_in_place(database, may_move_aside=allowed.move_aside)
    with _opened(settings, file, key) as (path, opened):
        if opened.is_ours is False and not allowed.unlisted:
            raise BackupError(
                "unlisted", f"{file} is not in {settings.keys / files.LEDGER}: this office did not write it. "
                "If you are sure where it comes from, say --unlisted.",
            )  # fmt: skip
        migrate(path, now())
        attempt = Attempt(
            made_at=files.made_at(file) or now(), verified_at=now(), epoch=opened.facts.lineage[-1],
            heads=opened.facts.heads, size_bytes=opened.size_bytes, file=str(file.absolute()), hash=opened.hash,
        )  # fmt: skip
        seen = witness.read(settings.keys, opened.facts.lineage)
        shared = witness.shared_heads(seen, opened.facts.lineage, snapshot.shared_heads(path, database))
        turn = Turn("restore", settings.keys, shared, attempt)
        turned, standing = asyncio.run(_turn(path, turn, now))
        snapshot.fold(path)
        _refuse_in_place(database, may_move_aside=allowed.move_aside)
        aside = _move_aside(database)
        path.replace(database)
        files.sync_directory(database.parent)
    if not allowed.elsewhere:
        witness.write(settings.keys, witness.seen_of(standing))
    return msgspec.structs.replace(turned, aside=aside)


def adopt(settings: Settings, now: Clock) -> Turned:
    """Begin a new epoch for a database that somebody put in place by hand.

    Where it parted from what the phones know is what the witness noted when it was first noticed. Without that nobody
    can know, and 0 is the safe answer: phones offer everything they have kept, and the office knows what it has.
    """
    if not settings.database.exists():
        raise BackupError("unreadable", f"there is no database at {settings.database}")
    if snapshot.is_in_use(settings.database):
        raise BackupError("in_use", "the office is running. Stop it first.")
    migrate(settings.database, now())
    facts = snapshot.check(settings.database)
    if not facts.lineage:
        raise BackupError("empty", "the database holds no organisation: there is nothing to adopt. Restore a backup.")
    seen = witness.read(settings.keys, facts.lineage)
    is_behind = witness.is_behind(seen, facts.lineage, facts.heads)
    noticed = (seen.noticed or facts.heads) if seen and is_behind else dict.fromkeys(facts.heads, 0)
    shared = witness.shared_heads(seen, facts.lineage, facts.heads)
    forks = {org: min(head, noticed.get(org, 0)) for org, head in shared.items()}
    turned, standing = asyncio.run(_turn(settings.database, Turn("adopt", settings.keys, forks), now))
    witness.write(settings.keys, witness.seen_of(standing))
    return turned


async def _turn(path: Path, asked: Turn, now: Clock) -> tuple[Turned, Standing]:
    """Everything that a new epoch means, in one transaction."""
    epoch = new_id(now())

    async def turn(tx: Transaction) -> int:
        standing = await backups.standing(tx)
        seen = witness.read(asked.keys, standing.lineage)
        heads = {org: beyond(org, head, seen) for org, head in standing.heads.items()}
        await backups.begin_epoch(tx, epoch, reason=asked.reason, forks=asked.forks, heads=heads, now=now())
        await backups.end_access(tx)
        shut_out = await backups.shut_out_again(tx, seen.phones, seen.accounts, now()) if seen else 0
        if asked.restored:
            await backups.add(tx, asked.restored)
            await backups.prove(tx, asked.restored.hash, now())
        for org in standing.heads:
            await note_access(tx, org, None, "restore", epoch, now(), asked.reason)
        return shut_out

    async with SqliteStorage.open(path, Pokes(), forms()) as storage:
        shut_out = await storage.write(turn)
        async with storage.read() as rows:
            phones = [(str(row["name"] or ""), int(row["heard_at"])) for row in await backups.phones(rows)]
            standing = await backups.standing(rows)
    return Turned(epoch, asked.reason, asked.forks, shut_out, phones), standing


def beyond(org: int, head: int, seen: Seen | None) -> int:
    """A head above every position that was ever given out. A witness below the backup is an old copy of itself."""
    if seen is None or seen.heads.get(org, 0) < head:
        return head + BEYOND_UNKNOWN
    return max(head, seen.heads[org]) + BEYOND_WITNESS


@contextmanager
def _opened(settings: Settings, file: Path, key: Path) -> Iterator[tuple[Path, Opened]]:
    """The backup as a database beside the one in place, for its owner alone; gone afterwards unless it was renamed."""
    identity = age.read_identity(key)
    path = settings.database.with_name(settings.database.name + OPENED)
    remove(path)
    try:
        try:
            file_hash = files.hash_of(file)
            with file.open("rb") as sealed, os.fdopen(_new(path), "wb") as plain:
                age.decrypt(sealed, Sink(plain), identity)  # type: ignore[arg-type]  # it asks for write and flush only
                plain.flush()
                os.fsync(plain.fileno())
        except FileNotFoundError:
            raise BackupError("unreadable", f"there is no file {file}") from None
        except OSError as error:
            raise files.disk_error(error, path.parent) from None
        facts = snapshot.check(path)
        if not facts.lineage:
            raise BackupError("empty", "the backup holds no organisation")
        yield path, Opened(facts, file_hash, file.stat().st_size, files.is_listed(settings.keys, file_hash))
    finally:
        remove(path)


def _new(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)


def _refuse_in_place(database: Path, *, may_move_aside: bool) -> None:
    if not database.exists():
        return
    if snapshot.is_in_use(database):
        raise BackupError("in_use", f"the office is running on {database}. Stop it first.")
    if not may_move_aside:
        raise BackupError(
            "in_place", f"there is a database at {database}. Say --move-aside: it is kept under another name."
        )


def _move_aside(database: Path) -> Path | None:
    """Keep the old database under another name, with what SQLite keeps beside it."""
    if not database.exists():
        return None
    aside = database.with_name(f"{database.name}.before-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}")
    for ending in ("-wal", "-shm", ""):
        beside = Path(f"{database}{ending}")
        if beside.exists():
            beside.rename(f"{aside}{ending}")
    return aside
