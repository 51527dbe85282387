"""The feed: what changed in the buckets a phone holds, in pages. One snapshot, a few queries.

Order of buckets: the organisation's and the specialist's own first, then the people, those with the newest contact
first, the directory of resources last; within a bucket by seq. A bucket that does not fit is cut after a seq, and its
cursor stands there.

A bucket whose cursor lies below its floor (`sweep`) begins anew at 0. It is never cut at or below the floor: the next
pull would begin it anew again, for ever.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

import msgspec

from server.storage.devices import Device
from server.storage.port import Glance, Row, TakesLongError
from server.storage.records import body_of_row
from sync import messages
from sync.cursor import begins_anew
from sync.ids import DIRECTORY_BUCKET, ORG_BUCKET, specialist_bucket

BRIEF_ROWS: Final = 40
"""What the event loop reads itself: less than a millisecond."""

_QUIETLY_GONE: Final = frozenset({"draft", "assignment", "returned", "keepwell", "keepwell_copy"})


class Page(msgspec.Struct):
    """`cursors`: for each bucket that moves with this page, the seq up to which it is now complete.

    `reset`: buckets that begin anew in this page.
    """

    rows: list[messages.Row]
    cursors: dict[str, int]
    remaining: int
    reset: list[str] = []


class Ahead(msgspec.Struct, frozen=True):
    """Rows of one bucket above its cursor. `is_anew`: named, but swept above its cursor; then `since` is 0.

    `floor`: where the bucket may be cut at the earliest, with `under` of its rows at or below it; 0 where everywhere.
    """

    bucket: str
    since: int
    count: int
    floor: int = 0
    under: int = 0
    is_anew: bool = False


def held(rows: Glance, device: Device, since: Mapping[str, int]) -> list[Ahead]:
    """Every bucket a device may hold now, the organisation's and its own first, with what is above its cursor `since`.

    At most 500 buckets, of which the newest grants are kept; wider roles work at the office's screens. A directory is
    one once it has its first resource.
    """
    org, limit = device.org, messages.BUCKETS_LIMIT - 3
    granted = rows.all("caseload.held", org=org, specialist=device.person, limit=limit)
    allowed = [ORG_BUCKET, specialist_bucket(device.person), *(row["bucket"] for row in granted)]
    if rows.one("feed.has_rows", org=org, bucket=DIRECTORY_BUCKET):
        allowed.append(DIRECTORY_BUCKET)
    cursors = {bucket: since.get(bucket, 0) for bucket in allowed}
    under = _under(rows, device, cursors)
    cursors |= dict.fromkeys(under, 0)
    counts = {row["bucket"]: row["rows"] for row in rows.all("feed.waiting", org=org, cursors=_json(cursors))}
    return [
        Ahead(bucket, cursors[bucket], counts[bucket], *under.get(bucket, (0, 0)), bucket in under and bucket in since)
        for bucket in allowed
    ]


def _under(rows: Glance, device: Device, cursors: Mapping[str, int]) -> dict[str, tuple[int, int]]:
    """Buckets that begin anew, named by the phone or not: their floor, and how many rows stand at or below it."""
    low = {bucket: since for bucket, since in cursors.items() if begins_anew(since, device.floor)}
    if not low:
        return {}
    found = rows.all("feed.floors", org=device.org, cursors=_json(low))
    return {row["bucket"]: (row["floor"], row["under"]) for row in found}


def page(rows: Glance, device: Device, held: Sequence[Ahead], *, limit_docs: int, limit_bytes: int) -> Page:
    """The next rows above the cursors, within both limits but at least one row."""
    waiting = [ahead for ahead in held if ahead.count]
    total = sum(ahead.count for ahead in waiting)
    if rows.must_be_brief and total > BRIEF_ROWS:
        raise TakesLongError
    if total > limit_docs:
        waiting = _newest_first(rows, device.org, waiting)
    whole, cut, room = _choose(waiting, limit_docs)
    found: list[Row] = []
    if whole:
        cursors = _json({ahead.bucket: ahead.since for ahead in whole})
        found += rows.all("feed.whole", org=device.org, cursors=cursors)
    if cut is not None:
        found += rows.all("feed.part", org=device.org, bucket=cut.bucket, since=cut.since, limit=room)
    rank = {ahead.bucket: place for place, ahead in enumerate(waiting)}
    found.sort(key=lambda row: (rank[row["bucket"]], row["seq"]))
    floors = {ahead.bucket: ahead.floor for ahead in waiting if ahead.floor}
    sent, is_short = _within(found, limit_bytes, floors)
    ends = {row.b: max(row.seq, floors.get(row.b, 0)) for row in sent}
    complete = {ahead.bucket for ahead in whole} - ({sent[-1].b} if is_short else set())
    cursors_now = {bucket: device.head if bucket in complete else seq for bucket, seq in ends.items()}
    emptied = [ahead.bucket for ahead in held if ahead.is_anew and not ahead.count]
    reset = [*emptied, *(ahead.bucket for ahead in waiting if ahead.is_anew and ahead.bucket in ends)]
    return Page(sent, cursors_now | dict.fromkeys(emptied, device.head), total - len(sent), sorted(reset))


def digests(rows: Glance, org: int, buckets: Sequence[str]) -> Sequence[Row]:
    """(bucket, doc, seq) of all that the buckets hold, by bucket and doc."""
    if rows.must_be_brief:
        raise TakesLongError
    return rows.all("feed.digest", org=org, buckets=_json(buckets))


def _newest_first(rows: Glance, org: int, waiting: list[Ahead]) -> list[Ahead]:
    """People in the order of their newest contact, between organisation and specialist and the directory."""
    people = [ahead for ahead in waiting if ahead.bucket.startswith("p:")]
    if len(people) < 2:
        return waiting
    found = rows.all("feed.newest", org=org, buckets=_json([ahead.bucket for ahead in people]))
    newest = {row["bucket"]: (row["started_at"] or 0, row["seq"] or 0) for row in found}
    people.sort(key=lambda ahead: newest[ahead.bucket], reverse=True)
    others = [ahead for ahead in waiting if not ahead.bucket.startswith("p:")]
    last = [ahead for ahead in others if ahead.bucket == DIRECTORY_BUCKET]
    return [*others[: len(others) - len(last)], *people, *last]


def _choose(waiting: Sequence[Ahead], limit: int) -> tuple[list[Ahead], Ahead | None, int]:
    """Buckets that fit whole, the one that is cut, and how many of its rows fit."""
    whole: list[Ahead] = []
    for ahead in waiting:
        if ahead.count > limit:
            room = limit if whole else max(limit, ahead.under)
            return whole, (ahead if room and room >= ahead.under else None), room
        whole.append(ahead)
        limit -= ahead.count
    return whole, None, 0


def _within(
    found: Sequence[Row], limit_bytes: int, floors: Mapping[str, int]
) -> tuple[list[messages.Row], bool]:
    """Rows for the wire until the limit of bytes; True when some did not fit."""
    sent: list[messages.Row] = []
    size_bytes = 0
    for row in found:
        wire = _wire(row)
        size_bytes += len(wire.body or b"") + 150
        if sent and size_bytes > limit_bytes:
            before = sent if wire.seq > floors.get(wire.b, 0) else [kept for kept in sent if kept.b != wire.b]
            if before:
                return before, True
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
