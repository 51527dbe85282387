"""What the page asks of a phone's hands: canonical JSON and its hash, receipt codes, signatures, sealed copies."""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import time
import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CURVE = ec.SECP256R1()
BOOT, MONO = uuid.uuid4().hex, time.monotonic()


def b64(data):
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text):
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def sha(data):
    return hashlib.sha256(data).hexdigest()


def point(key):
    """The public key as the page writes it: 65 bytes, the first 0x04."""
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def dump(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def clean(value):
    """The same without lone surrogates, which a phone replaces at input."""
    return json.loads(re.sub("[\ud800-\udfff]", "\ufffd", dump(value)))


def wall():
    return time.time_ns() // 1_000_000


def clock():
    """The three clocks: evidence, nothing is decided by them."""
    return {"wall": wall(), "mono": int((time.monotonic() - MONO) * 1000), "boot": BOOT}


def canonical(fields):
    """The canonical JSON of a note's fields, which its content hash is made of."""
    kept = {key: sorted(set(value)) if key in {"support", "goals", "flags"} and value else value for key, value in fields.items()}
    if kept.get("answers"):
        kept["answers"] = {key: value for key, value in kept["answers"].items() if value is not None}
    kept = {key: value for key, value in kept.items() if value is not None and value not in ([], {})}
    text = json.dumps(kept, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return re.sub("[\ud800-\udfff]", lambda one: f"\\u{ord(one[0]):04x}", text)


def content_hash(fields):
    """What a `sign` carries: SHA-256 of the canonical JSON."""
    return sha(canonical(fields).encode())


def receipt_code(seq):
    """The code that people read to each other."""
    text = ""
    while seq or len(text) < 4:
        seq, text = seq >> 5, CROCKFORD[seq & 31] + text
    return text


def uuid7():
    """A new record's id."""
    number = wall() << 80 | 7 << 76 | random.getrandbits(12) << 64 | 2 << 62 | random.getrandbits(62)
    return str(uuid.UUID(int=number))


def sign(key, text):
    """ECDSA P-256 with SHA-256, as r||s."""
    r, s = utils.decode_dss_signature(key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
    return b64(r.to_bytes(32, "big") + s.to_bytes(32, "big"))


def envelope_key(secret, epk, seal_key, kid):
    """The AES key of one envelope."""
    return HKDF(hashes.SHA256(), 32, epk + seal_key, f"alongside-seal-v1|{kid}".encode()).derive(secret)


def seal_text(device, n, kid, data):
    """What the signature beside an envelope speaks of; `data` is epk || iv || ct."""
    return f"alongside-seal-v1\n{device}\n{n}\n{kid}\n{sha(data)}"


def seal(key, device, n, change, kid, seal_key):
    """The sealed copy of a change's JSON text, signed by the device."""
    content = dump({"device": device, "n": n, "change": change}).encode()
    plain, size = len(content).to_bytes(4, "big") + content, 256
    while size < len(plain):
        size = max(1024, size * 2)
    pair, theirs, iv = ec.generate_private_key(CURVE), unb64(seal_key), os.urandom(12)
    epk = point(pair.public_key())
    secret = pair.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, theirs))
    ct = AESGCM(envelope_key(secret, epk, theirs, kid)).encrypt(iv, plain.ljust(size, b"\0"), f"alongside-seal-v1|{kid}".encode())
    sealed = {"v": 1, "kid": kid, "epk": b64(epk), "iv": b64(iv), "ct": b64(ct)}
    return {"n": n, "sealed": sealed, "sig": sign(key, seal_text(device, n, kid, epk + iv + ct))}


def new_key():
    """A device's private key as PEM text, and its public half as the page writes it."""
    key = ec.generate_private_key(CURVE)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return pem.decode(), b64(point(key.public_key()))


def load_key(pem):
    return serialization.load_pem_private_key(pem.encode(), None)
