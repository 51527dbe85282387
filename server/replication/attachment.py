"""Attachments: the sealed bytes of photos and scans come in pieces, after the notes that name them.

Asked for like salvage: by an active phone's signature, or by the deposit token of a phone that is locked or was set up
again. The office cannot read what it takes here; the key stands in the note.
"""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

import msgspec
from litestar import Response, post
from litestar.status_codes import HTTP_429_TOO_MANY_REQUESTS

from server.auth.deposits import DEPOSIT_HEADER, DepositLimits, depositor
from server.errors import Refusal
from server.replication.exchange import Asked, answer, answer_unsigned
from server.responses import AnyRequest, inflate, read_body, unreadable
from server.storage.attachments import Piece, TooManyBegunError, take
from server.storage.port import Glance, Storage
from server.storage.salvage import Keeper, seen_keeper
from sync.messages import PIECE_LIMIT_BYTES, PROTOCOL, AttachmentAnswer, AttachmentRequest, Problem

BODY_LIMIT_BYTES: Final = PIECE_LIMIT_BYTES * 4 // 3 + 4096
LATER_S: Final = 3600
_decoder: Final = msgspec.json.Decoder(AttachmentRequest)


@post("/sync/v1/attachment", status_code=200, request_max_body_size=BODY_LIMIT_BYTES)
async def attachment(request: AnyRequest) -> Response[bytes]:
    """POST /sync/v1/attachment: AttachmentRequest to AttachmentAnswer."""
    if DEPOSIT_HEADER in request.headers:
        return await answer_unsigned(request, partial(_by_token, request))
    return await answer(request, _by_phone)


async def _by_token(request: AnyRequest) -> AttachmentAnswer:
    storage: Storage = request.app.state.storage
    limits: DepositLimits = request.app.state.attachment_limits
    now: int = request.app.state.now()
    device = await depositor(storage, request.headers)
    if seconds := limits.wait_s(device.id, now):
        raise Refusal(HTTP_429_TOO_MANY_REQUESTS, Problem("THROTTLED", retry_after_s=seconds))
    message = _read(inflate(await read_body(request), request.headers))
    return await _take(storage, device, message, now)


def _by_phone(storage: Storage, asked: Asked, rows: Glance) -> Callable[[], Awaitable[AttachmentAnswer]]:
    message = _read(asked.plain)
    device = seen_keeper(rows, asked.device.org, asked.device.id)
    if device is None:
        raise unreadable()
    return partial(_take, storage, device, message, asked.now)


def _read(plain: bytes) -> AttachmentRequest:
    try:
        message = _decoder.decode(plain)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise unreadable() from None
    if message.v != PROTOCOL or len(message.data) % 4 == 1:
        raise unreadable()
    return message


async def _take(storage: Storage, device: Keeper, message: AttachmentRequest, now: int) -> AttachmentAnswer:
    if message.device != device.id:
        raise unreadable()
    sent = base64.urlsafe_b64decode(message.data + "=" * (-len(message.data) % 4))
    piece = Piece(device.org, device.key, message.id, message.size, message.offset, sent)
    try:
        taken = await storage.write(lambda tx: take(tx, piece, now))
    except TooManyBegunError:
        raise Refusal(HTTP_429_TOO_MANY_REQUESTS, Problem("THROTTLED", retry_after_s=LATER_S)) from None
    return AttachmentAnswer(taken.have, taken.seq, taken.safe_seq, now, taken.epoch)
