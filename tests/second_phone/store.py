"""What a phone holds: one SQLite file, one durable transaction a step, and what the answers of the office do to it."""

from __future__ import annotations

import json
import sqlite3
from contextlib import contextmanager

from .craft import clock, dump, receipt_code, sha, wall

MIB, DAY_MS = 1 << 20, 86_400_000
FULL, LEAST = MIB - 4096, 4096  # bytes of a batch: at the best, and on the worst line

TABLES = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT);
CREATE TABLE IF NOT EXISTS outbox (n INTEGER PRIMARY KEY, bytes BLOB, item TEXT, doc TEXT, bundle TEXT,
  is_sent INTEGER DEFAULT 0, is_kept INTEGER DEFAULT 0, is_seen INTEGER DEFAULT 0, receipt TEXT, seq INTEGER);
CREATE TABLE IF NOT EXISTS rows (b TEXT, doc TEXT, type TEXT, seq INTEGER, gone TEXT, body TEXT, PRIMARY KEY (b, doc));
CREATE TABLE IF NOT EXISTS cursors (b TEXT PRIMARY KEY, seq INTEGER);
CREATE TABLE IF NOT EXISTS earlier (device TEXT, public_key TEXT, n INTEGER, item TEXT, PRIMARY KEY (device, n));
"""


def overlay(fields, change):
    """What an undecided change makes of a record's fields: answers one by one, tags as sets, null takes away."""
    for key, value in (change.get("set", {}) if change["kind"] in {"create", "patch"} else {}).items():
        fields[key] = {**fields.get(key, {}), **value} if key == "answers" else value
    for key in {*change.get("add", {}), *change.get("remove", {})}:
        left = {*fields.get(key, []), *change.get("add", {}).get(key, [])} - {*change.get("remove", {}).get(key, [])}
        fields[key] = sorted(left)
    fields["answers"] = {key: value for key, value in fields.get("answers", {}).items() if value is not None}
    for key in [key for key, value in fields.items() if value is None or value == {}]:
        del fields[key]


