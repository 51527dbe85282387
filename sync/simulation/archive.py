"""Backups, kept apart from the office's database, and the ways back from one: by the tool, or by hand."""

from __future__ import annotations

from typing import Any, Final, NamedTuple, Protocol

from sync.intake import Parsed
from sync.lineage import Epoch, shared_seq
from sync.simulation.dice import Dice
from sync.simulation.ledger import DURABLE
from sync.simulation.office import Office

HOLE: Final = 1000
"""How far the numbering jumps over what the dead branch may have given."""


class Backup(NamedTuple):
    """A verified copy of everything durable."""

    epoch: str
    head: int
    contents: dict[str, Any]

    def holds(self, device: str, n: int, digest: bytes) -> bool:
        """Whether this work is in it: decided, or in its envelope."""
        log = self.contents["by_device"].get(device, [])
        is_decided = n <= len(log) and log[n - 1] is not None and log[n - 1].parsed.hash == digest
        return is_decided or (device, n, digest) in self.contents["sealed"]


class Watch(Protocol):
    """What the checkers want to be told."""

    def restoring(self, office: Office, backup: Backup) -> None: ...
    def restored(self, office: Office) -> None: ...
    def published(self, office: Office) -> None: ...


class Archive:
    """The backups of one office; empty while none is configured."""

    def __init__(self, dice: Dice, office: Office, watch: Watch) -> None:
        self.dice, self.office, self.watch = dice, office, watch
        self.backups: list[Backup] = []
        self.witnessed = office.lineage

    def back_up(self) -> None:
        """Copy, verify, publish how far it reaches. An office that has gone astray gets no backup."""
        office = self.office
        if not office.is_closed and not office.is_astray:
            contents = {name: _copy(getattr(office, name)) for name in DURABLE}
            self.backups.append(Backup(office.epoch, office.head, contents))
            self.publish()

    def publish(self) -> None:
        """`safe_seq`: how far a verified backup of this very lineage reaches."""
        lineage = self.office.lineage
        head = self.office.head
        heads = [one.head for one in self.backups if one.head <= min(shared_seq(lineage, one.epoch), head)]
        self.office.safe_seq = max(heads, default=0)
        self.watch.published(self.office)

    def restore(self, *, is_oldest: bool = False) -> None:
        """By the tool: the newest backup, or an older one where the newest cannot be read.

        Where what it replaces does not descend from the backup (somebody copied one back before), phones may hold
        receipts of either branch below its head: nothing is taken as shared.
        """
        was_astray = self.office.is_astray
        self._load(self.backups[0] if is_oldest else self._pick())
        self.begin_epoch(0 if was_astray else self.shared_head())

    def restore_by_hand(self, *, has_witness: bool) -> None:
        """Somebody copies a backup back. With a witness beside the database its start notices; else phones do."""
        self.office.is_closed, self.office.is_astray = has_witness, not has_witness
        self._load(self._pick())
        self.publish()

    def adopt(self) -> None:
        """The operator learns of it. Where nobody knows how far back it went, nothing is taken as shared."""
        self.begin_epoch(0 if self.office.is_astray else self.shared_head())

    def shared_head(self) -> int:
        """How far the database that came back is a past of every epoch that was ever in force.

        Its last epoch may have gone astray before, which it does not know: the witness remembers the forks.
        """
        return min(self.office.head, shared_seq(self.witnessed, self.office.epoch))

    def begin_epoch(self, fork_seq: int) -> None:
        """A new epoch that begins above every seq ever given."""
        office = self.office
        office.epoch = self.dice.new_id()
        office.lineage = self.witnessed = [*office.lineage, Epoch(office.epoch, fork_seq)]
        office.head = office.ever = self.first_head()
        office.skippers = dict.fromkeys(office.devices, True)
        office.is_closed = office.is_astray = False
        self.publish()
        self.watch.restored(office)

    def first_head(self) -> int:
        return self.office.ever + HOLE

    def _pick(self) -> Backup:
        return self.backups[-1] if self.dice.chance(0.5) else self.dice.pick(self.backups)

    def _load(self, backup: Backup) -> None:
        self.watch.restoring(self.office, backup)
        for name, value in backup.contents.items():
            setattr(self.office, name, _copy(value))
        self.office.bodies = {}
        self.watch.restored(self.office)


def is_same(log: list[Any], parsed: Parsed) -> bool:
    """Whether the log decided these very bytes."""
    before = log[parsed.n - 1] if parsed.n <= len(log) else None
    return before is not None and before.parsed.hash == parsed.hash


def _copy(value: Any) -> Any:
    """Containers anew; records and entries are replaced, never edited, and may be shared."""
    if type(value) is dict:
        return {key: _copy(inner) for key, inner in value.items()}
    return [*value] if type(value) is list else value
