"""A phone with a memory: outbox, receipts, cursors, rows. It keeps the protocol's rules for a line that breaks.

An answer that is not what was asked for is no answer. After a lost one it asks by `open` what was decided before it
sends anything again, sends and asks for a quarter as much after a failure and twice as much after a success.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
from typing import Any

import httpx
import msgspec

from tests.support.phone import Phone

MOST = 200
MOST_BYTES = 1024 * 1024
GIVE_UP_S = 45.0


class NoAnswer(Exception):  # noqa: N818 - what happened
    """Nothing came, or something that is not the office's answer to this request."""


class Refused(Exception):  # noqa: N818 - an answer
    """The office refused the whole request with a stated code."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        super().__init__(status, problem)
        self.code = problem["code"]
        self.problem = problem


class Carrier(Phone):
    """`outbox`: n to the bytes as captured. `receipts`: n to the receipt, kept for ever, since it must never change."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.outbox: dict[int, bytes] = {}
        self.receipts: dict[int, dict[str, Any]] = {}
        self.rows: dict[str, dict[str, Any]] = {}
        self.most = MOST
        self.most_bytes = MOST_BYTES
        self.slow = 1.0  # one second here stands for so many
        self.give_up_s = GIVE_UP_S
        self.is_in_doubt = False
        self.failures = 0
        self.dice = random.Random(self.device)

    def keep(self, *raws: bytes) -> None:
        """Captured: durable until its receipt is here."""
        for raw in raws:
            self.outbox[msgspec.json.decode(raw)["n"]] = raw

    async def ask(self, path: str, body: bytes, *fields: str) -> dict[str, Any]:
        """The office's own answer with all of `fields`; NoAnswer or Refused otherwise."""
        try:
            answer = await asyncio.wait_for(self.post(path, body), self.give_up_s)
        except (httpx.TransportError, TimeoutError, msgspec.DecodeError, ValueError):
            raise NoAnswer from None
        is_json = answer.headers.get("content-type", "").split(";")[0] == "application/json"
        if not is_json or answer.headers.get("alongside-answers", self.asked) != self.asked:
            raise NoAnswer
        try:
            said = answer.json()
        except ValueError:
            raise NoAnswer from None
        if answer.status_code != 200:
            if not isinstance(said, dict) or "code" not in said:
                raise NoAnswer
            if said["code"] == "STALE_NONCE":
                raise NoAnswer  # twice: somebody on the way repeats what we send
            raise Refused(answer.status_code, said)
        if not isinstance(said, dict) or any(field not in said for field in fields):
            raise NoAnswer
        return said

    async def exchange(self) -> None:
        """Push until the outbox is empty, then pull until nothing more has come. Never gives up by itself."""
        while True:
            try:
                await self.once()
            except NoAnswer:
                self.failures += 1
                self.most = max(1, self.most // 4)
                self.most_bytes = max(8_192, self.most_bytes // 4)
                await self.rest(self.dice.uniform(0, min(300, 2 * 2 ** min(self.failures, 3))))
            except Refused as refused:
                if "retry_after_s" not in refused.problem:
                    raise
                await self.rest(refused.problem["retry_after_s"])
            else:
                return

    async def rest(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self.slow)

    async def once(self) -> None:
        """One exchange, up to its first trouble."""
        while self.outbox:
            if self.is_in_doubt:
                await self.resolve()
            else:
                await self.send()
        while await self.fetch():
            pass

    async def send(self) -> None:
        """The oldest of the outbox in one push."""
        first = min(self.outbox)
        batch = [self.outbox[n] for n in sorted(self.outbox)[: self.most]]
        body = self.push_body(batch, first)
        self.is_in_doubt = True
        said = await self.ask("/sync/v1/push", body, "results", "next_n", "safe_seq")
        mine = range(first, first + len(batch))
        if [result["n"] for result in said["results"]] != list(mine):
            raise NoAnswer  # an old answer, replayed on the way
        self.is_in_doubt = False
        self.failures = 0
        self.most = min(MOST, self.most * 2)
        for result in said["results"]:
            self.settle(result)

    async def resolve(self) -> None:
        """What was decided of what is open? A receipt over other bytes than mine is a fork."""
        said = await self.pull_with(open=sorted(self.outbox)[:1000])
        for receipt in said["receipts"]:
            digest = receipt.pop("hash", None)
            raw = self.outbox.get(receipt["n"])
            if raw is None or digest is None:
                continue
            if digest != hashlib.sha256(raw).hexdigest():
                raise Refused(409, {"code": "DEVICE_FORKED"})
            self.settle(receipt)
        self.is_in_doubt = False

    def settle(self, receipt: dict[str, Any]) -> None:
        known = self.receipts.setdefault(receipt["n"], receipt)
        assert known == receipt, "a receipt never changes"
        self.outbox.pop(receipt["n"], None)

    async def fetch(self) -> bool:
        """One batch; True while there is more."""
        return bool((await self.pull_with())["more"])

    async def pull_with(self, **more: Any) -> dict[str, Any]:
        asked = {
            "v": 1, "epoch": self.epoch, "device": self.device, "schema": 1, "since": self.since,
            "clock": {"wall": 1}, "limit_bytes": self.most_bytes, **more,
        }  # fmt: skip
        fields = ("rows", "next", "grant", "drop", "receipts", "more", "epoch")
        said = await self.ask("/sync/v1/pull", msgspec.json.encode(asked), *fields)
        self.apply(said)
        self.failures = 0
        self.most_bytes = min(MOST_BYTES, self.most_bytes * 2)
        return said

    def apply(self, said: dict[str, Any]) -> None:
        """Rows, cursors and drops of one answer; nothing ever goes back, so an old answer does no harm."""
        for bucket in said.get("reset", []):
            self.forget(bucket)
        for row in said["rows"]:
            if row["seq"] > self.rows.get(row["doc"], {"seq": 0})["seq"]:
                self.rows[row["doc"]] = row
        for bucket, seq in said["next"].items():
            self.since[bucket] = max(seq, self.since.get(bucket, 0))
        for drop in said["drop"]:
            self.forget(drop["b"])

    def forget(self, bucket: str) -> None:
        self.since.pop(bucket, None)
        self.rows = {doc: row for doc, row in self.rows.items() if row["b"] != bucket}
