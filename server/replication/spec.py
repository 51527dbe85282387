"""Spec: versions and limits, so that a phone can size its requests before it meets a refusal."""

from __future__ import annotations

import msgspec
from litestar import Response, get

from server.responses import AnyRequest, json_answer
from sync import messages


class Spec(msgspec.Struct, frozen=True):
    """What this office speaks, and how much of it at once."""

    v: int = messages.PROTOCOL
    schema: int = messages.SCHEMA
    push_changes_limit: int = messages.PUSH_CHANGES_LIMIT
    push_limit_bytes: int = messages.PUSH_LIMIT_BYTES
    body_hard_limit_bytes: int = messages.BODY_HARD_LIMIT_BYTES
    change_limit_bytes: int = messages.CHANGE_LIMIT_BYTES
    batch_docs_limit: int = messages.BATCH_DOCS_LIMIT
    batch_limit_bytes: int = messages.BATCH_LIMIT_BYTES
    buckets_limit: int = messages.BUCKETS_LIMIT
    open_limit: int = messages.OPEN_LIMIT
    piece_limit_bytes: int = messages.PIECE_LIMIT_BYTES
    attachment_limit_bytes: int = messages.ATTACHMENT_LIMIT_BYTES


@get("/sync/v1/spec")
async def spec(request: AnyRequest) -> Response[bytes]:
    """GET /sync/v1/spec, for anybody."""
    return json_answer(Spec(), request.headers.get("accept-encoding", ""))
