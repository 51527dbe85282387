"""The books the checkers keep of one history, and how they say that an invariant does not hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sync.ids import ORG_BUCKET, specialist_bucket
from sync.messages import Receipt
from sync.simulation.checkers.oracle import flat, is_prose

if TYPE_CHECKING:
    from sync.simulation.archive import Archive
    from sync.simulation.office import Office
    from sync.simulation.phone import Device

Identity = tuple[str, int, bytes]
"""Device, n and SHA-256 of the bytes."""


class Violation(AssertionError):  # noqa: N818 - the word of the invariants
    """An invariant does not hold."""

    def __init__(self, number: int, words: str) -> None:
        super().__init__(f"invariant {number}: {words}")
        self.number = number
        self.trace: list[str] = []


def hold(number: int, truth: bool, words: str) -> None:
    """Raise Violation unless true."""
    if not truth:
        raise Violation(number, words)


class Books:
    """What was captured and written, who was assigned, what devices have seen; by the checkers' own account.

    `born`: epoch in which a change was captured. `durable`: receipts by epoch, device and n, as they were committed.
    `excused`: what a restore to a backup older than the newest verified one has taken from office and phones alike.
    `drowned`: device and n of what a phone held whose storage is gone for ever.
    `called_safe`: what a published `safe_seq` has covered at any time, so that phones may have let go of it.
    `copied`: devices whose storage was copied, so that what one copy did is no longer what the device knew.
    `ended`: records voided, by epoch.
    `astray`: epochs in which a database was copied back by hand and served before anybody noticed;
    `adrift`: device and seq of what it decided then.
    """

    office: Office
    archive: Archive

    def __init__(self) -> None:
        self.head = self.ever = 0
        self.captured: dict[int, dict[int, bytes]] = {}
        self.born: dict[Identity, str] = {}
        self.prose: dict[tuple[str, str], set[str]] = {}
        self.saw_closing: dict[Identity, bool] = {}
        self.assigned: dict[str, Counter[str]] = {}
        self.granted: set[tuple[str, str]] = set()
        self.voided: set[str] = set()
        self.ended: set[tuple[str, str]] = set()
        self.seals: dict[str, str] = {}
        self.scopes: dict[tuple[str, str, int], set[str]] = {}
        self.seen: dict[int, dict[tuple[str, str], int]] = {}
        self.durable: dict[tuple[str, str, int], Receipt] = {}
        self.digests: dict[tuple[str, str, int], bytes] = {}
        self.excused: set[Identity] = set()
        self.drowned: set[tuple[str, int]] = set()
        self.called_safe: set[Identity] = set()
        self.astray: set[str] = set()
        self.adrift: set[tuple[str, int]] = set()
        self.copied: set[str] = set()
        self.devices: set[str] = set()
        self.epochs: set[str] = set()
        self.parents: dict[str, tuple[str, int]] = {}
        self.loaded = ("", 0)
        self.wipe_now: set[str] = set()
        self.leases: dict[int, list[int]] = {}

    def meet(self, office: Office, archive: Archive) -> None:
        """Whose books these are."""
        self.office, self.archive = office, archive
        self.epochs.add(office.epoch)

    def written(self, change: Mapping[str, Any]) -> None:
        """Words that somebody wrote."""
        for path, value in flat(change.get("set", {})):
            if isinstance(value, str) and (is_prose(path) or path == "text"):
                self.prose.setdefault((change["doc"], path), set()).add(value)

    def caseload(self, person: str) -> set[str]:
        """Buckets a specialist may hold now."""
        held = self.assigned.get(person, Counter())
        return {ORG_BUCKET, specialist_bucket(person)} | {bucket for bucket, count in held.items() if count > 0}

    def is_decided(self, device: str, n: int, digest: bytes) -> bool:
        """These very bytes stand in the office's log."""
        log = self.office.by_device.get(device, [])
        entry = log[n - 1] if n <= len(log) else None
        return entry is not None and entry.parsed.hash == digest

    def is_given_up(self, device: str, n: int) -> bool:
        """The office has this number on record as lost."""
        log = self.office.by_device.get(device, [])
        return n <= len(log) and log[n - 1] is None

    def is_kept(self, device: str, n: int, digest: bytes) -> bool:
        """Decided, or in its envelope with the supervisor, or lost for a reason that is known."""
        key = (device, n, digest)
        return self.is_decided(*key) or key in self.office.sealed or key in self.excused

    def shared(self, epoch: str, other: str) -> int:
        """Highest seq that two epochs truly have in common, whatever the office knows of it."""
        mine = dict(self._ancestors(epoch))
        return max((min(mine[each], limit) for each, limit in self._ancestors(other) if each in mine), default=0)

    def _ancestors(self, epoch: str) -> Iterator[tuple[str, int]]:
        limit = 2**53
        while epoch:
            yield epoch, limit
            epoch, fork = self.parents.get(epoch, ("", 0))
            limit = min(limit, fork)

    def is_strange(self, phone: Device) -> bool:
        """A phone of an epoch that nobody vouches for; it is set right when the office's restore is adopted."""
        return phone.store.epoch in self.astray
