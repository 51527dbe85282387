"""A second phone, written from docs/protocol.md alone; screens, and encryption at rest, are no matter of that page."""

import gzip
import hashlib
import json
import os
import random
import sqlite3
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from contextlib import contextmanager
from itertools import groupby

import httpx
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

CURVE, BOOT, BOOTED = ec.SECP256R1(), os.urandom(16).hex(), time.monotonic()
UNCOMPRESSED = serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
DAY_MS, TRY_AGAIN, VERSION = 86_400_000, {"retry_after_s": 0}, {"v": 1, "schema": 1}
NUMBERS = dict.fromkeys(("sent_to", "seen_to", "safe_seq", "server_time", "checked_at", "lease_until"), 0)
EMPTY = {"outbox": [], "rows": {}, "cursors": {}, "earlier": [], **NUMBERS}
FIELDS = {
    "enrol": "device specialist epoch seal_kid seal_key next_n",
    "push": "epoch results next_n safe_seq server_time backoff_ms",
    "pull": "epoch head safe_seq server_time rows next grant drop reset receipts more next_n backoff_ms lease_ms",
    "salvage": "results safe_seq is_wipe_due server_time epoch",
}


def b64(data):
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def sha(data):
    return hashlib.sha256(data).hexdigest()


def clock():
    return {"wall": time.time_ns() // 1_000_000, "mono": int((time.monotonic() - BOOTED) * 1000), "boot": BOOT}


def canonical(fields):
    """The canonical JSON of a note's fields: its SHA-256 is the content hash that a `sign` carries."""
    tags = ("support", "goals", "flags")
    kept = {key: sorted({*value}) if key in tags and value else value for key, value in fields.items()}
    kept["answers"] = {key: value for key, value in (fields.get("answers") or {}).items() if value is not None}
    kept = {key: value for key, value in kept.items() if value not in (None, [], {})}
    text = json.dumps(kept, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return text.encode("utf-8", "backslashreplace").decode()  # lone surrogates


class Key:
    """A P-256 key; `number` is its private value, `point` the public one as the page writes it, 65 bytes."""

    def __init__(self, number=None):
        self.private = ec.derive_private_key(number, CURVE) if number else ec.generate_private_key(CURVE)
        self.number = self.private.private_numbers().private_value
        self.point = self.private.public_key().public_bytes(*UNCOMPRESSED)

    def sign(self, text):
        r, s = utils.decode_dss_signature(self.private.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
        return b64(r.to_bytes(32, "big") + s.to_bytes(32, "big"))

    def seal(self, device, n, change, kid, seal_key):
        """The sealed copy of a change's JSON text for the organisation's `seal_key`, signed by this one."""
        content = dump({"device": device, "n": n, "change": change}).encode()
        size = 256 if len(content) <= 252 else max(1024, 1 << (len(content) + 3).bit_length())
        plain = (len(content).to_bytes(4, "big") + content).ljust(size, b"\0")
        once, theirs, iv = Key(), urlsafe_b64decode(seal_key + "="), os.urandom(12)
        info = f"alongside-seal-v1|{kid}".encode()
        secret = once.private.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, theirs))
        ct = AESGCM(HKDF(hashes.SHA256(), 32, once.point + theirs, info).derive(secret)).encrypt(iv, plain, info)
        sealed = {"v": 1, "kid": kid, "epk": b64(once.point), "iv": b64(iv), "ct": b64(ct)}
        text = f"alongside-seal-v1\n{device}\n{n}\n{kid}\n{sha(once.point + iv + ct)}"
        return {"n": n, "sealed": sealed, "sig": self.sign(text)}


class NoAnswerError(Exception):
    """Nothing was learned: no line, a captive portal, an old answer out of a proxy. Arguments: why, TRY_AGAIN."""


class RefusedError(Exception):
    """The office refused a whole request. Arguments: its code, and the problem."""


class Phone:
    """`enrol` once, then `capture` and `sync`; opened again on the same file after a kill. `held` is all it knows."""

    def __init__(self, path, client, sleep=time.sleep):
        self.client, self.sleep, self.nonce, self.pace = client, sleep, "", 32
        self.db = sqlite3.connect(path)
        self.db.execute("CREATE TABLE IF NOT EXISTS phone (id INTEGER PRIMARY KEY, held TEXT)")
        row = self.db.execute("SELECT held FROM phone").fetchone()
        self.held = json.loads(row[0]) if row else {"mode": "new", **EMPTY}

    @contextmanager
    def step(self):
        """One durable transaction: all of it is on the disk afterwards, or, where something fails, none of it."""
        held = json.loads(dump(self.held))
        yield held
        with self.db:
            self.db.execute("REPLACE INTO phone VALUES (1, ?)", (dump(held),))
        self.held = held

    def _post(self, what, text, headers, nonce=None):
        """One request, and its answer only if it is the office's own answer to this very request."""
        headers = {"Content-Type": "application/json", **headers}
        try:
            answer = self.client.post(f"/sync/v1/{what}", content=text, headers=headers, timeout=45)
            said = answer.json() if answer.headers.get("Content-Type", "").startswith("application/json") else None
        except (httpx.TransportError, httpx.DecodingError, ValueError) as error:
            raise NoAnswerError(str(error), TRY_AGAIN) from error
        said = said if isinstance(said, dict) else {}
        is_good, names, code = answer.status_code == 200, answer.headers.get("Alongside-Answers"), said.get("code")
        is_named = names == nonce or (names is None and not is_good and code != "DEVICE_REVOKED")
        if not is_named or not (said.keys() >= {*FIELDS[what].split()} if is_good else code):
            raise NoAnswerError(f"{answer.status_code}: not the office's answer", TRY_AGAIN)
        self.nonce = answer.headers.get("Alongside-Nonce", self.nonce)
        if not is_good:
            raise RefusedError(code, said)
        return said

    def _ask(self, what, text, is_again=False):
        """A signed request; signed once more where its nonce was stale."""
        body, nonce = gzip.compress(text.encode()), self.nonce
        signature = Key(self.held["key"]).sign(f"alongside-v1\nPOST\n/sync/v1/{what}\n{sha(body)}\n{nonce}")
        headers = {"Alongside-Device": self.held["device"], "Alongside-Nonce": nonce, "Alongside-Signature": signature}
        try:
            return self._post(what, body, {**headers, "Content-Encoding": "gzip"}, nonce)
        except RefusedError as refused:
            if refused.args[0] != "STALE_NONCE" or is_again:
                raise
            return self._ask(what, text, is_again=True)

    def enrol(self, code, passphrase):
        """Make this phone known. On a file that was another device's, its sealed work is kept to be delivered."""
        key, deposit, own = Key(), b64(os.urandom(24)), self.own_work()
        known = {"public_key": b64(key.point), "deposit_hash": sha(deposit.encode())}
        said = self._post("enrol", dump({"code": code, "passphrase": passphrase, **known}), {})
        with self.step() as held:
            earlier = held["earlier"] + ([own] if own["items"] else [])
            held.update({**EMPTY, **said, **known}, mode="active", key=key.number, deposit=deposit, earlier=earlier)

    def capture(self, *changes):
        """Make changes durable with their numbers and sealed copies, as one bundle if there are several: "saved"."""
        bundle = {"bundle": b64(os.urandom(12)), "bundle_size": len(changes)} if len(changes) > 1 else {}
        with self.step() as held:
            for n, change in enumerate(changes, held["next_n"]):
                base = held["rows"].get(change["doc"], {}).get("seq", 0) if change["kind"] != "create" else 0
                seen = {"base": base, "scope_seq": held["cursors"].get(change["bucket"], 0), "captured": clock()}
                text = dump({"n": n, "author": held["specialist"], **change, **seen, **bundle})
                text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # no lone surrogates
                if len(text.encode()) > 256 * 1024 or len(changes) > 500:
                    raise ValueError("a change has at most 256 KiB, and a bundle fits into one push")
                item = Key(held["key"]).seal(held["device"], n, text, held["seal_kid"], held["seal_key"])
                entry = {"n": n, "text": text, "hash": sha(text.encode()), "item": dump(item), "receipt": None}
                held["outbox"].append({**entry, **bundle})
            held["next_n"] += len(changes)

    def own_work(self):
        """Sealed copies of what is undecided, or decided and in no backup; whose they are, and the token for them."""
        held, is_safe = self.held, lambda receipt: receipt and receipt["seq"] <= self.held["safe_seq"]
        items = [entry["item"] for entry in held["outbox"] if not is_safe(entry["receipt"])]
        return {"items": items, **{name: held.get(name) for name in ("device", "public_key", "deposit")}}

    def sync(self, tries=8):
        """Push until the outbox is empty, pull until nothing more comes, deliver; returns the phone's mode."""
        for k in range(tries):
            try:
                for turn in (self.push, self.pull):
                    while self.held["mode"] == "active" and turn():
                        pass
                self.salvage()
                break
            except (NoAnswerError, RefusedError) as trouble:
                wait_s = self._obey(*trouble.args)
                if wait_s is None or k == tries - 1:
                    raise
                self.pace = max(1, self.pace // 2)
                self.sleep(max(wait_s, random.uniform(0, min(300, 2 * 2**k))))
        return self.held["mode"]

    def _obey(self, code, problem):
        """What the table of problems says; returns the seconds to wait at least, none where a person must be told."""
        with self.step() as held:
            if code == "EPOCH_CHANGED":
                self._queue_again(held, lambda entry: entry["receipt"]["seq"] > problem["fork_seq"])
                held["rows"] = {doc: row for doc, row in held["rows"].items() if row["seq"] <= problem["fork_seq"]}
                held.update(epoch=problem["epoch"], safe_seq=0, seen_to=0, cursors=dict.fromkeys(held["cursors"], 0))
            elif code == "SEQ_GAP":
                self._queue_again(held, lambda entry: entry["n"] >= problem["expected_n"])
            elif code in {"DEVICE_FORKED", "DEVICE_REVOKED"}:
                held.update(mode="locked", key=None)
                if problem.get("mode") == "wipe_now":
                    self._wipe(held, [])
            elif code != "TOO_LARGE":
                return problem.get("retry_after_s")
        return 0

    def _queue_again(self, held, is_meant):
        for entry in held["outbox"]:
            entry["receipt"] = None if entry["receipt"] and is_meant(entry) else entry["receipt"]

    def _wipe(self, held, earlier):
        held.clear()
        held.update(EMPTY, mode="wiped", earlier=earlier)

    def _greeting(self):
        held, report = self.held, {"unsent": sum(not entry["receipt"] for entry in self.held["outbox"]), "drafts": 0}
        return {**VERSION, "epoch": held["epoch"], "device": held["device"], "clock": clock(), "report": report}

    def push(self):
        """One batch, byte for byte as captured, bundles whole; returns whether there may be more."""
        if self.held["sent_to"]:
            return self.pull() or True  # first of all: what became of what was sent?
        queue, batch = [entry for entry in self.held["outbox"] if not entry["receipt"]], []
        for _, bundle in groupby(queue, lambda entry: entry.get("bundle", entry["n"])):
            some = list(bundle)
            if batch and len(batch + some) > self.pace:
                break
            batch += some
        if not batch:
            return False
        with self.step() as held:
            held["sent_to"] = batch[-1]["n"]
        head, texts = dump({**self._greeting(), "first_n": batch[0]["n"]}), ",".join(entry["text"] for entry in batch)
        said = self._ask("push", f'{head[:-1]},"changes":[{texts}]}}')
        with self.step() as held:
            self._learn(held, said, said["results"])
        return True

    def pull(self):
        """One batch of rows, applied in one step; returns whether to pull again."""
        held = self.held
        asked = [entry["n"] for entry in held["outbox"] if not entry["receipt"] and entry["n"] <= held["sent_to"]]
        more = {"digest": held["server_time"] >= held["checked_at"] + DAY_MS, "limit_docs": self.pace, "open": asked}
        said = self._ask("pull", dump({**self._greeting(), **more, "since": held["cursors"]}))
        with self.step() as held:
            self._learn(held, said, [one for one in said["receipts"] if "hash" in one])
            self._forget(held, [one["b"] for one in said["drop"]], said["reset"])
            held["cursors"].update({**dict.fromkeys(said["grant"], 0), **said["next"]})
            for row in said["rows"]:
                old = held["rows"].get(row["doc"])
                if "gone" not in row and row["seq"] >= (old or row)["seq"]:
                    held["rows"][row["doc"]] = row
                elif old and old["b"] == row["b"]:
                    del held["rows"][row["doc"]]
            rows, digests = sorted(held["rows"].items()), said.get("digest") or {}
            lines = {b: "".join(f"{doc} {row['seq']}\n" for doc, row in rows if row["b"] == b) for b in digests}
            wrong = [b for b, digest in digests.items() if digest != sha(lines[b].encode())]
            self._forget(held, [], wrong)
            is_whole = not said["more"] and not wrong and said["next"].keys() >= {*said["grant"], *said["reset"]}
            held["seen_to"] = said["head"] if is_whole else 0
            held["lease_until"] = said["lease_ms"] and clock()["wall"] + said["lease_ms"]
            held["checked_at"] = said["server_time"] if digests else held["checked_at"]
            kept = held["outbox"]  # until a whole reading since has shown what it did, and a backup holds it
            while kept and kept[0]["receipt"] and kept[0]["receipt"]["seq"] <= min(held["seen_to"], held["safe_seq"]):
                del kept[0]
        return not is_whole

    def _learn(self, held, said, receipts):
        """What push and pull have in common; an answer of another epoch, or that betrays a copy, changes nothing."""
        own = {entry["n"]: entry for entry in held["outbox"]}
        told = [(own[one["n"]], one) for one in receipts if one["n"] in own]
        if said["epoch"] != held["epoch"]:
            raise NoAnswerError("of another epoch", TRY_AGAIN)
        is_other = any(one.get("hash", entry["hash"]) != entry["hash"] for entry, one in told)
        if said["next_n"] > held["next_n"] or is_other:
            raise RefusedError("DEVICE_FORKED", {})
        for entry, one in told:
            entry["receipt"] = entry["receipt"] or one
        self._queue_again(held, lambda entry: entry["n"] >= said["next_n"])
        held.update(safe_seq=said["safe_seq"], server_time=said["server_time"], sent_to=0)
        self.pace = min(500, self.pace * 2)
        self.sleep(said["backoff_ms"] / 1000)

    def _forget(self, held, dropped, anew):
        held["rows"] = {doc: row for doc, row in held["rows"].items() if row["b"] not in dropped + anew}
        held["cursors"] = {b: seq for b, seq in held["cursors"].items() if b not in dropped} | dict.fromkeys(anew, 0)

    def salvage(self):
        """Delivers sealed work, a locked phone's own and that of earlier devices; what the office says is safe goes."""
        own, is_active = [self.own_work()] if self.held["mode"] == "locked" else [], self.held["mode"] == "active"
        for one in own + self.held["earlier"]:
            answers, items, whose = [], one["items"], {"device": one["device"], "public_key": one["public_key"]}
            token = {"Alongside-Device": one["device"], "Alongside-Deposit": one["deposit"]}
            while items or not answers:  # from the first to the last, so that the last answer speaks for all
                some, items = items[: min(200, self.pace)], items[min(200, self.pace) :]
                text = f'{dump({"v": 1, **whose, "left": len(items)})[:-1]},"items":[{",".join(some)}]}}'
                answers.append(self._ask("salvage", text) if is_active else self._post("salvage", text, token))
            is_kept = all(result["outcome"] != "refused" for said in answers for result in said["results"])
            if is_kept and answers[-1]["is_wipe_due"] and len({said["epoch"] for said in answers}) == 1:
                with self.step() as held:
                    held["earlier"] = [other for other in held["earlier"] if other != one]
                    if one in own:
                        self._wipe(held, held["earlier"])
