"""Which phone is asking: one signature a request, over a nonce that counts once.

A nonce is a short-lived token made by this process (time, dice, HMAC over both and the device), so that handing one
out costs no memory and a stranger cannot crowd out a phone's own. Only after a valid signature is it remembered as
used, until it would be too old anyway. After a restart every nonce is stale: one 401 with a fresh one, one retry.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from litestar.status_codes import (
    HTTP_401_UNAUTHORIZED,
    HTTP_403_FORBIDDEN,
    HTTP_429_TOO_MANY_REQUESTS,
    HTTP_503_SERVICE_UNAVAILABLE,
)

from server.clock import Clock
from server.errors import Refusal
from server.responses import NONCE_HEADER
from server.settings import Settings
from server.storage.devices import Device, seen_device
from server.storage.port import Glance
from sync.ids import is_id
from sync.messages import Problem

DEVICE_HEADER: Final = "alongside-device"
SIGNATURE_HEADER: Final = "alongside-signature"
NONCE_LIFE_MS: Final = 2 * 60 * 1000
USED_LIMIT: Final = 4_096
PHONES_LIMIT: Final = 20_000
_CURVE: Final = ec.SECP256R1()
_HALF: Final = 32


class Call(NamedTuple):
    """A request as far as its signature goes. `headers`: names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def nonce(self) -> str:
        """The nonce it was signed with."""
        return self.headers.get(NONCE_HEADER, "")


class Phone:
    """What this process remembers of one phone: its spent nonces and its allowance of requests."""

    __slots__ = ("allowance", "at", "used")

    def __init__(self, allowance: float, at: int) -> None:
        self.allowance = allowance
        self.at = at
        self.used: dict[str, int] = {}


class DeviceAuth:
    """Checks signatures. Bounded: spent nonces per phone, and phones in all, of which only the silent are forgotten."""

    def __init__(self, settings: Settings, now: Clock) -> None:
        self._burst = settings.sync_burst
        self._per_ms = settings.sync_per_second / 1000
        self._now = now
        self._key = secrets.token_bytes(32)
        self._phones: OrderedDict[str, Phone] = OrderedDict()

    def nonce(self, device: str) -> str:
        """A fresh nonce for a device."""
        head = self._now().to_bytes(8, "big") + secrets.token_bytes(8)
        return base64.urlsafe_b64encode(head + self._mac(device, head)).decode()

    def check(self, rows: Glance, call: Call) -> Device:
        """The active device that signed this call; raises Refusal with the reason and a fresh nonce.

        Changes nothing, so that it may run beside the database; `spend` follows where the answer is released.
        """
        headers = call.headers
        claimed = headers.get(DEVICE_HEADER, "")
        device = seen_device(rows, claimed) if is_id(claimed) else None
        if device is None or device.public_key is None:
            raise Refusal(HTTP_401_UNAUTHORIZED, Problem("NOT_SIGNED"))
        nonce = call.nonce
        if not self._is_fresh(device.id, nonce):
            raise self._refusal(device, HTTP_401_UNAUTHORIZED, Problem("STALE_NONCE"))
        text = signed_text(call.method, call.path, call.body, nonce)
        if not is_signed(device.public_key, headers, text):
            raise self._refusal(device, HTTP_401_UNAUTHORIZED, Problem("NOT_SIGNED"))
        if device.state == "revoked":
            refusal = self._refusal(device, HTTP_403_FORBIDDEN, Problem("DEVICE_REVOKED", mode=device.mode or "lock"))
            refusal.untold = device.id if device.told_at is None else None
            raise refusal
        return device

    def _is_fresh(self, device: str, nonce: str) -> bool:
        try:
            token = base64.urlsafe_b64decode(nonce)
        except (binascii.Error, ValueError):
            return False
        head, mac = token[:16], token[16:]
        age = self._now() - int.from_bytes(head[:8], "big")
        if not 0 <= age < NONCE_LIFE_MS or not hmac.compare_digest(mac, self._mac(device, head)):
            return False
        phone = self._phones.get(device)
        return phone is None or nonce not in phone.used

    def spend(self, device: Device, nonce: str) -> None:
        """Use up the nonce and one request of the allowance, or refuse: of two calls with one nonce one counts."""
        now = self._now()
        phone = self._remember(device, now)
        if nonce in phone.used:
            raise self._refusal(device, HTTP_401_UNAUTHORIZED, Problem("STALE_NONCE"))
        while phone.used and next(iter(phone.used.values())) <= now - NONCE_LIFE_MS:
            del phone.used[next(iter(phone.used))]
        phone.used[nonce] = now
        grown = phone.allowance + max(0, now - phone.at) * self._per_ms
        phone.allowance, phone.at = min(self._burst, grown) - 1, now
        if phone.allowance < 0 or len(phone.used) > USED_LIMIT:
            phone.allowance = max(phone.allowance, 0)
            wait_s = 1 + int(1 / (self._per_ms * 1000))
            raise self._refusal(device, HTTP_429_TOO_MANY_REQUESTS, Problem("THROTTLED", retry_after_s=wait_s))

    def _remember(self, device: Device, now: int) -> Phone:
        while self._phones and next(iter(self._phones.values())).at <= now - NONCE_LIFE_MS:
            self._phones.popitem(last=False)
        if device.id not in self._phones and len(self._phones) >= PHONES_LIMIT:
            raise self._refusal(device, HTTP_503_SERVICE_UNAVAILABLE, Problem("BUSY", retry_after_s=60))
        phone = self._phones.setdefault(device.id, Phone(self._burst, now))
        self._phones.move_to_end(device.id)
        return phone

    def _mac(self, device: str, head: bytes) -> bytes:
        return hmac.digest(self._key, device.encode() + head, hashlib.sha256)[:16]

    def _refusal(self, device: Device, status: int, problem: Problem) -> Refusal:
        return Refusal(status, problem, self.nonce(device.id))


def signed_text(method: str, path: str, body: bytes, nonce: str) -> bytes:
    """What a phone signs: method, path, SHA-256 of the body as sent, nonce."""
    return f"alongside-v1\n{method}\n{path}\n{hashlib.sha256(body).hexdigest()}\n{nonce}".encode()


def is_signed(public_key: bytes, headers: Mapping[str, str], text: bytes) -> bool:
    """True if the request's signature (base64url of r and s, 32 bytes each) is this key's over `text`."""
    given = headers.get(SIGNATURE_HEADER, "")
    try:
        pair = base64.urlsafe_b64decode(given + "=" * (-len(given) % 4))
        r, s = int.from_bytes(pair[:_HALF], "big"), int.from_bytes(pair[_HALF:], "big")
        _key(public_key).verify(encode_dss_signature(r, s), text, ec.ECDSA(SHA256()))
    except (binascii.Error, ValueError, InvalidSignature):
        return False
    return len(pair) == 2 * _HALF


@lru_cache(maxsize=4096)
def _key(point: bytes) -> ec.EllipticCurvePublicKey:
    return ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, point)
