"""Backup files on their disk: names, writing so that nothing half-written looks whole, reading back, letting go.

`backups.sha256` lies beside the office's keys and lists every backup this office wrote, in the form of `sha256sum`. age
does not say who encrypted a file; the list does.
"""

from __future__ import annotations

import errno
import hashlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final

from server.errors import BackupError

SUFFIX: Final = ".sqlite3.zst.age"
LEDGER: Final = "backups.sha256"
PIECE_BYTES: Final = 1024 * 1024
_FULL: Final = frozenset({errno.ENOSPC, errno.EFBIG, errno.EDQUOT})


class Sink:
    """A file that is being written, with its size and SHA-256; it remembers what the disk said when it refused."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._hash = hashlib.sha256()
        self.size_bytes = 0
        self.refused: OSError | None = None

    def write(self, piece: bytes) -> int:
        try:
            self._file.write(piece)
        except OSError as error:
            self.refused = error
            raise
        self._hash.update(piece)
        self.size_bytes += len(piece)
        return len(piece)

    def flush(self) -> None:
        self._file.flush()

    @property
    def hash(self) -> str:
        return self._hash.hexdigest()


def made_at(path: Path) -> int | None:
    """When a backup was made, as its name tells; None for a name that is not ours."""
    try:
        found = datetime.fromisoformat(path.name.removesuffix(SUFFIX).rpartition("-")[2])
    except ValueError:
        return None
    return int(found.timestamp() * 1000) if found.tzinfo else None


def name_of(root: str, now: int) -> str:
    """`root`: the first epoch of the database, so that offices that share a disk do not let go of each other's."""
    at = datetime.fromtimestamp(now // 1000, UTC)
    return f"alongside-{root[-8:]}-{at:%Y%m%dT%H%M%S}.{now % 1000:03}Z{SUFFIX}"


@contextmanager
def written(path: Path) -> Iterator[Sink]:
    """Write a new file that gets its name only when it is whole and on the disk."""
    part = path.with_name(f"{path.name}.part")
    sink: Sink | None = None
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            sink = Sink(file)
            yield sink
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        sync_directory(path.parent)
    except Exception as error:  # whatever stopped it, no half file stays; raised again below
        with suppress(OSError):
            part.unlink(missing_ok=True)
        cause = (sink.refused if sink else None) or error
        if isinstance(cause, OSError):
            raise disk_error(cause, path.parent) from None
        raise


def disk_error(error: OSError, folder: Path) -> BackupError:
    """What the disk said, in plain words."""
    if error.errno in _FULL:
        return BackupError("disk_full", f"the disk with {folder} is full")
    return BackupError("disk", f"{folder} cannot be written: {error.strerror or error}")


def hash_of(path: Path) -> str:
    """SHA-256 of a file as it stands on the disk: what memory holds of it is dropped first where the system can."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        while piece := file.read(PIECE_BYTES):
            found.update(piece)
    return found.hexdigest()


def let_go(folder: Path, root: str, keep: int) -> list[Path]:
    """Remove all but the newest `keep` backups of this office; the names sort by time."""
    every = sorted(folder.glob(f"alongside-{root[-8:]}-*{SUFFIX}"))
    gone = every[:-keep]
    for path in gone:
        path.unlink(missing_ok=True)
    return gone


def list_as_ours(keys: Path, path: Path, file_hash: str) -> None:
    """Add a line to the office's own list."""
    with (keys / LEDGER).open("a", encoding="utf-8") as file:
        file.write(f"{file_hash}  {path.name}\n")
        file.flush()
        os.fsync(file.fileno())


def is_listed(keys: Path, file_hash: str) -> bool | None:
    """Whether this office wrote the file; None when its list is not there to tell."""
    try:
        lines = (keys / LEDGER).read_text("utf-8").splitlines()
    except OSError:
        return None
    return any(line.startswith(file_hash) for line in lines)


def sync_directory(folder: Path) -> None:
    """Make a rename durable, where a directory can be forced to the disk."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
