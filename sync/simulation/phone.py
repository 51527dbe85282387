"""A phone: a durable store in which every transaction is one step, and a memory that any kill wipes.

Between two transactions stands `border()`: there the phone may be killed. What the store holds then is all that is
left; and of what was pulled, a loss of power may take the last batches as well (relaxed durability).
"""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from sync.clock import ClockReading
from sync.ids import ORG_BUCKET, specialist_bucket
from sync.messages import SCHEMA, PullRequest, PushRequest, Report
from sync.simulation.deposits import Deposit, Envelope
from sync.simulation.dice import Dice
from sync.simulation.store import Item, Store, Tab, shares_bundle

PUSH_LIMIT: Final = 6
PULL_LIMIT: Final = 4
SALVAGE_LIMIT: Final = 4


class Killed(Exception):  # noqa: N818 - a fault, not an error of ours
    """The phone's process ended here."""


class Full(Exception):  # noqa: N818 - a fault, not an error of ours
    """The browser gave no more room: the transaction came to nothing."""


class Device:
    """One installation of one specialist, as far as its screen reaches. `place`: its index in the world.

    `via`: the phone that was set up after it on the same storage, and delivers its sealed work.
    """

    def __init__(self, place: int, person: str, store: Store, dice: Dice, watch: Any) -> None:
        self.place, self.person, self.dice, self.watch, self.store = place, person, dice, watch, store
        if not store.cursors and not store.lock:
            store.cursors = {ORG_BUCKET: 0, specialist_bucket(person): 0}
        self.wall, self.steady = 1_700_000_000_000, 0
        self.tabs = [Tab(), Tab()]
        self.kill_chance = self.full_chance = 0.0
        self.app, self.pull_limit = 2, PULL_LIMIT
        self.delivered, self.pass_epoch = 0, ""
        self.is_unknown = self.is_dead = self.is_power_weak = False
        self.unsynced: list[Any] = []
        self.via: Device | None = None

    def border(self) -> None:
        """Between two transactions."""
        if self.kill_chance and self.dice.chance(self.kill_chance):
            raise Killed

    def strict(self) -> None:
        """A transaction that is on the disk when it says so, and all before it. Raises Full before anything is put."""
        if self.full_chance and self.dice.chance(self.full_chance):
            raise Full
        self.unsynced.clear()

    def restart(self) -> None:
        """Memory is empty, the store is as it was."""
        for tab in self.tabs:
            tab.awaiting, tab.generation = None, -1
        self.delivered = 0

    def lose_power(self) -> None:
        """The last batches that were committed with relaxed durability never reached the disk."""
        if self.unsynced:
            back = 1 + self.dice.below(len(self.unsynced))
            self.watch.lost_power(self, back)
            self.store.put_back(self.unsynced[-back])
            self.unsynced.clear()
        self.restart()

    def hides(self) -> bool:
        """Whether the screen shows nothing of what the phone holds. The office's clock has no say in it."""
        return self.store.is_locked or self.is_lease_over()

    def is_lease_over(self) -> bool:
        return 0 < self.store.lease_end < self.steady

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
        self.strict()
        self.store.outbox.update((item.n, item) for item in items)
        self.store.next_n += len(items)

    def undecided(self) -> list[Item]:
        """In order of n, as the outbox keeps it."""
        return [item for item in self.store.outbox.values() if item.receipt is None]

    def begin(self, tab: Tab, exchange: int) -> None:
        """An exchange of one tab takes the fencing token; of another tab's exchange nothing is applied any more."""
        if tab.generation != self.store.generation:
            self.store.generation += 1
            tab.generation = self.store.generation
        tab.awaiting = exchange

    def push_request(self) -> bytes | None:
        """The lowest undecided changes; a bundle travels whole."""
        waiting = self.undecided()
        if not waiting or self.store.is_locked:
            return None
        count = min(PUSH_LIMIT, len(waiting))
        while count < len(waiting) and shares_bundle(waiting[count - 1], waiting[count]):
            count += 1
        return self.encode_push(waiting[:count])

    def encode_push(self, items: Sequence[Item]) -> bytes:
        raws = b",".join(item.raw for item in items)
        store = self.store
        head = PushRequest(1, store.epoch, store.device, SCHEMA, items[0].n, ClockReading(self.wall), [])
        return msgspec.json.encode(head).replace(b'"changes":[]', b'"changes":[' + raws + b"]", 1)

    def pull_request(self, *, is_digest: bool = False) -> bytes | None:
        """An old app asks for neither receipts nor digests and says nothing of itself."""
        store = self.store
        if store.is_locked:
            return None
        clock, limit = ClockReading(self.wall), self.pull_limit
        if self.app < 2:
            request = PullRequest(1, store.epoch, store.device, SCHEMA, store.cursors, clock, limit_docs=limit)
        else:
            waiting = [item.n for item in self.undecided()]
            request = PullRequest(
                1, store.epoch, store.device, SCHEMA, store.cursors, clock, waiting, limit, digest=is_digest,
                report=Report(unsent=len(waiting)),
            )  # fmt: skip
        return msgspec.json.encode(request)

    def to_deliver(self) -> list[Item]:
        """Sealed work of a locked phone: all that is not decided, and all that is decided but not safe."""
        safe_seq = self.store.safe_seq
        return [i for i in self.store.outbox.values() if i.receipt is None or i.receipt.seq > safe_seq]

    def salvage_request(self) -> bytes | None:
        """The next sealed copies. A pass begins with the first one, and again where an answer is missing.

        A restore may have taken what was kept; only an unbroken pass says that all of it is there.
        """
        if not self.store.is_locked or self.store.lock == "wiped":
            return None
        if any(tab.awaiting and tab.generation == self.store.generation for tab in self.tabs):
            self.delivered = 0
        items = self.to_deliver()[self.delivered :]
        part = [Envelope(item.n, item.raw) for item in items[:SALVAGE_LIMIT]]
        via = self.via.store.device if self.via is not None and self.via.person == self.person else ""
        return msgspec.json.encode(Deposit(self.store.device, part, len(items) - len(part), via))

    def sent(self, path: str) -> None:
        """A request is on its way; that changes nothing in the store."""

    def copy_to(self, other: Device) -> None:
        """The storage as it is, on another phone."""
        other.store, other.wall, other.steady, other.app = copy.deepcopy(self.store), self.wall, self.steady, self.app
        other.full_chance, other.pull_limit = self.full_chance, self.pull_limit
