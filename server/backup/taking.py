"""Taking a backup: copy while the office runs, check the copy, encrypt it, read the file back, record it.

The plain copy lies beside the database, for its owner alone, and is gone when the backup is done. What `verified` means
is told in docs/operations.md.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import msgspec

from server.backup import age, files
from server.clock import Clock
from server.errors import BackupError
from server.settings import Settings
from server.storage import snapshot
from server.storage.backups import Attempt

if sys.platform != "win32":
    import fcntl

COPY: Final = ".backup-copy"
SPARE_BYTES: Final = 32 * 1024 * 1024
"""Room that a backup leaves on the database's disk: it must never be what stops the office."""


class Taken(msgspec.Struct, frozen=True):
    """A backup that stands. `gone`: older ones that were deleted for it."""

    path: Path
    attempt: Attempt
    gone: list[Path]


def take(settings: Settings, folder: Path | None, recipient_file: Path | None, now: Clock) -> Taken:
    """Take one backup; BackupError says in a sentence why there is none."""
    folder = folder or settings.backups
    if folder is None:
        raise BackupError("no_directory", "say where backups go: --to DIRECTORY or BACKUP_DIR")
    recipient = age.read_recipient(recipient_file or settings.backup_recipient)
    if not settings.database.exists():
        raise BackupError("unreadable", f"there is no database at {settings.database}")
    if not folder.is_dir():
        raise BackupError("no_directory", f"there is no directory {folder}: is its disk there?")
    with _alone(settings.database) as plain:
        made_at = now()
        facts = _copied(settings.database, plain)
        if not facts.lineage:
            raise BackupError("empty", "the database holds no organisation yet")
        path = folder / files.name_of(facts.lineage[0], made_at)
        with files.written(path) as sink, plain.open("rb") as source:
            age.encrypt(source, sink, recipient)  # type: ignore[arg-type]  # it asks for write and flush only
    if files.hash_of(path) != sink.hash:
        path.unlink(missing_ok=True)
        raise BackupError("not_the_same", f"{path} did not come back from its disk as it was written")
    files.list_as_ours(settings.keys, path, sink.hash)
    attempt = Attempt(
        made_at=made_at, epoch=facts.lineage[-1], heads=facts.heads, verified_at=now(), size_bytes=sink.size_bytes,
        file=str(path), hash=sink.hash, kid=recipient[-16:],
    )  # fmt: skip
    return Taken(path, attempt, files.let_go(folder, facts.lineage[0], settings.backup_keep))


def _copied(database: Path, plain: Path) -> snapshot.Facts:
    """The copy, looked at from end to end, with exactly what the database held."""
    if shutil.disk_usage(plain.parent).free < database.stat().st_size + SPARE_BYTES:
        raise BackupError("disk_full", f"there is no room for a copy of the database in {plain.parent}")
    held = snapshot.copy(database, plain)
    if "backup" not in held.rows:
        raise BackupError("schema", "the database is older than this Alongside. Stop the office: alongside migrate")
    if snapshot.check(plain) != held:
        raise BackupError("not_the_same", "the copy does not hold what the database holds")
    return held


@contextmanager
def _alone(database: Path) -> Iterator[Path]:
    """One backup at a time; the name for its plain copy, which is not there before and not after."""
    copy = database.with_name(database.name + COPY)
    with database.with_name(f"{database.name}.backup-lock").open("w") as lock:
        if sys.platform != "win32":
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise BackupError("running", "another backup is running") from None
        remove(copy)
        try:
            yield copy
        finally:
            remove(copy)


def remove(database: Path) -> None:
    """Remove a database file that is not the office's, with what SQLite keeps beside it."""
    for ending in ("", "-journal", "-wal", "-shm"):
        with suppress(FileNotFoundError):
            os.unlink(f"{database}{ending}")  # noqa: PTH108 - endings, not children
