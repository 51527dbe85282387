"""Names of things on the wire, and how a bucket is spelled.

Ids are UUIDv7 in canonical lower-case text. They are for people and logs and for naming records; they are
never a secret and never order anything. Positions (`seq`) order; devices and their dense counter `n` identify.
"""

from __future__ import annotations

import re
from typing import Annotated, Final

import msgspec

UUID_PATTERN: Final = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
BUCKET_PATTERN: Final = r"^(org|directory|(p|me):[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$"
HASH_PATTERN: Final = r"^[0-9a-f]{64}$"

Id = Annotated[str, msgspec.Meta(pattern=UUID_PATTERN)]
Bucket = Annotated[str, msgspec.Meta(pattern=BUCKET_PATTERN)]
Sha256 = Annotated[str, msgspec.Meta(pattern=HASH_PATTERN)]
Seq = Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]

ORG_BUCKET: Final = "org"
DIRECTORY_BUCKET: Final = "directory"
is_id: Final = re.compile(UUID_PATTERN).match


def participant_bucket(participant: str) -> str:
    """Bucket of everything about one participant: `p:<id>`."""
    return f"p:{participant}"


def specialist_bucket(specialist: str) -> str:
    """Bucket of what only one specialist may see: `me:<id>`."""
    return f"me:{specialist}"


_CROCKFORD: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def receipt_code(seq: int) -> str:
    """Receipt code a person can read out: `seq` in Crockford base32, at least four characters (`007K`)."""
    code = ""
    while seq:
        seq, digit = divmod(seq, 32)
        code = _CROCKFORD[digit] + code
    return code.rjust(4, "0")


def seq_of_receipt(code: str) -> int | None:
    """Seq that a receipt code names; None if it is no code. Reads O as 0, I and L as 1, any case."""
    folded = code.strip().upper().replace("O", "0").replace("I", "1").replace("L", "1")
    if not folded or len(folded) > 11 or any(c not in _CROCKFORD for c in folded):
        return None
    seq = 0
    for c in folded:
        seq = seq * 32 + _CROCKFORD.index(c)
    return seq if seq < 2**53 else None
