"""A phone: a durable store in which every transaction is one step, and a memory that any kill wipes.

Between two transactions stands `border()`: there the phone may be killed. What the store holds then is all that is
left.
"""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

import msgspec

from sync.clock import ClockReading
from sync.ids import ORG_BUCKET, specialist_bucket
from sync.messages import SCHEMA, Drop, Problem, PullRequest, PushAnswer, PushRequest, Receipt
from sync.records.kind import Body
from sync.simulation.dice import Dice

PUSH_LIMIT: Final = 6
PULL_LIMIT: Final = 5
KEEP_STEPS: Final = 60
"""How long decided entries stay: the model's 14 days."""


class Killed(Exception):  # noqa: N818 - a fault, not an error of ours
    """The phone's process ended here."""


class PulledRow(msgspec.Struct):
    """A row of a batch as the phone reads it; no body: gone."""

    b: str
    doc: str
    type: str
    seq: int
    body: Body | None = None


class Batch(msgspec.Struct):
    """What the phone reads of a PullAnswer."""

    head: int
    rows: list[PulledRow]
    next: dict[str, int]
    drop: list[Drop]
    more: bool


class Item(msgspec.Struct):
    """An entry of the outbox. `step`: when its receipt was stored."""

    n: int
    raw: bytes
    hash: bytes
    change: dict[str, Any]
    receipt: Receipt | None = None
    step: int = 0

    @property
    def is_accepted(self) -> bool:
        return self.receipt is not None and self.receipt.code is None


class Local(msgspec.Struct):
    """A record as pulled."""

    seq: int
    type: str
    body: Body


class Store(msgspec.Struct):
    """What survives a kill."""

    device: str
    next_n: int = 1
    outbox: dict[int, Item] = {}
    records: dict[str, dict[str, Local]] = {}
    cursors: dict[str, int] = {}
    is_locked: bool = False


class Watch(Protocol):
    """What the checkers want to be told."""

    def typed(self, phone: Phone, item: Item) -> None: ...
    def saved(self, phone: Phone, item: Item) -> None: ...
    def received(self, phone: Phone, receipts: Sequence[Receipt]) -> None: ...
    def applied(self, phone: Phone, answer: Batch) -> None: ...


