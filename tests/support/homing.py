"""A phone that finds home again: it keeps what it sent until that is in a backup, and follows a change of epoch.

docs/protocol.md, "After a restore" and "What a phone promises".
"""

from __future__ import annotations

from typing import Any

import msgspec

from tests.support.carrier import Carrier, Refused


class HomingPhone(Carrier):
    """`held`: n to the bytes, from capture until safe. `forks`: what each change of epoch said."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.held: dict[int, bytes] = {}
        self.forks: list[int] = []
        self.safe_seq = 0

    def keep(self, *raws: bytes) -> None:
        super().keep(*raws)
        self.held.update({msgspec.json.decode(raw)["n"]: raw for raw in raws})

    async def ask(self, path: str, body: bytes, *fields: str) -> dict[str, Any]:
        said = await super().ask(path, body, *fields)
        self.safe_seq = max(self.safe_seq, said.get("safe_seq", 0))
        return said

    async def once(self) -> None:
        while True:
            try:
                await super().once()
            except Refused as refused:
                if refused.code == "EPOCH_CHANGED":
                    self.follow(refused.problem["epoch"], refused.problem["fork_seq"])
                elif refused.code == "SEQ_GAP":
                    expected = refused.problem["expected_n"]
                    self.queue_again([n for n in self.receipts if n >= expected])
                else:
                    raise
            else:
                self.release()
                return

    def follow(self, epoch: str, fork_seq: int) -> None:
        """One transaction: the new epoch, everything above the fork queued again and forgotten, cursors at 0."""
        self.epoch = epoch
        self.forks.append(fork_seq)
        self.safe_seq = min(self.safe_seq, fork_seq)
        self.queue_again([n for n, receipt in self.receipts.items() if receipt["seq"] > fork_seq])
        self.rows = {doc: row for doc, row in self.rows.items() if row["seq"] <= fork_seq}
        self.since = dict.fromkeys(self.since, 0)
        self.is_in_doubt = False

    def queue_again(self, numbers: list[int]) -> None:
        """What is still held goes again; what was let go is gone, and its receipt speaks of a dead epoch."""
        for n in numbers:
            del self.receipts[n]
            if n in self.held:
                self.outbox[n] = self.held[n]

    def release(self) -> None:
        """Let go of what is in a verified backup, from the front and never out of order."""
        for n in sorted(self.held):
            if n not in self.receipts or self.receipts[n]["seq"] > self.safe_seq:
                return
            del self.held[n]
