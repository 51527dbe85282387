"""Answers and bodies of the sync doors: JSON compressed as the asker accepts, bodies inflated under a cap."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Any

import msgspec
import zstandard
from litestar import Request, Response
from litestar.exceptions import ClientException
from litestar.status_codes import HTTP_400_BAD_REQUEST, HTTP_413_REQUEST_ENTITY_TOO_LARGE

from server.errors import Refusal
from sync.messages import BODY_HARD_LIMIT_BYTES, Problem

AnyRequest = Request[Any, Any, Any]
"""A request of Litestar's: user, auth and state of ours are asked for by name."""

NONCE_HEADER = "Alongside-Nonce"
COMPRESS_FROM_BYTES = 400

_zstd = zstandard.ZstdCompressor(level=3)
_encoder = msgspec.json.Encoder()


def json_answer(
    answer: msgspec.Struct, accepts: str, *, nonce: str | None = None, status: int = 200
) -> Response[bytes]:
    """`answer` as JSON; `accepts` is the request's Accept-Encoding. Nothing on the way may keep a copy."""
    headers = {"Cache-Control": "no-store", "Vary": "Accept-Encoding"}
    if nonce:
        headers[NONCE_HEADER] = nonce
    body, encoding = compress(_encoder.encode(answer), accepts)
    if encoding:
        headers["Content-Encoding"] = encoding
    return Response(body, status_code=status, media_type="application/json", headers=headers)


def problem_answer(refusal: Refusal) -> Response[bytes]:
    """A refusal as its Problem; `Retry-After` when it says when to come back."""
    answer = json_answer(refusal.problem, "", nonce=refusal.nonce, status=refusal.status)
    if refusal.problem.retry_after_s is not None:
        answer.headers["Retry-After"] = str(refusal.problem.retry_after_s)
    return answer


def compress(body: bytes, accepts: str) -> tuple[bytes, str]:
    """Zstd where accepted, else a fast gzip, else as it is; and the word for Content-Encoding."""
    if len(body) < COMPRESS_FROM_BYTES:
        return body, ""
    if "zstd" in accepts:
        return _zstd.compress(body), "zstd"
    if "gzip" in accepts:
        return zlib.compress(body, 1, 31), "gzip"
    return body, ""


async def read_body(request: AnyRequest) -> bytes:
    """The body as sent, within the handler's `request_max_body_size`; past it 413, before it is all held."""
    try:
        return await request.body()
    except ClientException as error:
        if error.status_code == HTTP_413_REQUEST_ENTITY_TOO_LARGE:
            raise too_large() from None
        raise unreadable() from None


def inflate(body: bytes, headers: Mapping[str, str], limit_bytes: int = BODY_HARD_LIMIT_BYTES) -> bytes:
    """Undo `Content-Encoding: gzip`, never holding more than the limit; 400 when it is not what it says it is."""
    encoding = headers.get("content-encoding", "identity").strip().lower()
    if encoding == "identity":
        return body
    if encoding != "gzip":
        raise unreadable()
    stream = zlib.decompressobj(31)
    try:
        plain = stream.decompress(body, limit_bytes + 1)
    except zlib.error:
        raise unreadable() from None
    if len(plain) > limit_bytes:
        raise too_large()
    if not stream.eof or stream.unused_data:
        raise unreadable()
    return plain


def too_large() -> Refusal:
    """413: the phone halves its batch."""
    return Refusal(HTTP_413_REQUEST_ENTITY_TOO_LARGE, Problem("TOO_LARGE"))


def unreadable() -> Refusal:
    """400: not the bytes or the shape the protocol names."""
    return Refusal(HTTP_400_BAD_REQUEST, Problem("UNREADABLE"))