class Store:
    """Outbox, snapshot, cursors and receipts of one phone; `step` is one durable transaction."""

    def __init__(self, path):
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; {TABLES}")

    @contextmanager
    def step(self):
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield self.db
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")

    def get(self, key, default=None):
        row = self.db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return json.loads(row[0]) if row else default

    def put(self, **values):
        self.db.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", [(key, dump(value)) for key, value in values.items()])

    def all(self, question, *values):
        return self.db.execute(question, values).fetchall()

    # --- what a person sees: the snapshot, and the phone's own undecided changes on top of it

    def show(self, doc):
        """A record as it stands here, or nothing: locked, or the lease has run out."""
        if self.get("mode") != "active" or (self.get("lease_ms") and wall() > self.get("answered_at") + self.get("lease_ms")):
            return None
        rows = self.all("SELECT b, type, seq, body FROM rows WHERE doc = ? AND gone IS NULL", doc)
        record = None
        for b, kind, seq, body in rows:
            record = {"b": b, "type": kind, "seq": seq, **json.loads(body)}
        for (text,) in self.all("SELECT bytes FROM outbox WHERE doc = ? AND is_seen = 0 AND (receipt IS NULL OR receipt LIKE "
                                "'%\"applied\"%' OR receipt LIKE '%\"merged\"%') ORDER BY n", doc):
            change = json.loads(text)
            record = record or {"b": change["bucket"], "type": change["type"], "seq": 0, "state": "open", "set": {}}
            overlay(record["set"], change)
            record["state"] = {"sign": "signed", "void": "void"}.get(change["kind"], record["state"])
        return record

    def standing(self, n):
        """The words of the page for one change, with the code of its receipt."""
        receipt, is_sent = self.all("SELECT receipt, is_sent FROM outbox WHERE n = ?", n)[0]
        if not receipt:
            return "sent" if is_sent else "on this phone"
        said = json.loads(receipt)
        words = {"rejected": "came back", "quarantined": "with your supervisor"}.get(said["outcome"], "received")
        return f"{words} {receipt_code(said['seq'])}"

    # --- what goes out

    def _greeting(self):
        unsent = self.all("SELECT COUNT(*) FROM outbox WHERE receipt IS NULL")[0][0]
        report = {"unsent": unsent, "drafts": 0, "is_storage_protected": True, "app": self.get("app")}
        epoch, device = self.get("epoch"), self.get("device")
        return {"v": 1, "epoch": epoch, "device": device, "schema": 1, "clock": clock(), "report": report}

    def _batch(self, budget):
        """The first undecided changes, without a hole, bundles whole, within the limits."""
        batch, size, end = [], 0, 0
        rows = self.all("SELECT n, bytes, bundle FROM outbox WHERE receipt IS NULL ORDER BY n LIMIT 1000")
        for i, (n, text, bundle) in enumerate(rows):
            size += len(text) + 1
            if (end and size > budget) or i >= 500 or n != rows[0][0] + i:
                break
            batch.append((n, text))
            if bundle is None or i + 1 == len(rows) or rows[i + 1][2] != bundle:
                end = i + 1
        return batch[:end]

    def _to_deliver(self):
        return self.all("SELECT n, item FROM outbox WHERE receipt IS NULL OR seq > ? ORDER BY n", self.get("safe_seq", 0))

    def emergency_file(self):
        """The JSON text that a supervisor brings in at the office."""
        items = [json.loads(item) for _, item in self._to_deliver()]
        return dump({"v": 1, "device": self.get("device"), "public_key": self.get("public"), "made_at": wall(), "items": items})

    # --- what an answer does to it; each inside the one transaction of that answer

    def _is_current(self, epoch):
        return self.get("mode") == "active" and self.get("epoch") == epoch

    def _settle(self, receipt):
        rows = self.all("SELECT bytes FROM outbox WHERE n = ?", receipt["n"])
        if rows and receipt.get("hash", sha(rows[0][0])) != sha(rows[0][0]):
            self._lock("DEVICE_FORKED")
        seq = receipt["seq"]
        self.db.execute("UPDATE outbox SET receipt = ?, seq = ? WHERE n = ? AND receipt IS NULL", (dump(receipt), seq, receipt["n"]))

    def _heed(self, next_n):
        """Compare the office's next number with the phone's own: one of the two may have gone back in time."""
        if next_n > self.get("next_n"):
            self._lock("DEVICE_FORKED")
        self.db.execute("UPDATE outbox SET receipt = NULL, seq = NULL, is_seen = 0, is_sent = 0 WHERE n >= ? AND receipt "
                        "IS NOT NULL", (next_n,))
        self.db.execute("UPDATE outbox SET is_sent = 1 WHERE n < ? AND receipt IS NULL", (next_n,))

    def _apply(self, said):
        """Drops, resets, grants, rows, cursors and receipts of one answer; returns whether buckets begin anew."""
        for one in said["drop"]:
            self._forget(one["b"])
        for b in said["reset"]:
            self._forget(b, 0)
        self.db.executemany("INSERT OR IGNORE INTO cursors VALUES (?, 0)", [(b,) for b in said["grant"]])
        rows = [(*(row[key] for key in ("b", "doc", "type", "seq")), row.get("gone"), dump(row.get("body"))) for row in said["rows"]]
        self.db.executemany("INSERT OR REPLACE INTO rows VALUES (?, ?, ?, ?, ?, ?)", rows)
        self.db.executemany("INSERT OR REPLACE INTO cursors VALUES (?, ?)", said["next"].items())
        for receipt in said["receipts"]:
            if "hash" in receipt:
                self._settle(receipt)
        wrong = [b for b, digest in (said.get("digest") or {}).items() if digest != self.digest(b)]
        for b in wrong:
            self._forget(b, 0)
        if said.get("digest"):
            self.put(checked_at=said["server_time"])
        return bool(wrong or set(said["grant"] + said["reset"]) - set(said["next"]))

    def digest(self, b):
        """What the phone holds of a bucket, as the office checks it."""
        rows = self.all("SELECT doc, seq FROM rows WHERE b = ? AND gone IS NULL ORDER BY doc", b)
        return sha("".join(f"{doc} {seq}\n" for doc, seq in rows).encode())

    def _forget(self, b, cursor=None):
        self.db.execute("DELETE FROM rows WHERE b = ?", (b,))
        self.db.execute("DELETE FROM cursors WHERE b = ?", (b,))
        if cursor is not None:
            self.db.execute("INSERT INTO cursors VALUES (?, ?)", (b, cursor))

    def _release(self):
        """Let settled changes go, in order of n: their effect is visible, and they are safe."""
        safe, now = self.get("safe_seq"), self.get("server_time")
        for n, text, seq, is_seen, doc in self.all("SELECT n, receipt, seq, is_seen, doc FROM outbox ORDER BY n"):
            receipt = json.loads(text or "{}")
            is_visible = is_seen or receipt.get("outcome") in {"rejected", "quarantined", "noop"} or self.all(
                "SELECT 1 FROM rows WHERE doc = ? AND seq >= ?", doc, seq or MIB * MIB)
            if not (receipt and is_visible and (seq <= safe if safe else receipt["at"] < now - 14 * DAY_MS)):
                break
            self.db.execute("DELETE FROM outbox WHERE n = ?", (n,))

    # --- another epoch, locked, gone

    def _change_epoch(self, epoch, fork_seq):
        with self.step() as db:
            self.put(epoch=epoch, safe_seq=0)
            db.execute("UPDATE outbox SET receipt = NULL, seq = NULL, is_seen = 0, is_sent = 0 WHERE seq > ?", (fork_seq,))
            db.execute("DELETE FROM rows WHERE seq > ?", (fork_seq,))
            db.execute("UPDATE cursors SET seq = 0")

    def _lock(self, why):
        self.put(mode="locked", why=why, key=None)

    def _forget_all(self):
        for table in ("outbox", "rows", "cursors", "meta"):
            self.db.execute(f"DELETE FROM {table}")

    def wipe(self):
        with self.step() as db:
            self._forget_all()
            db.execute("DELETE FROM earlier")
            self.put(mode="wiped")
