"""Sealed bytes of photos and scans, kept piece by piece as they come. See docs/protocol.md, "Attachments".

They stand in the database, so that a backup holds them with the notes that name them. One that has become whole takes a
position of the organisation, so that `safe_seq` speaks of it as of everything else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final, NamedTuple

import msgspec

from server.storage import backups, organisations
from server.storage.port import Rows, Transaction

UNFINISHED_LIMIT: Final = 200
"""Of one device; a phone sends one after the other."""


class TooManyBegunError(Exception):
    """A device begins one upload after the other and ends none."""


class Piece(NamedTuple):
    """Bytes of attachment `id`, which has `size` in all, from `begins` on. `device`: its key, of whichever sender."""

    org: int
    device: int
    id: str
    size: int
    begins: int
    bytes: bytes


class Taken(NamedTuple):
    """How much of it is here from the beginning on; `seq` 0 until it is whole. `epoch`: the database's."""

    have: int
    seq: int
    safe_seq: int
    epoch: str


class Standing(msgspec.Struct, frozen=True):
    """How far one attachment has come."""

    id: str
    size: int
    have: int
    is_whole: bool


async def take(tx: Transaction, piece: Piece, now: int) -> Taken:
    """Keep a piece that begins where the kept ones end; anything else changes nothing and is told where that is.

    Whole, it must be what its id says; if it is not, all of it is thrown away. Raises TooManyBegunError.
    """
    row = await tx.one("attachments.by_id", org=piece.org, id=piece.id)
    if row is None:
        if not piece.bytes:
            return await _taken(tx, piece.org, 0, 0)
        await _begin(tx, piece, now)
        row = await tx.one("attachments.by_id", org=piece.org, id=piece.id)
    if row is None or row["seq"] is not None:
        return await _taken(tx, piece.org, row["have"] if row else 0, row["seq"] if row else 0)
    is_next = piece.begins == row["have"] and piece.size == row["size"] and piece.bytes
    if not is_next or piece.begins + len(piece.bytes) > piece.size:
        return await _taken(tx, piece.org, row["have"], 0)
    have = piece.begins + len(piece.bytes)
    await tx.run("attachments.add_piece", attachment=row["key"], begins=piece.begins, bytes=piece.bytes)
    await tx.run("attachments.grown", org=piece.org, attachment=row["key"], have=have)
    if have < piece.size:
        return await _taken(tx, piece.org, have, 0)
    return await _finish(tx, piece, int(row["key"]), now)


async def _begin(tx: Transaction, piece: Piece, now: int) -> None:
    begun = await tx.one("attachments.unfinished", org=piece.org, device=piece.device)
    if begun is not None and begun["n"] >= UNFINISHED_LIMIT:
        raise TooManyBegunError
    await tx.run("attachments.begin", org=piece.org, id=piece.id, size=piece.size, device=piece.device, now=now)


async def _finish(tx: Transaction, piece: Piece, key: int, now: int) -> Taken:
    if hashlib.sha256(await _bytes(tx, piece.org, key)).hexdigest() != piece.id:
        await tx.run("attachments.drop_pieces", org=piece.org, attachment=key)
        await tx.run("attachments.drop", org=piece.org, attachment=key)
        return await _taken(tx, piece.org, 0, 0)
    head = await tx.one("salvage.take_seq", org=piece.org)
    seq = int(head["head"]) if head else 0
    await tx.run("attachments.whole", org=piece.org, attachment=key, seq=seq, now=now)
    return await _taken(tx, piece.org, piece.size, seq)


async def _taken(tx: Transaction, org: int, have: int, seq: int) -> Taken:
    epoch = await organisations.current_epoch(tx)
    return Taken(have, seq, await backups.safe_seq(tx, org), epoch.epoch if epoch else "")


async def _bytes(rows: Rows, org: int, key: int) -> bytes:
    return b"".join(row["bytes"] for row in await rows.all("attachments.pieces", org=org, attachment=key))


async def whole(rows: Rows, org: int, id_: str) -> bytes | None:
    """All its sealed bytes; None while some are missing."""
    row = await rows.one("attachments.by_id", org=org, id=id_)
    return await _bytes(rows, org, row["key"]) if row and row["seq"] is not None else None


async def standing(rows: Rows, org: int, ids: Sequence[str]) -> dict[str, Standing]:
    """By id, how far those have come of which anything is here."""
    if not ids:
        return {}
    found = await rows.all("attachments.standing", org=org, ids=msgspec.json.encode(list(ids)).decode())
    return {row["id"]: msgspec.convert(dict(row), Standing, strict=False) for row in found}
