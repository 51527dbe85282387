"""Salvage: sealed work of a phone that is locked, copied or forgotten is taken in, unread, for a supervisor.

Two ways to say who is asking: the deposit token of the device itself, which can do nothing else, or a signed request of
another active phone of the organisation.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

import msgspec
from litestar import Response, post
from litestar.status_codes import HTTP_429_TOO_MANY_REQUESTS

from server.auth import deposits
from server.auth.deposits import DEPOSIT_HEADER, DepositLimits
from server.auth.enrolment import public_point
from server.errors import Refusal
from server.replication.exchange import Asked, answer, answer_unsigned
from server.responses import AnyRequest, inflate, read_body, too_large, unreadable
from server.storage import salvage as storage_salvage
from server.storage.port import Glance, Storage
from server.storage.salvage import Deposit, Keeper, NewKeeper
from sync.messages import PROTOCOL, Problem, SalvageAnswer, SalvageRequest

SALVAGE_LIMIT_BYTES: Final = 1024 * 1024
_decoder: Final = msgspec.json.Decoder(SalvageRequest)


@post("/sync/v1/salvage", status_code=200, request_max_body_size=SALVAGE_LIMIT_BYTES)
async def salvage(request: AnyRequest) -> Response[bytes]:
    """POST /sync/v1/salvage: SalvageRequest to SalvageAnswer."""
    limits: DepositLimits = request.app.state.deposit_limits
    if DEPOSIT_HEADER in request.headers:
        return await answer_unsigned(request, partial(_by_token, request, limits))
    return await answer(request, partial(_by_phone, limits))


async def _by_token(request: AnyRequest, limits: DepositLimits) -> SalvageAnswer:
    """The token is looked at before the body is."""
    storage: Storage = request.app.state.storage
    now: int = request.app.state.now()
    device = await deposits.depositor(storage, request.headers)
    _wait(limits, device.id, now)
    message = _read(inflate(await read_body(request), request.headers))
    if message.device != device.id:
        raise unreadable()
    deposit = Deposit([], now, device.person, message.left)
    result = await deposits.receive(storage, device, message.items, deposit)
    request.app.state.pokes.poke([device.org])
    return result


def _by_phone(
    limits: DepositLimits, storage: Storage, asked: Asked, rows: Glance
) -> Callable[[], Awaitable[SalvageAnswer]]:
    if asked.size_bytes > SALVAGE_LIMIT_BYTES:
        raise too_large()
    message = _read(asked.plain)
    device = storage_salvage.seen_keeper(rows, asked.device.org, message.device)
    return partial(_for_another, limits, storage, asked, message, device)


async def _for_another(
    limits: DepositLimits, storage: Storage, asked: Asked, message: SalvageRequest, device: Keeper | None
) -> SalvageAnswer:
    """For an earlier installation on the same phone, known or, after a restore, not known any more."""
    asker = asked.device
    _wait(limits, asker.id, asked.now)
    deposit = Deposit([], asked.now, asker.person, message.left)
    if device is not None:
        return await deposits.receive(storage, device, message.items, deposit)
    if message.public_key is None:
        return deposits.refused(message.items, asked.now)
    keyed = NewKeeper(asker.org, asker.person, message.device, public_point(message.public_key))
    return await deposits.receive_unknown(storage, keyed, message.items, deposit)


def _read(plain: bytes) -> SalvageRequest:
    if len(plain) > SALVAGE_LIMIT_BYTES:
        raise too_large()
    try:
        message = _decoder.decode(plain)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise unreadable() from None
    if message.v != PROTOCOL:
        raise unreadable()
    return message


def _wait(limits: DepositLimits, device: str, now: int) -> None:
    if seconds := limits.wait_s(device, now):
        raise Refusal(HTTP_429_TOO_MANY_REQUESTS, Problem("THROTTLED", retry_after_s=seconds))
