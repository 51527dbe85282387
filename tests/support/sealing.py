"""Sealing as a phone does it, in Python, from docs/protocol.md; and the making of tests/vectors/seal.json.

python -m tests.support.sealing
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

VECTOR = Path(__file__).parents[1] / "vectors" / "seal.json"


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def point_of(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def sign(key: ec.EllipticCurvePrivateKey, text: str) -> str:
    r, s = decode_dss_signature(key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
    return base64url(r.to_bytes(32, "big") + s.to_bytes(32, "big"))


def seal(kid: str, point: bytes, content: str) -> dict[str, Any]:
    """An envelope that only the organisation opens."""
    pair, label = ec.generate_private_key(ec.SECP256R1()), f"alongside-seal-v1|{kid}".encode()
    epk = point_of(pair)
    shared = pair.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point))
    key = HKDF(algorithm=hashes.SHA256(), length=32, salt=epk + point, info=label).derive(shared)
    iv = os.urandom(12)
    ct = AESGCM(key).encrypt(iv, pad(content.encode()), label)
    return {"v": 1, "kid": kid, "epk": base64url(epk), "iv": base64url(iv), "ct": base64url(ct)}


def pad(content: bytes) -> bytes:
    size = 256 if len(content) + 4 <= 256 else 1024
    while size < len(content) + 4:
        size *= 2
    return (len(content).to_bytes(4, "big") + content).ljust(size, b"\0")


def seal_text(device: str, n: int, envelope: dict[str, Any]) -> str:
    """What the device signs, so that the office can tell whose work it is without opening it."""
    parts = (from_base64url(envelope[name]) for name in ("epk", "iv", "ct"))
    return f"alongside-seal-v1\n{device}\n{n}\n{envelope['kid']}\n{hashlib.sha256(b''.join(parts)).hexdigest()}"


def content_of(device: str, n: int, change: str) -> str:
    return json.dumps({"device": device, "n": n, "change": change}, ensure_ascii=False, separators=(",", ":"))


def sealed_item(
    signing: ec.EllipticCurvePrivateKey, device: str, n: int, change: str, kid: str, point: bytes
) -> dict[str, Any]:
    """One item of a salvage."""
    envelope = seal(kid, point, content_of(device, n, change))
    return {"n": n, "sealed": envelope, "sig": sign(signing, seal_text(device, n, envelope))}


def make_vector() -> dict[str, Any]:
    office, phone = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    point, device, n = point_of(office), "01890f3e-7b2a-7c11-8a44-5d7c1f2e9b60", 7
    change = '{"n":7,"set":{"did":"café — 👋"}}'
    numbers = office.private_numbers()
    coordinates = {
        "x": numbers.public_numbers.x, "y": numbers.public_numbers.y, "d": numbers.private_value,
    }  # fmt: skip
    item = sealed_item(phone, device, n, change, "k1", point)
    return {
        "about": "A sealed copy made in Python by tests/support/sealing.py, the private key that opens it, and the public key of the device that signed it. docs/protocol.md, 'Sealed copies'.",
        "kid": "k1",
        "public": base64url(point),
        "private": {"kty": "EC", "crv": "P-256", **{k: base64url(v.to_bytes(32, "big")) for k, v in coordinates.items()}},
        "device": device,
        "device_key": base64url(point_of(phone)),
        "change": change,
        "content": content_of(device, n, change),
        "item": item,
        "seal_text": seal_text(device, n, item["sealed"]),
    }


if __name__ == "__main__":
    VECTOR.write_text(json.dumps(make_vector(), ensure_ascii=False, indent=1) + "\n")
