"""Sealed copies at the office: whose they are, said by a signature outside, and what they hold, read with a key file.

Telling whose work it is needs no opening. The private half of an organisation's key lies in a file beside the database
(`keys`); it is read for one envelope at a time, when a supervisor opens it. docs/protocol.md, "Sealed copies".
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from pathlib import Path
from typing import Final

import msgspec
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from server.auth.keys import seal_private_key
from sync.messages import Envelope, SealedItem

_LABEL: Final = "alongside-seal-v1"
ATTACHMENT_LABEL: Final = b"alongside-attachment-v1"
_IV_BYTES: Final = 12
_CURVE: Final = ec.SECP256R1()
_HALF: Final = 32
_LENGTH_BYTES: Final = 4


class SealBroken(Exception):  # noqa: N818 - reads as what it is
    """An envelope that does not open with this key, or does not hold what its outside says."""


class SealedContent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an envelope holds. `change`: the change's JSON text, byte for byte as it was captured."""

    device: str
    n: int
    change: str


def envelope_hash(sealed: Envelope) -> bytes:
    """SHA-256 over the bytes epk, iv, ct: what the device's signature names."""
    return hashlib.sha256(_bytes(sealed.epk) + _bytes(sealed.iv) + _bytes(sealed.ct)).digest()


def is_of_device(public_key: bytes, device: str, item: SealedItem) -> bool:
    """True if the device with this public key made this sealed copy as its change n."""
    try:
        signature = _bytes(item.sig)
        digest = envelope_hash(item.sealed).hex()
        text = f"{_LABEL}\n{device}\n{item.n}\n{item.sealed.kid}\n{digest}".encode()
        r, s = int.from_bytes(signature[:_HALF], "big"), int.from_bytes(signature[_HALF:], "big")
        key = ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, public_key)
        key.verify(encode_dss_signature(r, s), text, ec.ECDSA(SHA256()))
    except (SealBroken, ValueError, InvalidSignature):
        return False
    return len(signature) == 2 * _HALF


def open_item(folder: Path, device: str, n: int, sealed: Envelope) -> bytes:
    """The change's own bytes; KeyMissing without the key's file, SealBroken unless it is change `n` of `device`."""
    content = open_envelope(seal_private_key(folder, sealed.kid), sealed)
    if (content.device, content.n) != (device, n):
        raise SealBroken("it names another phone or another place in its order")
    return content.change.encode()


def open_envelope(private: ec.EllipticCurvePrivateKey, sealed: Envelope) -> SealedContent:
    """Undo the seal with the organisation's private key; SealBroken if it was closed for another, or altered."""
    label = f"{_LABEL}|{sealed.kid}".encode()
    ephemeral = _bytes(sealed.epk)
    own = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    try:
        shared = private.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, ephemeral))
        key = HKDF(algorithm=SHA256(), length=32, salt=ephemeral + own, info=label).derive(shared)
        padded = AESGCM(key).decrypt(_bytes(sealed.iv), _bytes(sealed.ct), label)
        return msgspec.json.decode(_unpad(padded), type=SealedContent)
    except (InvalidTag, ValueError, msgspec.MsgspecError) as error:
        raise SealBroken("it does not open with this organisation's key") from error


def open_attachment(key: str, sealed: bytes) -> bytes:
    """The photo or scan itself, with the key that its note holds; SealBroken if that is not its key."""
    try:
        return AESGCM(_bytes(key)).decrypt(sealed[:_IV_BYTES], sealed[_IV_BYTES:], ATTACHMENT_LABEL)
    except (InvalidTag, ValueError) as error:
        raise SealBroken("it does not open with the key of its note") from error


def _unpad(padded: bytes) -> bytes:
    """Length in four bytes, the content, zeros."""
    length = int.from_bytes(padded[:_LENGTH_BYTES], "big")
    if length > len(padded) - _LENGTH_BYTES:
        raise ValueError
    return padded[_LENGTH_BYTES : _LENGTH_BYTES + length]


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise SealBroken("it is not base64url") from None
