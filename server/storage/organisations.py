"""Organisations, the head of their positions, and the epoch of the database."""

from __future__ import annotations

import msgspec

from server.storage.ids import new_id
from server.storage.port import Glance, Rows, Transaction
from sync import lineage as lineages


class Organisation(msgspec.Struct, frozen=True):
    """`seal_kid`, `seal_key`: the public key outboxes are sealed to (base64url). `head`: the newest position."""

    id: int
    name: str
    is_demo: bool
    made_at: int
    seal_kid: str
    seal_key: str
    head: int


class Epoch(msgspec.Struct, frozen=True):
    """The lineage in force; `fork_seq`: where it left its `parent` (0 for the first)."""

    epoch: str
    parent: str | None
    fork_seq: int


async def add_organisation(
    tx: Transaction, name: str, now: int, *, is_demo: bool = False, seal_kid: str = "", seal_key: str = ""
) -> int:
    """A new organisation with nothing in it; the first one also begins the database's epoch. Its id."""
    await tx.run("organisations.add", name=name, is_demo=int(is_demo), now=now, seal_kid=seal_kid, seal_key=seal_key)
    row = await tx.one("organisations.newest")
    org = int(row["id"]) if row else 0
    await tx.run("organisations.add_head", org=org)
    if await current_epoch(tx) is None:
        await tx.run("organisations.add_epoch", epoch=new_id(now), parent=None, fork_seq=0, now=now, reason="first")
    return org


async def rename(tx: Transaction, org: int, name: str) -> None:
    """The name that the frame of every screen shows; phones read the one in the organisation's record."""
    await tx.run("organisations.rename", org=org, name=name)


async def organisation(rows: Rows, org: int) -> Organisation | None:
    """One organisation."""
    row = await rows.one("organisations.by_id", org=org)
    return msgspec.convert(row, Organisation, strict=False) if row else None


async def organisations(rows: Rows) -> list[Organisation]:
    """All of them, oldest first; for the command line, never for a screen."""
    return [msgspec.convert(row, Organisation, strict=False) for row in await rows.all("organisations.all")]


def lineage(rows: Glance, org: int) -> list[lineages.Epoch]:
    """The epochs of this database as an organisation sees them, oldest first."""
    return [lineages.Epoch(row["epoch"], row["fork_seq"]) for row in rows.all("organisations.lineage", org=org)]


async def current_epoch(rows: Rows) -> Epoch | None:
    """None while the database holds no organisation."""
    row = await rows.one("organisations.epoch")
    return msgspec.convert(row, Epoch) if row else None

