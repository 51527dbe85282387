"""Handing out a permission once: to enrol a phone, or to choose a passphrase. A link and a code say the same."""

from __future__ import annotations

import msgspec

from server.auth.access import Access
from server.auth.codes import CODE_LIFE_MS, folded, keyed_hash, new_token, new_typed_code
from server.storage import one_time_codes
from server.storage.one_time_codes import CodeRow, Purpose
from server.storage.port import Transaction

PATHS: dict[Purpose, str] = {"phone": "/enrol", "passphrase": "/set-passphrase"}


class Issued(msgspec.Struct, frozen=True):
    """Shown once and kept nowhere. The token stands in the link's fragment, which browsers never send."""

    link: str
    typed: str
    ends_at: int


async def issue(tx: Transaction, access: Access, person: str, purpose: Purpose, made_by: str) -> Issued:
    """A new code for a person, good for 24 hours; an older one that was not used ends."""
    now = access.now()
    token, typed = new_token(), new_typed_code()
    await one_time_codes.forget_old(tx, now - 7 * CODE_LIFE_MS)
    await one_time_codes.replace(
        tx, token=_hash(access, token), typed=_hash(access, folded(typed) or ""), person=person, purpose=purpose,
        made_by=made_by, now=now, ends_at=now + CODE_LIFE_MS,
    )  # fmt: skip
    return Issued(f"{access.settings.public_url}{PATHS[purpose]}#{token}", typed, now + CODE_LIFE_MS)


async def find(access: Access, given: str, purpose: Purpose) -> CodeRow | None:
    """The code a person gave, if it may still be used."""
    code = folded(given)
    if code is None:
        return None
    async with access.storage.read() as rows:
        return await one_time_codes.find(rows, _hash(access, code), purpose, access.now())


def wait_s(access: Access, given: str) -> int:
    """Seconds to wait before a code that can be guessed at is looked up; a link's 128 bits cannot be."""
    code = folded(given)
    is_token = code is not None and len(code) > 10
    return 0 if is_token else access.unknown_codes.wait_s(access.now())


def _hash(access: Access, code: str) -> bytes:
    return keyed_hash(access.keys.codes, "one-time", code)
