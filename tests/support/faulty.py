"""The office with one fault in it: `python -m tests.support.faulty <fault> serve`. Everything else is the product.

Two families: a disk that misbehaves (`tight-disk`, `slow-disk`), and mistakes that an office could make (the others),
each of which a check must notice.
"""

from __future__ import annotations

import hashlib
import signal
import sqlite3
import sys
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, Final

import msgspec

import server.__main__
from server import runtime
from server.auth import devices
from server.settings import from_environment
from server.storage import attachments, connection, desk, feed, writer
from server.storage.desk import Desk
from sync.intake import needs, parse

SLOW_S: Final = 0.7


def opened_as(factory: type[sqlite3.Connection]) -> None:
    """The storage opens its connections as `factory`."""

    def connect(*args: Any, **more: Any) -> sqlite3.Connection:
        return sqlite3.connect(*args, **more, factory=factory)

    connection.sqlite3 = SimpleNamespace(connect=connect, Connection=sqlite3.Connection)


def tight_disk() -> None:
    """SIGUSR1: no room for more than three pages. SIGUSR2: room again."""
    limit: dict[str, int | None] = {"pages": None}

    class Tight(sqlite3.Connection):
        def execute(self, sql: str, *params: Any) -> sqlite3.Cursor:
            if sql.startswith("BEGIN IMMEDIATE") and limit["pages"] is not None:
                most = limit["pages"] or next(iter(super().execute("PRAGMA page_count").fetchone().values())) + 3
                limit["pages"] = most
                super().execute(f"PRAGMA max_page_count={most}")
            elif sql.startswith("BEGIN IMMEDIATE"):
                super().execute("PRAGMA max_page_count=1000000000")
            return super().execute(sql, *params)

    signal.signal(signal.SIGUSR1, lambda *_: limit.update(pages=0))
    signal.signal(signal.SIGUSR2, lambda *_: limit.update(pages=None))
    opened_as(Tight)


def slow_disk() -> None:
    """Every commit takes its time, as on a dying disk; the writer's thread waits for it."""

    class Slow(sqlite3.Connection):
        def execute(self, sql: str, *params: Any) -> sqlite3.Cursor:
            if sql == "COMMIT":
                time.sleep(SLOW_S)
            return super().execute(sql, *params)

    opened_as(Slow)


def impatient() -> None:
    """The office waits half a second for a whole request instead of a minute: no fault, only quicker to see."""
    runtime.REQUEST_S = 0.5


def answers_before_commit() -> None:
    """The commit of changes comes with the next round: what was answered last is in no database yet."""

    class Later(sqlite3.Connection):
        is_due = has_changes = False

        def executemany(self, sql: str, *params: Any) -> sqlite3.Cursor:
            self.has_changes = self.has_changes or sql.startswith("INSERT INTO change ")
            return super().executemany(sql, *params)

        def execute(self, sql: str, *params: Any) -> sqlite3.Cursor:
            if sql == "COMMIT" and self.has_changes:
                self.is_due, self.has_changes = True, False
                return super().execute("SELECT 1")
            if sql.startswith("BEGIN") and self.is_due:
                self.is_due = False
                super().execute("COMMIT")
            return super().execute(sql, *params)

    opened_as(Later)


def hash_of_a_retry_ignored() -> None:
    """The same n with other bytes is answered with the receipt of the first."""
    replayed = desk.replayed

    async def blind(rows: Any, device: int, changes: Any) -> Any:
        stored = await rows.all(
            "changes.receipts_between", device=device, first_n=changes[0].n if changes else 1,
            last_n=changes[-1].n if changes else 0,
        )  # fmt: skip
        for row, parsed in zip(stored, changes, strict=True):
            parsed.hash = row["hash"]
        return await replayed(rows, device, changes)

    desk.replayed = blind


def retry_decided_again() -> None:
    """A repeated change is decided a second time, as if it were new."""
    with sqlite3.connect(from_environment().database) as database:
        database.execute("DROP INDEX IF EXISTS change_identity")
    database.close()
    answer = Desk.answer

    async def again(self: Desk, prepared: Any) -> Any:
        held = self._devices.get(prepared.submission.device)
        if held is not None:
            held.next_n = min(held.next_n, prepared.submission.first_n)
        return await answer(self, prepared)

    prepare = writer.prepare

    def read_all(submission: Any) -> Any:
        prepared = prepare(submission)
        prepared.parsed = [parse(raw, n) for n, raw in enumerate(submission.raws, submission.first_n)]
        prepared.needs = needs(prepared.parsed)
        return prepared

    writer.prepare = read_all
    Desk.answer = again


def receipt_changes_on_replay() -> None:
    """The receipt of a repeat says when it was repeated."""
    replayed = desk.replayed

    async def renewed(rows: Any, device: int, changes: Any) -> Any:
        receipts = await replayed(rows, device, changes)
        now = time.time_ns() // 1_000_000
        return None if receipts is None else [msgspec.structs.replace(one, at=now) for one in receipts]

    desk.replayed = renewed


def cut_bucket_jumps_to_head() -> None:
    """The cursor of a bucket that did not fit stands at the head: the rest of it never comes."""
    page = feed.page

    def jumping(rows: Any, device: Any, held: Any, **limits: int) -> Any:
        found = page(rows, device, held, **limits)
        return msgspec.structs.replace(found, cursors=dict.fromkeys(found.cursors, device.head))

    feed.page = jumping


def scope_not_checked_in_pull() -> None:
    """Whoever names a bucket gets it."""
    held = feed.held

    def generous(rows: Any, device: Any, since: Any) -> Any:
        found = held(rows, device, since)
        allowed = {ahead.bucket for ahead in found}
        for bucket in since:
            if bucket not in allowed:
                cursors = msgspec.json.encode({bucket: since[bucket]}).decode()
                (row,) = rows.all("feed.waiting", org=device.org, cursors=cursors)
                found.append(feed.Ahead(bucket, since[bucket], row["rows"]))
        return found

    feed.held = generous


def signature_not_checked() -> None:
    """Any signature is a good one."""
    devices.is_signed = lambda *_: True


def attachment_not_checked() -> None:
    """Whatever came under its name is taken for the photo."""
    finish = attachments._finish

    async def trusting(tx: Any, piece: Any, key: int, now: int) -> Any:
        held = await attachments._bytes(tx, piece.org, key)
        return await finish(tx, piece._replace(id=hashlib.sha256(held).hexdigest()), key, now)

    attachments._finish = trusting


def nonce_counts_for_ever() -> None:
    """A nonce may be used again."""
    devices.DeviceAuth.spend = lambda *_: None


FAULTS: Final[dict[str, Callable[[], None]]] = {
    name.__name__.replace("_", "-"): name
    for name in (
        tight_disk, slow_disk, impatient, answers_before_commit, hash_of_a_retry_ignored, retry_decided_again,
        receipt_changes_on_replay, cut_bucket_jumps_to_head, scope_not_checked_in_pull, signature_not_checked,
        nonce_counts_for_ever, attachment_not_checked,
    )
}  # fmt: skip

if __name__ == "__main__":
    FAULTS[sys.argv[1]]()
    sys.exit(server.__main__.main(sys.argv[2:]))
