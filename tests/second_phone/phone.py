"""A second phone: one client of docs/protocol.md, written from that page alone; it imports nothing of the product.

`Phone` keeps all it has in one SQLite file and takes every step in one transaction, so that a kill between two steps
loses nothing and repeats nothing. Encryption at rest (the vault) is no matter of the protocol and is left out.
"""

from __future__ import annotations

import gzip
import json
import os
import random
import time

import httpx

from .craft import b64, clean, clock, content_hash, dump, load_key, new_key, seal, sha, sign, uuid7, wall
from .store import DAY_MS, FULL, LEAST, Store

PUSH_FIELDS = ("epoch", "results", "next_n", "safe_seq", "server_time", "backoff_ms")
PULL_FIELDS = ("epoch", "head", "safe_seq", "server_time", "rows", "next", "grant", "drop", "reset", "receipts", "more",
               "next_n", "lease_ms")
SALVAGE_FIELDS = ("results", "safe_seq", "is_wipe_due", "server_time")


class NoAnswerError(Exception):
    """Nothing was learned: no line, a captive portal, an old answer out of a proxy."""


class RefusedError(Exception):
    """The office refused a whole request: `problem` has its `code`."""

    def __init__(self, problem):
        super().__init__(problem["code"])
        self.code, self.problem = problem["code"], problem


def _change(kind, type_, doc, bucket, **more):
    return {"kind": kind, "type": type_, "doc": doc, "bucket": bucket, **more}


