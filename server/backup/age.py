"""The form of a backup file: the database, compressed by zstd, encrypted by age to a public key.

Both are open formats with tools of their own: `age -d -i KEY FILE | zstd -d > database` opens a backup without us.
Nothing is held in memory whole.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final

import pyrage  # type: ignore[import-untyped]  # it carries no types
import zstandard

from server.errors import BackupError

LEVEL: Final = 3
PREFIX: Final = "age1"
SECRET_PREFIX: Final = "AGE-SECRET-KEY-1"  # noqa: S105 - how such a key begins


def make_key(private: Path, public: Path, now: int) -> str:
    """Make a pair: the private half into a new file that only its owner reads, the public one beside the keys."""
    if public.exists():
        raise BackupError(
            "key", f"{public} is there already. To begin a new pair, move it away; keep the old private key as long as "
            "you keep backups made for it.",
        )  # fmt: skip
    identity = pyrage.x25519.Identity.generate()
    recipient = str(identity.to_public())
    made = datetime.fromtimestamp(now / 1000, UTC).isoformat(timespec="seconds")
    _write_new(private, f"# Alongside backups, made {made}\n# public key: {recipient}\n{identity}\n", 0o600)
    public.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _write_new(public, f"{recipient}\n", 0o644)
    return recipient


def read_recipient(path: Path) -> str:
    """The public key in a file; BackupError when there is none."""
    for line in _lines(path, "the public key for backups"):
        if line.startswith(PREFIX):
            try:
                pyrage.x25519.Recipient.from_str(line)
            except pyrage.RecipientError:
                break
            return line
    raise BackupError("key", f"{path} holds no public key for backups (a line that begins with {PREFIX})")


def read_identity(path: Path) -> str:
    """The private key in a file; BackupError when there is none."""
    for line in _lines(path, "the private key for backups"):
        if line.upper().startswith(SECRET_PREFIX):
            try:
                pyrage.x25519.Identity.from_str(line)
            except pyrage.IdentityError:
                break
            return line
    raise BackupError("key", f"{path} holds no private key for backups (a line that begins with {SECRET_PREFIX})")


def encrypt(plain: BinaryIO, sealed: BinaryIO, recipient: str) -> None:
    """Compress and encrypt a stream."""
    with zstandard.ZstdCompressor(level=LEVEL).stream_reader(plain, closefd=False) as packed:
        pyrage.encrypt_io(packed, sealed, [pyrage.x25519.Recipient.from_str(recipient)])


def decrypt(sealed: BinaryIO, plain: BinaryIO, identity: str) -> None:
    """Reverse of `encrypt`; BackupError when the key does not fit or one bit is not as it was written."""
    try:
        with zstandard.ZstdDecompressor().stream_writer(plain, closefd=False) as unpacked:
            pyrage.decrypt_io(sealed, unpacked, [pyrage.x25519.Identity.from_str(identity)])
    except pyrage.DecryptError as error:
        if "matching keys" in str(error):
            raise BackupError(
                "key", "this private key does not open the backup: the backup was made for another one, or its first "
                "lines are damaged",
            ) from None  # fmt: skip
        raise BackupError("damaged", "the backup file is damaged, or it is no backup") from None
    except OSError as error:
        if error.errno is not None:
            raise
        raise BackupError("damaged", "the backup file is damaged: a part of it is changed or missing") from None
    except zstandard.ZstdError:
        raise BackupError("damaged", "the backup file is damaged") from None


def _lines(path: Path, what: str) -> list[str]:
    try:
        return [line.strip() for line in path.read_text("utf-8").splitlines()]
    except (OSError, UnicodeDecodeError):
        raise BackupError("key", f"{what} cannot be read from {path}") from None


def _write_new(path: Path, text: str, mode: int) -> None:
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise BackupError("key", f"{path} cannot be made: {error.strerror}") from None
