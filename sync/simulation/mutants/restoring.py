"""Bugs around backups and restores."""

from __future__ import annotations

from sync.simulation import ledger, office
from sync.simulation.archive import Archive
from sync.simulation.exchange import Phone
from sync.simulation.mutants.infection import Put
from sync.simulation.office import Office
from sync.simulation.phone import Device


def requeue_skipped(put: Put) -> None:
    put(Phone, "requeue", lambda _self, _fork_seq: None)


def dead_cursor_kept(put: Put) -> None:
    real = Phone.adopt

    def adopt(self: Phone, epoch: str, fork_seq: int) -> None:
        cursors = dict(self.store.cursors)
        real(self, epoch, fork_seq)
        self.store.cursors = cursors

    put(Phone, "adopt", adopt)


def dead_rows_kept(put: Put) -> None:
    real = Phone.adopt

    def adopt(self: Phone, epoch: str, fork_seq: int) -> None:
        records = {bucket: dict(docs) for bucket, docs in self.store.records.items()}
        real(self, epoch, fork_seq)
        self.store.records = records

    put(Phone, "adopt", adopt)


def dead_base_used(put: Put) -> None:
    put(Archive, "first_head", lambda self: self.office.head)


def last_fork_only(put: Put) -> None:
    put(ledger, "shared_seq", lambda lineage, _theirs: lineage[-1].fork_seq)


def released_before_safe(put: Put) -> None:
    put(Phone, "is_safe", lambda _self, _receipt: True)


def released_with_holes(put: Put) -> None:
    put(Phone, "may_leave_a_hole", lambda _self: True)


def released_unseen(put: Put) -> None:
    put(Phone, "shows", lambda _self, _item, _receipt: True)


def gap_for_ever(put: Put) -> None:
    put(ledger, "may_begin_above", lambda *_, **__: False)


def hand_restore_unnoticed(put: Put) -> None:
    put(office, "is_ahead", lambda _since, _head: False)
    put(Archive, "adopt", lambda self: setattr(self.office, "is_closed", False))


def capture_relaxed(put: Put) -> None:
    real = Device.lose_power

    def lose_power(self: Device) -> None:
        real(self)
        waiting = self.undecided()
        if waiting:
            del self.store.outbox[waiting[-1].n]

    put(Device, "lose_power", lose_power)


def full_phone_says_saved(put: Put) -> None:
    def strict(self: Device) -> None:
        self.unsynced.clear()

    real = Device.keep

    def keep(self: Device, items: list[object]) -> None:
        if not (self.full_chance and self.dice.chance(self.full_chance)):
            real(self, items)  # type: ignore[arg-type]

    put(Device, "strict", strict)
    put(Device, "keep", keep)


def earlier_phones_untold(put: Put) -> None:
    put(Office, "earlier", lambda _self, _person: {})