class Phone(Store):
    """A whole phone: `enrol` once, then capture and `sync`; open the same file again after a kill."""

    def __init__(self, path, client, sleep=time.sleep):
        super().__init__(path)
        self.client, self.sleep, self.nonce, self.budget, self.is_pull_only = client, sleep, "", FULL, False
        self.has_asked = False  # for the earlier devices: once a start

    # --- asking

    def _post(self, path, body, fields, headers, nonce=None):
        """One request, and its answer only if it is the office's own answer to this very request."""
        headers = {"Content-Type": "application/json", **headers}
        try:
            answer = self.client.post(path, content=body, headers=headers, timeout=45)
            said = answer.json() if answer.headers.get("Content-Type", "").startswith("application/json") else None
        except (httpx.TransportError, httpx.DecodingError, ValueError) as error:
            raise NoAnswerError(str(error)) from error
        names = answer.headers.get("Alongside-Answers")
        is_foreign = nonce is not None and names != nonce and (names or answer.status_code == 200)
        if not isinstance(said, dict) or is_foreign:
            raise NoAnswerError(f"{answer.status_code}: not the office's answer")
        self.nonce = answer.headers.get("Alongside-Nonce", self.nonce)
        if answer.status_code == 200 and all(field in said for field in fields):
            return said
        raise RefusedError(said) if answer.status_code >= 400 and "code" in said else NoAnswerError(dump(said)[:200])

    def _ask(self, path, text, fields):
        """A signed request; signed once more where its nonce was stale."""
        key = load_key(self.get("key"))
        body, coding = (gzip.compress(text.encode()), "gzip") if len(text) > LEAST else (text.encode(), "identity")
        for is_again in (False, True):
            nonce = self.nonce
            signature = sign(key, f"alongside-v1\nPOST\n{path}\n{sha(body)}\n{nonce}")
            headers = {"Alongside-Device": self.get("device"), "Alongside-Nonce": nonce, "Alongside-Signature": signature}
            try:
                return self._post(path, body, fields, headers | {"Content-Encoding": coding}, nonce)
            except RefusedError as refused:
                if refused.code != "STALE_NONCE" or is_again:
                    raise
        return None

    def enrol(self, code, passphrase, app="1.0.0"):
        """Make this phone known. On a file that was another device's, its sealed work is kept to be delivered."""
        (pem, public), token = new_key(), b64(os.urandom(24))
        body = {"code": code, "passphrase": passphrase, "public_key": public, "deposit_hash": sha(token.encode()), "app": app}
        said = self._post("/sync/v1/enrol", dump(body).encode(), ("device", "epoch", "seal_kid", "seal_key", "next_n"), {})
        with self.step() as db:
            old = [(self.get("device"), self.get("public"), n, item) for n, item in self._to_deliver()]
            db.executemany("INSERT INTO earlier VALUES (?, ?, ?, ?)", old)
            self._forget_all()
            self.has_asked = False
            self.put(**said, key=pem, public=public, deposit=token, app=app, mode="active", safe_seq=0)
        return said

    # --- capture: n, bytes and sealed copy in one transaction; then it is "saved"

    def capture(self, *changes):
        """Make changes durable, as one bundle if there are several; returns their numbers."""
        if len(changes) > 500:
            raise ValueError("a bundle must fit into one push")
        key = load_key(self.get("key"))
        with self.step() as db:
            first, device = self.get("next_n"), self.get("device")
            bundle = {"bundle": uuid7(), "bundle_size": len(changes)} if len(changes) > 1 else {}
            for n, change in enumerate(changes, first):
                cursor = self.all("SELECT seq FROM cursors WHERE b = ?", change["bucket"])
                record = self.all("SELECT seq FROM rows WHERE doc = ? AND gone IS NULL", change["doc"])
                seen = {"base": record[0][0]} if record and change["kind"] != "create" else {}
                scope = {"scope_seq": cursor[0][0] if cursor else 0}
                whole = {"n": n, "author": self.get("specialist"), "captured": clock(), **change, **scope, **seen, **bundle}
                text = dump(clean(whole))
                if len(text.encode()) > 256 * 1024:
                    raise ValueError("a change has at most 256 KiB")
                item = seal(key, device, n, text, self.get("seal_kid"), self.get("seal_key"))
                db.execute("INSERT INTO outbox (n, bytes, item, doc, bundle) VALUES (?, ?, ?, ?, ?)",
                           (n, text.encode(), dump(item), change["doc"], bundle.get("bundle")))
            self.put(next_n=first + len(changes))
        return list(range(first, first + len(changes)))

    def create_participant(self, **fields):
        doc = uuid7()
        self.capture(_change("create", "participant", doc, f"p:{doc}", set=fields))
        return doc

    def sign_note(self, **fields):
        """Create and sign a note, as one bundle."""
        fields = clean(fields)
        about = ("note", uuid7(), f"p:{fields['participant']}")
        self.capture(_change("create", *about, set=fields), _change("sign", *about, content_hash=content_hash(fields)))
        return about[1]

    def edit(self, kind, doc, **more):
        """A `patch`, `tags`, `sign`, `void` or `addendum` of a record that this phone shows."""
        record = self.show(doc)
        return self.capture(_change(kind, record["type"], doc, record["b"], **more))

    # --- agreement

    def sync(self, tries=8):
        """Push until the outbox is empty, pull until nothing more comes; returns the phone's mode."""
        for k in range(tries):
            wait = random.uniform(0, min(300, 2 * 2**k))
            mode = self.get("mode")
            try:
                self._round()
                if self.get("mode") in {mode, "wiped"}:
                    break
            except NoAnswerError:
                self.budget = max(LEAST, self.budget // 4)
                if k == tries - 1:
                    raise
            except RefusedError as refused:
                wait = self._obey(refused, k == tries - 1)
            self.sleep(wait)
        return self.get("mode")

    def _round(self):
        if self.get("mode") != "active":
            return self.salvage() if self.get("mode") == "locked" else None
        for _ in range(0, self.all("SELECT COUNT(*) FROM outbox WHERE is_sent AND receipt IS NULL")[0][0], 500):
            self.pull()
        while not self.is_pull_only and self.push():
            pass
        while self.get("mode") == "active" and self.pull():
            pass
        return self.salvage_earlier() if self.get("mode") == "active" and not self.has_asked else None

    def _obey(self, refused, is_last):
        """What the table of problems says; returns the seconds to wait."""
        problem = refused.problem
        if refused.code == "EPOCH_CHANGED":
            self._change_epoch(problem["epoch"], problem["fork_seq"])
        elif refused.code == "SEQ_GAP" and not is_last:
            with self.step():
                self._heed(problem["expected_n"])
        elif refused.code == "DEVICE_REVOKED" and problem.get("mode") == "wipe_now":
            self.wipe()
        elif refused.code in {"DEVICE_FORKED", "DEVICE_REVOKED"}:
            with self.step():
                self._lock(refused.code)
        elif refused.code == "TOO_LARGE" and self.budget > LEAST:
            self.budget //= 2
        elif refused.code == "UPGRADE_REQUIRED" and not self.is_pull_only:
            self.is_pull_only = True
        elif "retry_after_s" in problem and not is_last:
            return problem["retry_after_s"]
        else:
            raise refused
        return 0

    def push(self):
        """One batch; returns whether there may be more."""
        batch = self._batch(self.budget)
        if not batch:
            return False
        with self.step() as db:
            db.execute("UPDATE outbox SET is_sent = 1 WHERE n BETWEEN ? AND ?", (batch[0][0], batch[-1][0]))
        head = {**self._greeting(), "first_n": batch[0][0], "changes": 0}
        changes = ",".join(text.decode() for _, text in batch)
        try:
            said = self._ask("/sync/v1/push", dump(head)[:-2] + f"[{changes}]}}", PUSH_FIELDS)
        except RefusedError:  # an answer: nothing of this was decided
            self.db.execute("UPDATE outbox SET is_sent = 0 WHERE n BETWEEN ? AND ?", (batch[0][0], batch[-1][0]))
            raise
        with self.step():
            if self._is_current(said["epoch"]):
                for receipt in said["results"]:
                    self._settle(receipt)
                self._note(said)
        self._rest(said)
        return self.get("mode") == "active"

    def pull(self):
        """One batch of rows, applied in one transaction; returns whether to pull again."""
        since = dict(self.all("SELECT b, seq FROM cursors"))
        asked = [n for (n,) in self.all("SELECT n FROM outbox WHERE is_sent AND receipt IS NULL ORDER BY n LIMIT 500")]
        is_check = self.get("server_time", 0) >= self.get("checked_at", -DAY_MS) + DAY_MS
        more = {"since": since, "digest": is_check} | ({"open": asked} if asked else {})
        more |= {"limit_bytes": self.budget} if self.budget < FULL else {}
        said = self._ask("/sync/v1/pull", dump({**self._greeting(), **more}), PULL_FIELDS)
        with self.step() as db:
            if not self._is_current(said["epoch"]) or since != dict(self.all("SELECT b, seq FROM cursors")):
                return False
            is_again = self._apply(said) or said["more"]
            self._note(said)
            db.executemany("UPDATE outbox SET is_sent = 0 WHERE n = ? AND receipt IS NULL", [(n,) for n in asked])
            self.put(lease_ms=said["lease_ms"], answered_at=wall())
            if not is_again:
                db.execute("UPDATE outbox SET is_seen = 1 WHERE seq <= ?", (said["head"],))
            self._release()
        self._rest(said)
        return is_again and self.get("mode") == "active"

    def _rest(self, said):
        self.budget = min(FULL, self.budget * 2)
        self.sleep(said["backoff_ms"] / 1000)

    def _note(self, said):
        self.put(safe_seq=said["safe_seq"], server_time=said["server_time"])
        self._heed(said["next_n"])

    # --- locked, and set up again

    def _deliver(self, device, items, ask, **more):
        """Sealed items in order, within the limits of a request; returns the last answer and what was not refused."""
        kept, said, items = [], None, list(items)
        while items or said is None:
            some, size = [], 0
            while items and len(some) < 200 and (not some or size + len(items[0][1]) < FULL):
                size += len(items[0][1]) + 1
                some.append(items.pop(0))
            body = {"v": 1, "device": device, "items": [json.loads(item) for _, item in some], "left": len(items), **more}
            said = ask("/sync/v1/salvage", dump(body), SALVAGE_FIELDS)
            kept += [one["n"] for one in said["results"] if one["outcome"] != "refused"]
        return said, kept

    def salvage(self):
        """A locked phone delivers its sealed work by its deposit token, and wipes itself when the wipe is due."""
        device = self.get("device")
        headers = {"Alongside-Device": device, "Alongside-Deposit": self.get("deposit")}
        ask = lambda path, text, fields: self._post(path, text.encode(), fields, dict(headers))  # noqa: E731
        waiting = [(n, item) for n, item in self._to_deliver() if not self.all("SELECT 1 FROM outbox WHERE n = ? AND is_kept", n)]
        said, kept = self._deliver(device, waiting, ask)
        with self.step() as db:
            db.executemany("UPDATE outbox SET is_kept = 1 WHERE n = ?", [(n,) for n in kept])
        everything = self._to_deliver()
        if said["is_wipe_due"]:
            said, kept = self._deliver(device, everything, ask)
            if said["is_wipe_due"] and len(kept) == len(everything):
                self.wipe()

    def salvage_earlier(self):
        """An active phone delivers for the earlier installations on it, signed by its own key."""
        for device, public in self.all("SELECT DISTINCT device, public_key FROM earlier"):
            items = self.all("SELECT n, item FROM earlier WHERE device = ? ORDER BY n", device)
            said, kept = self._deliver(device, items, self._ask, public_key=public)
            if said["is_wipe_due"] and len(kept) == len(items):
                with self.step() as db:
                    db.execute("DELETE FROM earlier WHERE device = ?", (device,))
        self.has_asked = True