class Phone:
    """One installation of one specialist. `place`: its index in the world."""

    def __init__(self, place: int, person: str, device: str, dice: Dice, watch: Watch) -> None:
        self.place, self.person, self.dice, self.watch = place, person, dice, watch
        self.store = Store(device, cursors={ORG_BUCKET: 0, specialist_bucket(person): 0})
        self.wall = 1_700_000_000_000
        self.awaiting: int | None = None
        self.step = 0
        self.kill_chance = 0.0

    def border(self) -> None:
        """Between two transactions."""
        if self.kill_chance and self.dice.chance(self.kill_chance):
            raise Killed

    def restart(self) -> None:
        """Memory is empty, the store is as it was."""
        self.awaiting = None

    def clone(self, place: int) -> Phone:
        """The storage copied to a second phone: same device, same counter."""
        other = Phone(place, self.person, self.store.device, self.dice, self.watch)
        other.store, other.wall = copy.deepcopy(self.store), self.wall
        return other

    def capture(self, changes: Sequence[Mapping[str, Any] | bytes]) -> None:
        """Keep changes in one transaction, then show "saved"."""
        items: list[Item] = []
        for i, change in enumerate(changes):
            n = self.store.next_n + i
            if isinstance(change, bytes):
                items.append(Item(n, change, hashlib.sha256(change).digest(), {}))
                continue
            whole = {"n": n, "author": self.person, "captured": {"wall": self.wall}, **change}
            raw = msgspec.json.encode(whole)
            items.append(Item(n, raw, hashlib.sha256(raw).digest(), whole))
        for item in items:
            self.watch.typed(self, item)
        self.border()
        self.keep(items)
        self.border()
        for item in items:
            self.watch.saved(self, item)

    def keep(self, items: Sequence[Item]) -> None:
        self.store.outbox.update((item.n, item) for item in items)
        self.store.next_n += len(items)

    def undecided(self) -> list[Item]:
        """In order of n, as the outbox keeps it."""
        return [item for item in self.store.outbox.values() if item.receipt is None]

    def push_request(self, epoch: str) -> bytes | None:
        """The lowest undecided changes; a bundle travels whole."""
        waiting = self.undecided()
        if not waiting or self.store.is_locked:
            return None
        count = min(PUSH_LIMIT, len(waiting))
        while count < len(waiting) and _shares_bundle(waiting[count - 1], waiting[count]):
            count += 1
        return self.encode_push(epoch, waiting[:count])

    def encode_push(self, epoch: str, items: Sequence[Item]) -> bytes:
        raws = b",".join(item.raw for item in items)
        head = PushRequest(1, epoch, self.store.device, SCHEMA, items[0].n, ClockReading(self.wall), [])
        return msgspec.json.encode(head).replace(b'"changes":[]', b'"changes":[' + raws + b"]", 1)

    def pull_request(self, epoch: str) -> bytes | None:
        if self.store.is_locked:
            return None
        since = self.store.cursors
        clock = ClockReading(self.wall)
        return msgspec.json.encode(
            PullRequest(1, epoch, self.store.device, SCHEMA, since, clock, limit_docs=PULL_LIMIT)
        )

    def sent(self, path: str) -> None:
        """A request is on its way; that changes nothing in the store."""

    def take(self, exchange: int, path: str, body: bytes) -> None:
        """An answer. Anything but the awaited exchange, readable and whole, changes nothing."""
        if not self.is_awaited(exchange):
            return
        self.awaiting = None
        answer: PushAnswer | Batch | None
        answer = _read(body, PushAnswer) if path == "push" else _read(body, Batch)
        if answer is None:
            self._take_problem(body)
        elif isinstance(answer, PushAnswer):
            self.border()
            self.settle(answer.results)
            self.border()
        else:
            self.border()
            self.apply(answer)
            self.border()

    def is_awaited(self, exchange: int) -> bool:
        return self.awaiting == exchange

    def settle(self, receipts: Sequence[Receipt]) -> None:
        """Receipts into the outbox, one transaction. Only a push's answer settles: there the bytes were compared."""
        for receipt in receipts:
            item = self.store.outbox.get(receipt.n)
            if item is not None and item.receipt is None:
                item.receipt, item.step = receipt, self.step
        self.watch.received(self, receipts)

    def apply(self, answer: Batch) -> None:
        """Rows, cursors and drops in one transaction."""
        self.put_rows(answer.rows)
        self.put_cursors(answer)
        self.watch.applied(self, answer)

    def put_rows(self, rows: Sequence[PulledRow]) -> None:
        for row in rows:
            bucket = self.store.records.setdefault(row.b, {})
            if row.body is None:
                bucket.pop(row.doc, None)
            else:
                bucket[row.doc] = Local(row.seq, row.type, row.body)

    def put_cursors(self, answer: Batch) -> None:
        self.store.cursors.update(answer.next)
        for drop in answer.drop:
            self.store.cursors.pop(drop.b, None)
            self.store.records.pop(drop.b, None)

    def tidy(self) -> None:
        """Forget entries that were decided long ago and whose effect has arrived."""
        store = self.store
        for item in list(store.outbox.values()):
            receipt = item.receipt
            if receipt is None or self.step - item.step < KEEP_STEPS:
                continue
            bucket = item.change.get("bucket", "")
            local = store.records.get(bucket, {}).get(item.change.get("doc", ""))
            is_shown = store.cursors.get(bucket, receipt.seq) >= receipt.seq and (
                local is None or local.seq >= receipt.seq
            )
            if receipt.code is not None or is_shown:
                del store.outbox[item.n]

    def _take_problem(self, body: bytes) -> None:
        problem = _read(body, Problem)
        if problem is not None and problem.code == "DEVICE_FORKED":
            self.store.is_locked = True


def _shares_bundle(a: Item, b: Item) -> bool:
    bundle = a.change.get("bundle")
    return bundle is not None and bundle == b.change.get("bundle")


def _read(body: bytes, kind: Any) -> Any:
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
