"""Taking in sealed work: by deposit token, by another phone of the organisation, or from a file that somebody brings.

Whose work it is, its signature says; nothing here opens an envelope. What is not of the device is refused and not
kept. See docs/protocol.md, "Salvage".
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
from litestar.status_codes import HTTP_401_UNAUTHORIZED

from server.auth.devices import DEVICE_HEADER
from server.auth.sealed import envelope_hash, is_of_device
from server.auth.throttle import Window
from server.errors import Refusal
from server.storage import salvage
from server.storage.port import Storage, Transaction
from server.storage.salvage import Deposit, Keeper, Kept, NewKeeper, Sealed
from sync.ids import is_id
from sync.messages import Problem, SalvageAnswer, SalvageResult, SealedItem
from sync.salvage import is_wipe_due

A_MINUTE: Final = 30
PIECES_A_MINUTE: Final = 600
DEPOSIT_HEADER: Final = "alongside-deposit"
MINUTE_MS: Final = 60_000
DEVICES_LIMIT: Final = 10_000


class DepositLimits:
    """How often one device may deliver; in memory, bounded, the longest silent forgotten first."""

    def __init__(self, a_minute: int = A_MINUTE) -> None:
        self._a_minute = a_minute
        self._windows: OrderedDict[str, Window] = OrderedDict()

    def wait_s(self, device: str, now: int) -> int:
        """Count a delivery and answer 0, or the seconds until the next one."""
        window = self._windows.setdefault(device, Window(self._a_minute, MINUTE_MS))
        self._windows.move_to_end(device)
        while len(self._windows) > DEVICES_LIMIT:
            self._windows.popitem(last=False)
        return window.wait_s(now)


def holds_token(device: Keeper, token: str) -> bool:
    """True if this is the token whose hash the phone left when it was enrolled."""
    given = hashlib.sha256(token.encode()).hexdigest()
    return device.deposit_hash is not None and hmac.compare_digest(given, device.deposit_hash)


async def depositor(storage: Storage, headers: Mapping[str, str]) -> Keeper:
    """The device whose deposit token these headers carry. A stranger costs one look-up and learns nothing."""
    claimed = headers.get(DEVICE_HEADER, "")
    async with storage.read() as rows:
        device = await salvage.keeper_of(rows, claimed) if is_id(claimed) else None
    if device is None or not holds_token(device, headers[DEPOSIT_HEADER]):
        raise Refusal(HTTP_401_UNAUTHORIZED, Problem("NOT_SIGNED"))
    return device


async def receive(storage: Storage, device: Keeper, items: Sequence[SealedItem], deposit: Deposit) -> SalvageAnswer:
    """Keep the items that are this device's; one result each, in their order. `deposit`: everything but the items."""
    genuine = await asyncio.to_thread(_genuine, device.public_key, device.id, items)
    kept = await storage.write(lambda tx: _keep(tx, device, genuine, deposit))
    return _answer(kept, items, genuine, deposit)


async def receive_unknown(
    storage: Storage, device: NewKeeper, items: Sequence[SealedItem], deposit: Deposit
) -> SalvageAnswer:
    """The same for a device that this database has never heard of: it becomes a revoked phone of its person.

    Nothing is made unless at least one item is signed by that key.
    """
    genuine = await asyncio.to_thread(_genuine, device.public_key, device.id, items)

    async def keep(tx: Transaction) -> Kept | None:
        found = await salvage.add_keeper(tx, device, deposit.now) if genuine else None
        return await _keep(tx, found, genuine, deposit) if found and found.public_key == device.public_key else None

    kept = await storage.write(keep)
    return _answer(kept or Kept([], [], 0), items, genuine if kept else {}, deposit)


def refused(items: Sequence[SealedItem], now: int) -> SalvageAnswer:
    """Nothing is kept, and nothing is told."""
    return _answer(Kept([], [], 0), items, {}, Deposit([], now, ""))


def _genuine(public_key: bytes | None, device: str, items: Sequence[SealedItem]) -> dict[int, Sealed]:
    """By place in the request, the items that the device signed."""
    if public_key is None:
        return {}
    return {
        at: Sealed(item.n, envelope_hash(item.sealed), item.sealed, item.sig)
        for at, item in enumerate(items)
        if is_of_device(public_key, device, item)
    }


async def _keep(tx: Transaction, device: Keeper, genuine: dict[int, Sealed], deposit: Deposit) -> Kept:
    return await salvage.keep(tx, device, msgspec.structs.replace(deposit, items=list(genuine.values())))


def _answer(
    kept: Kept, items: Sequence[SealedItem], genuine: dict[int, Sealed], deposit: Deposit
) -> SalvageAnswer:
    told = dict(zip(genuine, kept.results, strict=True))
    results = [told.get(at) or SalvageResult(item.n, "refused") for at, item in enumerate(items)]
    is_whole = len(genuine) == len(items)
    due = is_whole and is_wipe_due(deposit.left or 0, kept.newest, kept.safe_seq, deposit.now)
    return SalvageAnswer(results, kept.safe_seq, due, deposit.now, kept.epoch)
