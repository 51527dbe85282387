"""One-time codes: permission to enrol a phone or to choose a passphrase, kept as keyed hashes."""

from __future__ import annotations

from typing import Literal

import msgspec

from server.storage.port import Rows, Transaction
from sync.records.kind import Role

Purpose = Literal["phone", "passphrase"]


class CodeRow(msgspec.Struct, frozen=True):
    """A code that may still be used, and the account it was made for. `passphrase` is the account's hash."""

    token: bytes
    person: str
    org: int
    sign_in: str
    name: str
    role: Role
    passphrase: str | None
    organisation: str


async def replace(
    tx: Transaction, *, token: bytes, typed: bytes, person: str, purpose: Purpose, made_by: str, now: int, ends_at: int
) -> None:
    """Keep a new code; an unused older one of the same purpose ends, so that one at most is ever open."""
    await tx.run("one_time_codes.withdraw", person=person, purpose=purpose)
    await tx.run(
        "one_time_codes.add", token=token, typed=typed, person=person, purpose=purpose,
        made_by=made_by, made_at=now, ends_at=ends_at,
    )  # fmt: skip


async def find(rows: Rows, given: bytes, purpose: Purpose, now: int) -> CodeRow | None:
    """`given`: keyed hash of a token or of a typed code. None when unknown, used, too old, or its account disabled."""
    row = await rows.one("one_time_codes.find", given=given, purpose=purpose, now=now)
    return msgspec.convert(dict(row), CodeRow) if row else None


async def spend(tx: Transaction, token: bytes, now: int) -> bool:
    """False when somebody was faster."""
    return await tx.run("one_time_codes.spend", token=token, now=now) == 1


async def withdraw(tx: Transaction, person: str, purpose: Purpose) -> None:
    """What was issued to somebody for this and not used works no more."""
    await tx.run("one_time_codes.withdraw", person=person, purpose=purpose)


async def forget_old(tx: Transaction, before: int) -> None:
    """Those that ended before `before` (ms)."""
    await tx.run("one_time_codes.forget_old", before=before)
