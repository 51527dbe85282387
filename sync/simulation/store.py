"""What a phone keeps on its disk, and how it reads the office's answers."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from sync.messages import Drop, Problem, PushAnswer, Receipt, SalvageAnswer
from sync.records.kind import Body


class PulledRow(msgspec.Struct):
    """A row of a batch as the phone reads it; no body: gone."""

    b: str
    doc: str
    type: str
    seq: int
    body: Body | None = None


class Batch(msgspec.Struct):
    """What the phone reads of a PullAnswer."""

    epoch: str
    head: int
    safe_seq: int
    server_time: int
    rows: list[PulledRow]
    next: dict[str, int]
    grant: list[str]
    drop: list[Drop]
    reset: list[str]
    receipts: list[Receipt]
    more: bool
    next_n: int
    digest: dict[str, str]
    lease_ms: int = 0


class Item(msgspec.Struct):
    """An entry of the outbox; `raw` stands for both the change and its sealed copy."""

    n: int
    raw: bytes
    hash: bytes
    change: dict[str, Any]
    receipt: Receipt | None = None


class Local(msgspec.Struct):
    """A record as pulled."""

    seq: int
    type: str
    body: Body


Pulled = tuple[dict[str, dict[str, Local]], dict[str, int], int, int, bool]
"""Records, cursors, complete, lease_end, is_rotten."""


class Store(msgspec.Struct):
    """What survives a kill.

    `complete`: head of the last pull read to its end; `now`: the office's clock as last told; `lease_end`: by the
    phone's own steady clock, 0 for no limit; `lock`: why it shows nothing any more; `generation`: the fencing token.
    `is_rotten`: one of the rows is not what the office sent. No phone knows, but it comes and goes with the rows.
    """

    device: str
    epoch: str
    next_n: int = 1
    outbox: dict[int, Item] = {}
    records: dict[str, dict[str, Local]] = {}
    cursors: dict[str, int] = {}
    safe_seq: int = 0
    complete: int = 0
    now: int = 0
    lease_end: int = 0
    lock: str = ""
    generation: int = 0
    is_rotten: bool = False

    @property
    def is_locked(self) -> bool:
        return self.lock != ""

    def pulled(self) -> Pulled:
        """What a pulled batch may change, as it is now."""
        records = {bucket: dict(docs) for bucket, docs in self.records.items()}
        return records, dict(self.cursors), self.complete, self.lease_end, self.is_rotten

    def put_back(self, before: Pulled) -> None:
        """Power was lost before it reached the disk."""
        self.records, self.cursors, self.complete, self.lease_end, self.is_rotten = before


class Tab:
    """One open page. `generation`: the token it took; `awaiting`: the exchange whose answer it waits for."""

    def __init__(self) -> None:
        self.generation = -1
        self.awaiting: int | None = None


_ANSWERS: Final[dict[str, msgspec.json.Decoder[Any]]] = {
    "push": msgspec.json.Decoder(PushAnswer),
    "pull": msgspec.json.Decoder(Batch),
    "salvage": msgspec.json.Decoder(SalvageAnswer),
    "problem": msgspec.json.Decoder(Problem),
}


def read(body: bytes, kind: str) -> Any:
    """An answer, or None for anything that is not readable and whole."""
    try:
        return _ANSWERS[kind].decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None


def shares_bundle(a: Item, b: Item) -> bool:
    bundle = a.change.get("bundle")
    return bundle is not None and bundle == b.change.get("bundle")
