"""Checks around restores, locks, wipes, leases and lost storage: 3, 8, 10, 22, 23, and the books after a restore."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from sync.ids import participant_bucket
from sync.simulation.checkers.books import Books, hold

if TYPE_CHECKING:
    from sync.simulation.archive import Backup
    from sync.simulation.exchange import Phone
    from sync.simulation.office import Office
    from sync.simulation.store import Tab


class TroubleChecks(Books):
    """What a bad day may do to the books, and what it may not."""

    def restoring(self, office: Office, backup: Backup) -> None:
        """A backup that lacks what was once called safe is about to come back: phones may have forgotten it."""
        self.loaded = (backup.epoch, backup.head)
        self.ever = max(self.ever, self.head)
        held = [(entry.device, entry.parsed.n, entry.parsed.hash) for entry in office.history] + [*office.sealed]
        self.excused.update(key for key in held if key in self.called_safe and not backup.holds(*key))

    def published(self, office: Office) -> None:
        """Phones may let go of what lies below, whatever a later restore says of it."""
        for entry in office.history:
            if entry.receipt.seq <= office.safe_seq:
                self.called_safe.add((entry.device, entry.parsed.n, entry.parsed.hash))
        self.called_safe.update(key for key, kept in office.sealed.items() if kept.seq <= office.safe_seq)

    def restored(self, office: Office) -> None:
        """The database is another one: an older state, or the same under a new epoch."""
        is_new = office.epoch not in self.epochs and not office.is_astray
        hold(22, office.head > self.ever or not is_new, "a new epoch gives seqs that were given before")
        self.head = office.head
        self.voided = {doc for doc, record in office.records.items() if record.state == "void"}
        self.seals = {doc: record.signed.hash for doc, record in office.records.items() if record.signed is not None}
        self.assigned, self.granted = {}, set()
        for record in office.records.values():
            if record.type == "assignment":
                self.granted.add((record.fields["specialist"], participant_bucket(record.fields["participant"])))
            if record.type == "assignment" and record.state == "open":
                held = self.assigned.setdefault(record.fields["specialist"], Counter())
                held[participant_bucket(record.fields["participant"])] += 1
        if office.is_astray:
            self.astray.add(office.epoch)
        elif is_new:
            self.epochs.add(office.epoch)
            self.parents[office.epoch] = self.loaded
            for entry in office.history:
                key = (office.epoch, entry.device, entry.parsed.n)
                self.durable[key], self.digests[key] = entry.receipt, entry.parsed.hash

    def deposited(self, office: Office) -> None:
        """An envelope took a position."""
        self.head += 1
        hold(8, self.head == office.head, "an envelope without a position of its own")

    def adopted(self, phone: Phone, fork_seq: int) -> None:
        """A phone has taken a new epoch: nothing of the dead one counts any more."""
        seen = self.seen[phone.place]
        self.seen[phone.place] = {key: seq for key, seq in seen.items() if seq <= fork_seq}
        for bucket, cursor in phone.store.cursors.items():
            hold(22, cursor <= fork_seq, f"phone {phone.place} keeps cursor {cursor} of {bucket} from a dead epoch")
        for item in phone.store.outbox.values():
            is_dead = item.receipt is not None and item.receipt.seq > fork_seq
            hold(22, not is_dead, f"phone {phone.place} takes {item.n} for decided by a dead epoch")

    def enrolled(self, phone: Phone, earlier: Mapping[str, int]) -> None:
        """A new phone tells its person which other ones the office knows, and what they last said they held."""
        for asker in self.office.devices.values():
            if asker.person == phone.person and asker.device not in self.office.revoked:
                is_told = asker.device in earlier or asker.device == phone.store.device
                hold(3, is_told, f"nobody tells phone {phone.place} of {asker.device}")

    def perished(self, phone: Phone) -> None:
        """Its storage is gone for ever; it answers for nothing, and what it held can be delivered by nobody."""
        self.drowned.update((phone.store.device, n) for n in self.captured[phone.place])
        self.captured[phone.place] = {}

    def went_back(self, phone: Phone) -> None:
        """An old copy of its storage is all there is now."""
        self.leases[phone.place] = [phone.store.lease_end]
        self.copied.add(phone.store.device)
        self.captured[phone.place] = {item.n: item.hash for item in phone.store.outbox.values()}
        self.seen[phone.place] = {}

    def lost_power(self, phone: Phone, batches: int) -> None:
        """The last batches are gone, and what they said of the lease with them."""
        del self.leases[phone.place][-batches:]

    def revoked(self, device: str, mode: str) -> None:
        if mode == "wipe_now":
            self.wipe_now.add(device)

    def shown(self, phone: Phone, count: int) -> None:
        """The screen shows so many records."""
        end = self.leases[phone.place][-1]
        is_hidden = phone.store.lock != "" or 0 < end < phone.steady
        hold(23, not (is_hidden and count), f"phone {phone.place} shows {count} records that it must hide")

    def wiping(self, phone: Phone, is_ordered: bool) -> None:
        """A phone is about to forget everything."""
        store = phone.store
        if is_ordered:
            hold(23, store.device in self.wipe_now, f"phone {phone.place} is wiped, and nobody ordered it")
            self.captured[phone.place] = {}
            return
        for item in store.outbox.values():
            is_safe = self._is_safe(store.device, item.n, item.hash)
            hold(23, is_safe, f"phone {phone.place} is wiped, {item.n} is not safe")

    def _is_safe(self, device: str, n: int, digest: bytes) -> bool:
        """In a verified backup of this lineage; in the office, where there is none."""
        key = (device, n, digest)
        safe_seq = self.office.safe_seq
        if not safe_seq:
            return self.is_kept(*key)
        backups = [backup for backup in self.archive.backups if backup.head <= safe_seq]
        return key in self.excused or any(backup.holds(*key) for backup in backups)

    def writing(self, phone: Phone, tab: Tab) -> None:
        """An answer is about to be applied."""
        is_holder = tab.generation == phone.store.generation
        hold(10, is_holder, f"phone {phone.place}: a tab that lost the store applies an answer")
