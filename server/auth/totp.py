"""Time-based one-time codes (RFC 6238: SHA-1, 6 digits, 30 s), the second factor of supervisors and administrators."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from typing import Final
from urllib.parse import quote

from server.auth.codes import ALPHABET

STEP_MS: Final = 30_000
DIGITS: Final = 6
DRIFT_STEPS: Final = 1
SECRET_BYTES: Final = 20
RECOVERY_CODES: Final = 10


def new_secret() -> bytes:
    """Drawn at random, SECRET_BYTES long."""
    return secrets.token_bytes(SECRET_BYTES)


def code_at(secret: bytes, step: int) -> str:
    """Code of a 30-second step counted from 1970."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), hashlib.sha1)
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**DIGITS).rjust(DIGITS, "0")


def accepted_step(secret: bytes, code: str, now: int, last_step: int) -> int | None:
    """Step whose code this is, within one step of `now` (ms) and after `last_step`; None when the code is refused.

    The caller keeps the answer as the next `last_step`: a code that was seen once is worth nothing.
    """
    typed = "".join(c for c in code if c not in " -\u00a0\u202f").encode("utf-8", "replace")
    current = now // STEP_MS
    for step in range(current - DRIFT_STEPS, current + DRIFT_STEPS + 1):
        if hmac.compare_digest(code_at(secret, step).encode(), typed) and step > last_step:
            return step
    return None


def secret_text(secret: bytes) -> str:
    """The secret as people type it into an authenticator: base32 in groups of four."""
    text = base64.b32encode(secret).decode().rstrip("=")
    return " ".join(text[i : i + 4] for i in range(0, len(text), 4))


def provisioning_uri(secret: bytes, account: str, issuer: str) -> str:
    """What the QR code holds (the otpauth form that authenticator apps read)."""
    label = f"{quote(issuer, safe='')}:{quote(account, safe='')}"
    letters = secret_text(secret).replace(" ", "")
    return f"otpauth://totp/{label}?secret={letters}&issuer={quote(issuer, safe='')}"


def new_recovery_codes() -> list[str]:
    """Ten single-use codes of 80 bits, for the day the authenticator is lost."""
    letters = ["".join(secrets.choice(ALPHABET) for _ in range(16)) for _ in range(RECOVERY_CODES)]
    return ["-".join(code[i : i + 4] for i in range(0, 16, 4)) for code in letters]
