"""Keys that live in files beside the database and never in it: what a stolen database or backup does not hold.

`seal-<kid>.pem`: an organisation's P-256 pair. Phones seal their outbox copies to its public half; the private
half is read only when a supervisor opens a quarantined item. `office.key`: 32 random bytes from which the keys for
one-time codes and for authenticator secrets are derived.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from pathlib import Path
from typing import Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

OFFICE_KEY: Final = "office.key"
NONCE_BYTES: Final = 12


class KeyMissing(Exception):  # noqa: N818 - reads as what it is
    """A key file is absent or unreadable; the message names the file."""


class SealKey(msgspec.Struct, frozen=True):
    """Public half of an organisation's key: its id, and the uncompressed point in base64url."""

    kid: str
    point: str


class OfficeKeys:
    """Keys derived from `office.key`, one a purpose."""

    def __init__(self, root: bytes) -> None:
        self.codes = hmac.digest(root, b"alongside one-time codes", hashlib.sha256)
        self._secrets = AESGCM(hmac.digest(root, b"alongside authenticator secrets", hashlib.sha256))

    def close_secret(self, secret: bytes, person: str) -> bytes:
        """Encrypt an authenticator secret; it opens for the same person only."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._secrets.encrypt(nonce, secret, person.encode())

    def open_secret(self, kept: bytes, person: str) -> bytes:
        """Reverse of `close_secret`; KeyMissing when it was closed with another key."""
        try:
            return self._secrets.decrypt(kept[:NONCE_BYTES], kept[NONCE_BYTES:], person.encode())
        except InvalidTag:
            raise KeyMissing(f"{OFFICE_KEY} is not the key these accounts were set up with") from None


def make_office_key(folder: Path) -> None:
    """Create `office.key` if it is missing, readable by the office's user alone. Never replaces a key."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not (folder / OFFICE_KEY).exists():
        _write_new(folder / OFFICE_KEY, secrets.token_bytes(32))


def new_seal_key(folder: Path) -> SealKey:
    """Make an organisation's key pair: the private half into its file, the public one for the organisation's row."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    private = ec.generate_private_key(ec.SECP256R1())
    point = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    kid = hashlib.sha256(point).hexdigest()[:16]
    _write_new(folder / f"seal-{kid}.pem", private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return SealKey(kid, base64.urlsafe_b64encode(point).decode().rstrip("="))


def seal_private_key(folder: Path, kid: str) -> ec.EllipticCurvePrivateKey:
    """The private half that belongs to `kid`; KeyMissing names the file to put back."""
    path = folder / f"seal-{kid}.pem"
    if not kid.isalnum():
        raise KeyMissing(f"no key is called {kid!r}")
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError):
        raise KeyMissing(f"{path} is missing or unreadable: put the key back from its safe place") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise KeyMissing(f"{path} does not hold a key of this kind")
    return key


def office_keys(folder: Path) -> OfficeKeys:
    """The office's secrets from their file; raises KeyMissing where it is gone or not whole."""
    path = folder / OFFICE_KEY
    try:
        root = path.read_bytes()
    except OSError:
        raise KeyMissing(f"{path} is missing: put the key back from its safe place") from None
    if len(root) != 32:
        raise KeyMissing(f"{path} does not hold 32 bytes")
    return OfficeKeys(root)


def _write_new(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
