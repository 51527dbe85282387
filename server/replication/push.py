"""Push: a phone's changes are decided and kept. Answered only when durable; any version ever shipped is read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

import msgspec
from litestar import Response, post
from litestar.status_codes import HTTP_401_UNAUTHORIZED, HTTP_403_FORBIDDEN, HTTP_409_CONFLICT

from server.errors import Refusal
from server.replication.exchange import Asked, answer, backoff_ms, check_epoch, read_message
from server.responses import AnyRequest, too_large
from server.storage.port import Glance, Storage, Submission
from sync.messages import BODY_HARD_LIMIT_BYTES, PUSH_LIMIT_BYTES, Problem, PushAnswer, PushRequest

_decoder: Final = msgspec.json.Decoder(PushRequest)
_STATUS: Final = {"NOT_SIGNED": HTTP_401_UNAUTHORIZED, "DEVICE_REVOKED": HTTP_403_FORBIDDEN}


@post("/sync/v1/push", status_code=200, request_max_body_size=BODY_HARD_LIMIT_BYTES)
async def push(request: AnyRequest) -> Response[bytes]:
    """POST /sync/v1/push: PushRequest to PushAnswer."""
    return await answer(request, _push)


def _push(storage: Storage, asked: Asked, rows: Glance) -> Callable[[], Awaitable[PushAnswer]]:
    if asked.size_bytes > PUSH_LIMIT_BYTES:
        raise too_large()
    message = read_message(asked, _decoder)
    check_epoch(rows, asked, message.epoch)
    return partial(_submit, storage, asked, message)


async def _submit(storage: Storage, asked: Asked, message: PushRequest) -> PushAnswer:
    device = asked.device
    decided = await storage.submit(
        Submission(
            org=device.org,
            device=device.id,
            person=device.person,
            role="specialist",
            first_n=message.first_n,
            raws=[bytes(raw) for raw in message.changes],
            now=asked.now,
            report=message.report,
            known_n=device.next_n,
        )
    )
    if decided.problem is not None:
        raise refused(decided.problem)
    return PushAnswer(
        epoch=device.epoch,
        results=decided.receipts,
        next_n=decided.next_n,
        safe_seq=device.safe_seq,
        server_time=asked.now,
        backoff_ms=backoff_ms(storage.waiting),
    )


def refused(problem: Problem) -> Refusal:
    """A whole submission refused under the writer."""
    return Refusal(_STATUS.get(problem.code, HTTP_409_CONFLICT), problem)
