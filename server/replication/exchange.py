"""What push and pull have in common: body, signature, message, epoch, and how refusals are answered.

Refusals are raised as `Refusal` anywhere below and become their Problem here, with the next nonce.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final, NamedTuple, TypeVar

import msgspec
from litestar import Response
from litestar.status_codes import HTTP_409_CONFLICT, HTTP_503_SERVICE_UNAVAILABLE

from server.auth.devices import Call, DeviceAuth
from server.clock import Clock
from server.errors import Refusal, StorageBusyError, StorageFullError
from server.responses import NONCE_HEADER, AnyRequest, inflate, json_answer, problem_answer, read_body, unreadable
from server.storage.devices import Device, told
from server.storage.organisations import lineage
from server.storage.port import Glance, Storage, TakesLongError
from sync.lineage import shared_seq
from sync.messages import Problem, PullRequest, PushRequest

OUT_OF_SERVICE_S: Final = 300
ANSWERS_HEADER: Final = "Alongside-Answers"
NONCE_LIMIT: Final = 64
LONG_BODY_BYTES: Final = 16 * 1024
"""From here on inflating takes long enough to be worth a thread."""

R = TypeVar("R", PushRequest, PullRequest)


class Asked(NamedTuple):
    """A request that proved who sent it. `size_bytes`: of the message once inflated."""

    device: Device
    plain: bytes
    size_bytes: int
    now: int


Step = Callable[[Storage, Asked, Glance], Callable[[], Awaitable[msgspec.Struct]]]
Looked = tuple[Device, Callable[[], Awaitable[msgspec.Struct]] | Refusal]


async def answer(request: AnyRequest, step: Step) -> Response[bytes]:
    """Run one exchange. Its answer names the request it belongs to: an old one, which a proxy repeats, is found out."""
    response = await _exchange(request, step)
    response.headers[ANSWERS_HEADER] = request.headers.get(NONCE_HEADER, "")[:NONCE_LIMIT]
    return response


async def _exchange(request: AnyRequest, step: Step) -> Response[bytes]:
    """Authenticate, then `step`, then its answer with the next nonce.

    `step` runs in the snapshot in which the device was found, beside the database; what it returns is called after
    the snapshot's end.
    """
    auth: DeviceAuth = request.app.state.device_auth
    now: Clock = request.app.state.now
    storage: Storage = request.app.state.storage
    nonce: str | None = None
    try:
        check_service(request)
        body = await read_body(request)
        call = Call(request.method, request.scope["path"], request.headers, body)

        def look(rows: Glance) -> Looked:
            if rows.must_be_brief and len(body) > LONG_BODY_BYTES:
                raise TakesLongError
            device = auth.check(rows, call)
            try:
                plain = inflate(body, call.headers)
                return device, step(storage, Asked(device, plain, len(plain), now()), rows)
            except Refusal as refusal:
                return device, refusal

        device, going_on = await storage.look(look)
        auth.spend(device, call.nonce)
        nonce = auth.nonce(device.id)
        if isinstance(going_on, Refusal):
            raise going_on
        result = await going_on()
    except (Refusal, StorageFullError, StorageBusyError) as error:
        if isinstance(error, Refusal) and (device_id := error.untold):
            with suppress(StorageFullError, StorageBusyError):
                await storage.write(lambda tx: told(tx, device_id, now()))
        return problem_answer(_refusal(error, nonce))
    return json_answer(result, request.headers.get("accept-encoding", ""), nonce=nonce)


async def answer_unsigned(request: AnyRequest, work: Callable[[], Awaitable[msgspec.Struct]]) -> Response[bytes]:
    """The same for a request that proves otherwise who sent it."""
    try:
        check_service(request)
        result = await work()
    except (Refusal, StorageFullError, StorageBusyError) as error:
        return problem_answer(_refusal(error, None))
    return json_answer(result, request.headers.get("accept-encoding", ""))


def _refusal(error: Refusal | StorageFullError | StorageBusyError, nonce: str | None) -> Refusal:
    if isinstance(error, Refusal):
        error.nonce = error.nonce or nonce
        return error
    problem = Problem("STORAGE_FULL", retry_after_s=300) if isinstance(error, StorageFullError) else None
    return Refusal(HTTP_503_SERVICE_UNAVAILABLE, problem or Problem("BUSY", retry_after_s=5), nonce)


def check_service(request: AnyRequest) -> None:
    """Refuse everybody while this is not the database the office had: its positions would say two things."""
    if request.app.state.get("behind", ""):
        raise Refusal(HTTP_503_SERVICE_UNAVAILABLE, Problem("OUT_OF_SERVICE", retry_after_s=OUT_OF_SERVICE_S))


def read_message(asked: Asked, decoder: msgspec.json.Decoder[R]) -> R:
    """The message, which must speak for the device that signed it."""
    try:
        message = decoder.decode(asked.plain)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise unreadable() from None
    if message.device != asked.device.id:
        raise unreadable()
    return message


def check_epoch(rows: Glance, asked: Asked, epoch: str) -> None:
    """Refuse a phone that speaks of another lineage; it is told where the lineages part."""
    if epoch == asked.device.epoch:
        return
    fork = shared_seq(lineage(rows, asked.device.org), epoch)
    raise Refusal(HTTP_409_CONFLICT, Problem("EPOCH_CHANGED", epoch=asked.device.epoch, fork_seq=fork))


def backoff_ms(waiting: int) -> int:
    """How long a phone should leave the office alone: nothing while little waits, half a minute at most."""
    return min(30_000, max(0, waiting - 64) * 50)
