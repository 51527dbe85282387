"""Devices: enrolled phones with their signing keys, and what they last said of themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from server.storage.port import Glance, Row, Rows, Transaction
from sync.enrolment import EarlierPhone
from sync.messages import Report

Mode = Literal["lock", "wipe_now"]


class Device(msgspec.Struct, frozen=True):
    """A device as the exchange needs it, with its organisation's `head` and the current `epoch`.

    `public_key`: uncompressed P-256 point (65 bytes); None for the office's own devices, which sign nothing.
    `safe_seq`: what a verified backup holds (0: none). `floor`: the highest of the organisation's floors (`sweep`).
    """

    key: int
    id: str
    org: int
    person: str
    state: Literal["active", "revoked"]
    mode: Mode | None
    next_n: int
    public_key: bytes | None
    head: int
    epoch: str
    safe_seq: int = 0
    floor: int = 0
    told_at: int | None = None


class NewPhone(msgspec.Struct, frozen=True):
    """An enrolment that succeeded. `deposit_hash`: hex SHA-256 of the token the phone keeps in clear."""

    id: str
    org: int
    person: str
    public_key: bytes
    deposit_hash: str
    now: int
    app: str = ""


async def device_by_id(rows: Rows, device: str) -> Device | None:
    """The one look-up that is not scoped by organisation: the device is what tells the organisation."""
    row = await rows.one("devices.by_id", id=device)
    return msgspec.convert(row, Device) if row else None


def seen_device(rows: Glance, device: str) -> Device | None:
    """`device_by_id` for the exchange."""
    row = rows.one("devices.by_id", id=device)
    return msgspec.convert(row, Device) if row else None


async def told(tx: Transaction, device: str, now: int) -> None:
    """A revoked phone has learnt it."""
    await tx.run("devices.told", id=device, now=now)


async def earlier(rows: Rows, org: int, person: str) -> list[EarlierPhone]:
    """The active phones of a person, the newest first, as they last spoke."""
    found = await rows.all("devices.earlier", org=org, person=person)
    return [EarlierPhone(**{**row, "heard_at": row["heard_at"] or None}) for row in found]


async def add_phone(tx: Transaction, phone: NewPhone) -> None:
    """Enrol a phone; its counter starts at 1."""
    await tx.run("devices.add", kind="phone", **msgspec.structs.asdict(phone))


async def revoke(tx: Transaction, org: int, device: str, *, mode: Mode, by: str, now: int) -> bool:
    """True when an active phone was revoked by this call."""
    return await tx.run("devices.revoke", org=org, id=device, mode=mode, by=by, now=now) == 1


async def revoke_phones_of(tx: Transaction, org: int, person: str, *, mode: Mode, by: str, now: int) -> int:
    """Revoke every phone of a person, as when the account is disabled; how many there were."""
    return await tx.run("devices.revoke_of_person", org=org, person=person, mode=mode, by=by, now=now)


async def phones(rows: Rows, org: int) -> Sequence[Row]:
    """All phones of an organisation, newest enrolment first, with their last report."""
    return await rows.all("devices.phones", org=org)


def report_row(device: str, now: int, report: Report) -> tuple[Any, ...]:
    """Parameters of `devices.reported`."""
    return (device, now, report.unsent, report.oldest_unsent, report.drafts, report.is_storage_protected, report.app)
