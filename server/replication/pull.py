"""Pull: what changed for a phone since its cursors. Caseload, rows, receipts and head come from one snapshot."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from functools import partial
from itertools import groupby
from typing import Final

import msgspec
from litestar import Response, post
from litestar.status_codes import HTTP_409_CONFLICT, HTTP_426_UPGRADE_REQUIRED

from server.errors import Refusal
from server.log import event
from server.replication.exchange import Asked, answer, backoff_ms, check_epoch, read_message
from server.responses import AnyRequest
from server.storage import alarms, feed
from server.storage.organisation_settings import lease_ms
from server.storage.port import Glance, PullSeen, Storage, TakesLongError
from server.storage.receipts import receipts_for
from sync.cursor import Scope, compare, is_ahead
from sync.messages import PROTOCOL, Drop, Problem, PullAnswer, PullRequest

PULL_REQUEST_LIMIT_BYTES: Final = 256 * 1024
_decoder: Final = msgspec.json.Decoder(PullRequest)


@post("/sync/v1/pull", status_code=200, request_max_body_size=PULL_REQUEST_LIMIT_BYTES)
async def pull(request: AnyRequest) -> Response[bytes]:
    """POST /sync/v1/pull: PullRequest to PullAnswer."""
    return await answer(request, _pull)


def _pull(storage: Storage, asked: Asked, rows: Glance) -> Callable[[], Awaitable[PullAnswer]]:
    message = read_message(asked, _decoder)
    if message.v != PROTOCOL:
        raise Refusal(HTTP_426_UPGRADE_REQUIRED, Problem("UPGRADE_REQUIRED"))
    if rows.must_be_brief and (not message.since or 0 in message.since.values()):
        raise TakesLongError  # a phone that is still filling
    check_epoch(rows, asked, message.epoch)
    if is_ahead(message.since, asked.device.head):
        return partial(_alarmed, storage, asked, max(message.since.values()))
    result = _snapshot(rows, asked, message, backoff_ms(storage.waiting))
    return partial(_traced, storage, asked, message, result)


async def _alarmed(storage: Storage, asked: Asked, cursor: int) -> PullAnswer:
    """The office went back behind a phone's back: an administrator must learn of it."""
    device = asked.device
    event("cursor_ahead", device=device.id, head=device.head)
    detail = f"{cursor - device.head}"
    await storage.write(
        lambda tx: alarms.ring(tx, device.org, "cursor_ahead", device.key, now=asked.now, detail=detail)
    )
    raise Refusal(HTTP_409_CONFLICT, Problem("CURSOR_AHEAD", epoch=device.epoch))


async def _traced(storage: Storage, asked: Asked, message: PullRequest, result: PullAnswer) -> PullAnswer:
    """Nothing leaves before its trace is durable."""
    device = asked.device
    await storage.see_pull(
        PullSeen(device.org, device.id, device.person, len(result.rows), asked.now, message.report)
    )
    return result


def _snapshot(rows: Glance, asked: Asked, message: PullRequest, wait_ms: int) -> PullAnswer:
    device = asked.device
    held = feed.held(rows, device, message.since)
    scope = compare(message.since, (ahead.bucket for ahead in held))
    page = feed.page(rows, device, held, limit_docs=message.limit_docs, limit_bytes=message.limit_bytes)
    more = page.remaining > 0
    return PullAnswer(
        epoch=device.epoch,
        head=device.head,
        safe_seq=device.safe_seq,
        server_time=asked.now,
        rows=page.rows,
        next=_cursors(page, scope, device.head),
        grant=sorted(scope.grant),
        drop=[Drop(bucket, "reassigned") for bucket in sorted(scope.drop)],
        reset=page.reset,
        receipts=receipts_for(rows, device.key, message.open),
        remaining=page.remaining,
        more=more,
        next_n=device.next_n,
        digest=_digests(rows, device.org, held) if message.digest and not more else {},
        backoff_ms=wait_ms,
        lease_ms=lease_ms(rows, device.org),
    )


def _cursors(page: feed.Page, scope: Scope, head: int) -> dict[str, int]:
    """Cursors that move: of buckets with rows here, and of granted ones that turn out to be empty."""
    if page.remaining:
        return page.cursors
    return {**dict.fromkeys(scope.grant, head), **page.cursors}


def _digests(rows: Glance, org: int, held: list[feed.Ahead]) -> dict[str, str]:
    """By bucket: SHA-256 over `doc seq` lines of all that the bucket holds, ordered by doc; of nothing where empty."""
    buckets = [ahead.bucket for ahead in held]
    lines = dict.fromkeys(buckets, "")
    for bucket, rows_of in groupby(feed.digests(rows, org, buckets), lambda row: str(row["bucket"])):
        lines[bucket] = "".join(f"{row['doc']} {row['seq']}\n" for row in rows_of)
    return {bucket: hashlib.sha256(text.encode()).hexdigest() for bucket, text in lines.items()}
