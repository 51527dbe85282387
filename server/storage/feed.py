"""The feed: what changed in the buckets a phone holds, in pages. One snapshot, three queries at most.

Order of buckets: the organisation's and the specialist's own first, then the people; within a bucket by seq. A
bucket that does not fit is cut after a seq, and its cursor stands there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

import msgspec

from server.storage.devices import Device
from server.storage.port import Glance, Row, TakesLongError
from server.storage.records import body_of_row
from sync import messages
from sync.ids import ORG_BUCKET, specialist_bucket

BRIEF_ROWS: Final = 40
"""What the event loop reads itself: less than a millisecond."""

_QUIETLY_GONE: Final = frozenset({"draft", "assignment", "returned"})


class Page(msgspec.Struct):
    """`cursors`: for each bucket with rows in this page, the seq up to which it is now complete."""

    rows: list[messages.Row]
    cursors: dict[str, int]
    remaining: int


class Ahead(msgspec.Struct, frozen=True):
    """Rows of one bucket above its cursor."""

    bucket: str
    since: int
    count: int


def held(rows: Glance, device: Device, since: Mapping[str, int]) -> list[Ahead]:
    """Every bucket a device may hold now, in the order of the feed, with what is above its cursor `since`.

    At most 500 buckets, of which the newest grants are kept; wider roles work at the office's screens.
    """
    org, limit = device.org, messages.BUCKETS_LIMIT - 2
    granted = rows.all("caseload.held", org=org, specialist=device.person, limit=limit)
    allowed = [ORG_BUCKET, specialist_bucket(device.person), *(row["bucket"] for row in granted)]
    cursors = _json({bucket: since.get(bucket, 0) for bucket in allowed})
    counts = {row["bucket"]: row["rows"] for row in rows.all("feed.waiting", org=org, cursors=cursors)}
    return [Ahead(bucket, since.get(bucket, 0), counts[bucket]) for bucket in allowed]


def page(rows: Glance, device: Device, held: Sequence[Ahead], *, limit_docs: int, limit_bytes: int) -> Page:
    """The next rows above the cursors, within both limits but at least one row."""
    waiting = [ahead for ahead in held if ahead.count]
    total = sum(ahead.count for ahead in waiting)
    if rows.must_be_brief and total > BRIEF_ROWS:
        raise TakesLongError
    whole, cut, room = _choose(waiting, limit_docs)
    found: list[Row] = []
    if whole:
        cursors = _json({ahead.bucket: ahead.since for ahead in whole})
        found += rows.all("feed.whole", org=device.org, cursors=cursors)
    if cut is not None:
        found += rows.all("feed.part", org=device.org, bucket=cut.bucket, since=cut.since, limit=room)
    rank = {ahead.bucket: place for place, ahead in enumerate(waiting)}
    found.sort(key=lambda row: (rank[row["bucket"]], row["seq"]))
    sent, is_short = _within(found, limit_bytes)
    ends = {row.b: row.seq for row in sent}
    complete = {ahead.bucket for ahead in whole} - ({sent[-1].b} if is_short else set())
    cursors_now = {bucket: device.head if bucket in complete else seq for bucket, seq in ends.items()}
    return Page(sent, cursors_now, total - len(sent))


def digests(rows: Glance, org: int, buckets: Sequence[str]) -> Sequence[Row]:
    """(bucket, doc, seq) of all that the buckets hold, by bucket and doc."""
    if rows.must_be_brief:
        raise TakesLongError
    return rows.all("feed.digest", org=org, buckets=_json(buckets))


def _choose(waiting: Sequence[Ahead], limit: int) -> tuple[list[Ahead], Ahead | None, int]:
    """Buckets that fit whole, the one that is cut, and how many of its rows fit."""
    whole: list[Ahead] = []
    for ahead in waiting:
        if ahead.count > limit:
            return whole, (ahead if limit else None), limit
        whole.append(ahead)
        limit -= ahead.count
    return whole, None, 0


def _within(found: Sequence[Row], limit_bytes: int) -> tuple[list[messages.Row], bool]:
    """Rows for the wire until the limit of bytes; True when some did not fit."""
    sent: list[messages.Row] = []
    size_bytes = 0
    for row in found:
        wire = _wire(row)
        size_bytes += len(wire.body or b"") + 150
        if sent and size_bytes > limit_bytes:
            return sent, True
        sent.append(wire)
    return sent, False


def _wire(row: Row) -> messages.Row:
    """A row of the feed. What its owner has put away (drafts, dismissed inbox entries) goes without its words."""
    gone: Any = row["why"]
    if gone is None and row["state"] == "void" and row["type"] in _QUIETLY_GONE:
        gone = "void"
    if gone is not None:
        return messages.Row(row["bucket"], row["doc"], row["type"], row["seq"], gone=cast("Any", gone))
    return messages.Row(row["bucket"], row["doc"], row["type"], row["seq"], body_of_row(row))


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
