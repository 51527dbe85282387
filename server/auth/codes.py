"""One-time secrets that are handed to a person: a link's token, and the same permission as a code to type.

Only keyed hashes of them are kept, so a stolen database offers nothing to try codes against.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
TYPED_LENGTH: Final = 10
TOKEN_BYTES: Final = 16
CODE_LIFE_MS: Final = 24 * 3600 * 1000

_is_token: Final = re.compile(r"^[A-Za-z0-9_-]{22}$").match


def new_token() -> str:
    """128 random bits for a link or QR code, 22 characters of base64url."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def new_typed_code() -> str:
    """50 random bits to type, `xxxxx-xxxxx` in Crockford base32, which has no look-alike letters."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(TYPED_LENGTH))
    return f"{letters[:5]}-{letters[5:]}"


def folded(given: str) -> str | None:
    """One spelling of a token or typed code as a person may give it; None when it can be neither."""
    text = given.strip().removeprefix("#")
    if _is_token(text):
        return text
    letters = "".join(c for c in text.upper() if c not in " -\u2010\u2011\u2013")
    letters = letters.replace("O", "0").replace("I", "1").replace("L", "1")
    is_code = len(letters) == TYPED_LENGTH and all(c in ALPHABET for c in letters)
    return letters if is_code else None


def keyed_hash(key: bytes, purpose: str, secret: str) -> bytes:
    """What the database keeps of a short secret."""
    return hmac.digest(key, f"{purpose}\n{secret}".encode(), hashlib.sha256)


def token_hash(token: str) -> bytes:
    """What the database keeps of a long random secret, where a plain hash is enough."""
    return hashlib.sha256(token.encode()).digest()
