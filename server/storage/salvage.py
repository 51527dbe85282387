"""Sealed work of phones that cannot exchange any more: kept unread, listed, settled. See docs/protocol.md, "Salvage".

What arrives takes one position of the organisation a batch, so that `safe_seq` speaks of it as of everything else. The
position stands in no change: it is raised in the same round of the one writer, so positions stay in commit order.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import msgspec

from server.storage import backups, organisations
from server.storage.access_log import Access
from server.storage.port import Glance, Row, Rows, Transaction
from sync import salvage as rules
from sync.messages import Envelope, SalvageResult

Via = Literal["phone", "file"]
_text = msgspec.json.Encoder().encode


class Keeper(msgspec.Struct, frozen=True):
    """A device as the salvage needs it. `public_key`: None for a twin, which sealed nothing."""

    key: int
    id: str
    org: int
    person: str
    state: Literal["active", "revoked"]
    next_n: int
    public_key: bytes | None
    deposit_hash: str | None


class NewKeeper(msgspec.Struct, frozen=True):
    """A device that only its phone remembers, after a restore, and the person who says that it was theirs."""

    org: int
    person: str
    id: str
    public_key: bytes


class Sealed(NamedTuple):
    """An item whose signature was checked. `hash`: SHA-256 of its envelope's bytes."""

    n: int
    hash: bytes
    sealed: Envelope
    sig: str


class Deposit(msgspec.Struct, frozen=True):
    """Items to keep. `via`: a phone, or a file that `brought_by` brought in. `left`: how many more the phone holds."""

    items: Sequence[Sealed]
    now: int
    by: str
    left: int | None = None
    via: Via = "phone"
    brought_by: str | None = None


class Kept(NamedTuple):
    """Results in the order of the items. `newest`: positions (seq, at) of all that the office holds of the device.

    `epoch`: the database's; "" where nothing was looked up.
    """

    results: list[SalvageResult]
    newest: list[tuple[int, int]]
    safe_seq: int
    epoch: str = ""


class Group(msgspec.Struct, frozen=True):
    """What waits of one device. `left`: sealed copies that it still held when it last spoke."""

    device: str
    person: str
    state: Literal["active", "revoked"]
    mode: str | None
    next_n: int
    left: int | None
    is_forked: bool
    waiting: int
    first_at: int
    last_at: int
    first_n: int
    last_n: int
    via: str
    brought_by: str | None


class Item(msgspec.Struct, frozen=True):
    """One sealed copy. `outcome`, `code`, `doc`: of the change it became, once settled."""

    id: int
    device: str
    person: str
    n: int
    seq: int
    at: int
    via: Via
    brought_by: str | None
    state: Literal["waiting", "filed", "set_aside"]
    settled_at: int | None
    settled_by: str | None
    settled_seq: int | None
    reason: str | None
    sealed: Envelope
    sig: str
    outcome: str | None
    code: str | None
    doc: str | None


async def keeper(rows: Rows, org: int, device: str) -> Keeper | None:
    """None for what is no phone of this organisation."""
    row = await rows.one("salvage.device", org=org, device=device)
    return msgspec.convert(row, Keeper) if row else None


def seen_keeper(rows: Glance, org: int, device: str) -> Keeper | None:
    """`keeper` for the exchange."""
    row = rows.one("salvage.device", org=org, device=device)
    return msgspec.convert(row, Keeper) if row else None


async def keeper_of(rows: Rows, device: str) -> Keeper | None:
    """The device that a deposit token is said to belong to, of whatever organisation."""
    row = await rows.one("salvage.of_device", device=device)
    return msgspec.convert(row, Keeper) if row else None


async def add_keeper(tx: Transaction, device: NewKeeper, now: int) -> Keeper | None:
    """A device that this database does not know, with nothing but its key; None when the id is taken elsewhere."""
    if await keeper_of(tx, device.id) is None:
        await tx.run("salvage.add_device", **msgspec.structs.asdict(device), now=now)
    return await keeper(tx, device.org, device.id)


async def keep(tx: Transaction, device: Keeper, deposit: Deposit) -> Kept:
    """Keep what is new. The same envelope again has the same result; another one for the same n is kept beside it."""
    known = await _found(tx, device, deposit.items)
    fresh = list({(item.n, item.hash): item for item in deposit.items if (item.n, item.hash) not in known}.values())
    seq = await _keep_new(tx, device, deposit, fresh) if fresh else 0
    if deposit.left is not None:
        await tx.run("salvage.delivered", org=device.org, device=device.key, left=deposit.left)
    results = []
    for item in deposit.items:
        stored = known.get((item.n, item.hash))
        is_settled = stored is not None and stored["state"] != "waiting"
        outcome = rules.outcome(is_settled=is_settled)
        results.append(SalvageResult(item.n, outcome, stored["seq"] if stored else seq))
    newest = await tx.all("salvage.newest", org=device.org, device=device.key)
    standing = [(row["seq"], row["at"]) for row in newest if row["seq"]]
    epoch = await organisations.current_epoch(tx)
    return Kept(results, standing, await backups.safe_seq(tx, device.org), epoch.epoch if epoch else "")


async def _found(tx: Transaction, device: Keeper, items: Sequence[Sealed]) -> dict[tuple[int, bytes], Row]:
    if not items:
        return {}
    numbers = [item.n for item in items]
    rows = await tx.all("salvage.found", org=device.org, device=device.key, first_n=min(numbers), last_n=max(numbers))
    return {(row["n"], row["hash"]): row for row in rows}


async def _keep_new(tx: Transaction, device: Keeper, deposit: Deposit, fresh: Sequence[Sealed]) -> int:
    row = await tx.one("salvage.take_seq", org=device.org)
    seq = int(row["head"]) if row else 0
    await tx.many(
        "salvage.add",
        [
            {
                "org": device.org, "device": device.key, "n": item.n, "hash": item.hash, "seq": seq, "at": deposit.now,
                "via": deposit.via, "brought_by": deposit.brought_by, "sealed": _text(item.sealed).decode(),
                "sig": item.sig,
            }
            for item in fresh
        ],
    )  # fmt: skip
    access = Access(device.org, deposit.now, deposit.by, "salvage", device.id, deposit.via, len(fresh))
    await tx.many("access_log.append_named", [access._asdict()])
    return seq


async def groups(rows: Rows, org: int) -> list[Group]:
    """Devices with sealed work that waits, the longest waiting first."""
    return [msgspec.convert(dict(row), Group, strict=False) for row in await rows.all("salvage.groups", org=org)]


async def items(rows: Rows, org: int, device: str) -> list[Item]:
    """All sealed work of a device in order of n, settled or not."""
    return [_item(row) for row in await rows.all("salvage.items", org=org, device=device)]


async def item(rows: Rows, org: int, id_: int) -> Item | None:
    """By the row's number, settled or not."""
    row = await rows.one("salvage.item", org=org, id=id_)
    return _item(row) if row else None


def _item(row: Row) -> Item:
    return msgspec.convert({**row, "sealed": msgspec.json.decode(row["sealed"])}, Item)
