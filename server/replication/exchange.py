"""What push and pull have in common: body, signature, message, epoch, and how refusals are answered.

Refusals are raised as `Refusal` anywhere below and become their Problem here, with the next nonce.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final, NamedTuple, TypeVar

import msgspec
from litestar import Request, Response
from litestar.status_codes import HTTP_409_CONFLICT, HTTP_503_SERVICE_UNAVAILABLE

from server.auth.devices import DeviceAuth
from server.clock import Clock
from server.errors import Refusal, StorageBusyError, StorageFullError
from server.responses import inflate, json_answer, problem_answer, read_body, unreadable
from server.storage.devices import Device
from server.storage.organisations import current_epoch
from server.storage.port import Rows
from sync.messages import Problem, PullRequest, PushRequest

SAFE_SEQ: Final = 0
"""No verified backup exists yet, so nothing is safe to forget; phones then keep by age."""

R = TypeVar("R", PushRequest, PullRequest)
AnyRequest = Request[Any, Any, Any]


class Asked(NamedTuple):
    """A request that proved who sent it. `size_bytes`: of the message once inflated."""

    device: Device
    plain: bytes
    size_bytes: int
    now: int


Step = Callable[[AnyRequest, Asked, Rows], Awaitable[Awaitable[msgspec.Struct]]]


async def answer(request: AnyRequest, step: Step) -> Response[bytes]:
    """Run one exchange: authenticate, then `step`, then its answer with the next nonce.

    `step` reads in the snapshot in which the device was found; what it returns is awaited after the snapshot's end.
    """
    auth: DeviceAuth = request.app.state.device_auth
    now: Clock = request.app.state.now
    nonce: str | None = None
    try:
        body = await read_body(request)
        async with request.app.state.storage.read() as rows:
            device = await auth.check(rows, request, body)
            nonce = auth.nonce(device.id)
            plain = inflate(body, request.headers)
            going_on = await step(request, Asked(device, plain, len(plain), now()), rows)
        result = await going_on
    except Refusal as refusal:
        refusal.nonce = refusal.nonce or nonce
        return problem_answer(refusal)
    except StorageFullError:
        return problem_answer(Refusal(HTTP_503_SERVICE_UNAVAILABLE, Problem("STORAGE_FULL", retry_after_s=300), nonce))
    except StorageBusyError:
        return problem_answer(Refusal(HTTP_503_SERVICE_UNAVAILABLE, Problem("BUSY", retry_after_s=5), nonce))
    return json_answer(result, request.headers.get("accept-encoding", ""), nonce=nonce)


def read_message(asked: Asked, decoder: msgspec.json.Decoder[R]) -> R:
    """The message, which must speak for the device that signed it."""
    try:
        message = decoder.decode(asked.plain)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise unreadable() from None
    if message.device != asked.device.id:
        raise unreadable()
    return message


async def check_epoch(rows: Rows, asked: Asked, epoch: str) -> None:
    """Refuse a phone that speaks of another lineage; it is told where the lineages part."""
    if epoch == asked.device.epoch:
        return
    current = await current_epoch(rows)
    fork = current.fork_seq if current else 0
    raise Refusal(HTTP_409_CONFLICT, Problem("EPOCH_CHANGED", epoch=asked.device.epoch, fork_seq=fork))


def backoff_ms(waiting: int) -> int:
    """How long a phone should leave the office alone: nothing while little waits, half a minute at most."""
    return min(30_000, max(0, waiting - 64) * 50)
