"""What breaks, and who does what about it: the fault list, as far as a pure model can express it."""

from __future__ import annotations

from typing import Final

from sync.ids import ORG_BUCKET
from sync.simulation.deposits import Deposit, Envelope
from sync.simulation.exchange import Phone
from sync.simulation.phone import PULL_LIMIT
from sync.simulation.store import Local, Store
from sync.simulation.world import KILL_CHANCE, World

PHONES_LIMIT: Final = 8
DAY_MS: Final = 86_400_000
LEASE_MS: Final = 45_000
SLEEP_STEPS: Final = 70


class Troubles(World):
    """Each of them happens to a phone, or to the office while that phone's turn is."""

    def __init__(self, seed: int, clock_seed: int, *, is_plain: bool = False) -> None:
        super().__init__(seed, clock_seed)
        self.asleep: dict[int, int] = {}
        self.copies: list[tuple[Phone, Phone]] = []
        self.is_plain = is_plain
        self.has_backup = self.dice.chance(0.8)
        self.has_full_phones = self.dice.chance(0.3)
        self.office.lease_ms = LEASE_MS if self.dice.chance(0.4) else 0

    def expose(self, phone: Phone) -> None:
        phone.kill_chance = KILL_CHANCE
        if not self.is_plain:
            phone.full_chance = 0.02 if self.has_full_phones else 0.0
            phone.is_power_weak = self.dice.chance(0.5)
            phone.app = 1 if self.dice.chance(0.15) else 2
            phone.pull_limit = 1 if self.dice.chance(0.1) else PULL_LIMIT

    def back_up(self, _phone: Phone) -> None:
        if self.has_backup:
            self.archive.back_up()
            self.note(f"a backup is verified, safe up to {self.office.safe_seq}")

    def restore(self, _phone: Phone) -> None:
        """By the tool; answers already on their way still arrive."""
        if self.archive.backups:
            self.pending = []
            self.archive.restore()
            self.note(f"the office is restored to {self.office.lineage[-1].fork_seq}, head {self.office.head}")
            if self.dice.chance(0.3):
                self.archive.back_up()
                self.archive.restore()
                self.note(f"and once more, to {self.office.lineage[-1].fork_seq}, head {self.office.head}")

    def restore_by_hand(self, _phone: Phone) -> None:
        if self.archive.backups and not self.office.is_astray:
            self.pending = []
            self.archive.restore_by_hand(has_witness=self.dice.chance(0.4))
            self.note(f"somebody copied a backup back, head {self.office.head}")

    def adopt(self) -> None:
        """By the operator, at an office that stands still: what it had not committed is gone."""
        self.pending = []
        self.archive.adopt()

    def revoke(self, phone: Phone) -> None:
        mode = "lock" if self.dice.chance(0.75) else "wipe_now"
        if phone.store.device in self.office.devices and not self.office.is_closed:
            self.note(f"phone {phone.place}: revoked, {mode}")
            self.checkers.revoked(phone.store.device, mode)
            self.office.revoked[phone.store.device] = mode

    def file(self, _phone: Phone) -> None:
        """A supervisor opens sealed work."""
        waiting = [] if self.office.is_closed else self.deposits.waiting()
        if waiting:
            device = self.dice.pick(waiting)
            self.note(f"sealed work of {device[-4:]} is opened")
            self.deposits.settle(device, lambda: self.dice.chance(0.7))

    def set_up_again(self, phone: Phone, person: str = "") -> None:
        """Passphrase forgotten, or the phone goes to somebody else: a new device over the sealed work of the old."""
        if len(self.phones) >= PHONES_LIMIT or self.office.is_closed or phone.store.lock == "wiped":
            return
        if not person:
            person = phone.person if self.dice.chance(0.6) else self.dice.pick(self.people)
        new = self.enrol(person)
        self.expose(new)
        self.note(f"phone {phone.place}: set up again as {new.place}")
        phone.full_chance = 0.0
        if not phone.store.is_locked:
            phone.lock("replaced")
        for each in self.phones:
            if each is phone or each.via is phone:
                each.via = new

    def evict(self, phone: Phone) -> None:
        """The browser cleared everything; only the office knows that there was a phone."""
        if len(self.phones) < PHONES_LIMIT and not self.office.is_closed:
            self.note(f"phone {phone.place}: storage is gone")
            self.die(phone)
            self.expose(self.enrol(phone.person))

    def die(self, phone: Phone) -> None:
        phone.is_dead = True
        self.checkers.perished(phone)

    def clone(self, phone: Phone) -> None:
        """The storage copied to a second phone: same device, same counter."""
        other = Phone(len(self.phones), phone.person, Store(phone.store.device, ""), self.dice, self.checkers)
        phone.copy_to(other)
        if len(self.phones) < PHONES_LIMIT:
            self.note(f"phone {phone.place}: storage cloned to phone {other.place}")
            self.phones.append(other)
            self.expose(other)
            self.checkers.met(other)

    def keep_a_copy(self, phone: Phone) -> None:
        """A copy of the storage; later it comes back in place of what was written since."""
        if self.copies and self.dice.chance(0.7):
            phone, copy = self.copies.pop()
            if not phone.is_dead and phone.store.lock == "":
                self.note(f"phone {phone.place}: storage goes back in time")
                phone.store, phone.unsynced = copy.store, []
                phone.restart()
                self.checkers.went_back(phone)
        elif not phone.store.is_locked:
            other = Phone(phone.place, phone.person, Store(phone.store.device, ""), self.dice, self.checkers)
            phone.copy_to(other)
            self.copies.append((phone, other))

    def sweep(self, _phone: Phone) -> None:
        feed = self.office.feed
        buckets = [bucket for bucket, docs in feed.items() if any(is_gone for _, is_gone in docs.values())]
        if buckets:
            bucket = self.dice.pick(buckets)
            self.office.sweep(bucket)
            self.note(f"tombstones swept, floor of {bucket[-4:]} {self.office.floors.get(bucket, 0)}")

    def rot(self, phone: Phone) -> None:
        """A row of the snapshot is lost, old, or one too many."""
        buckets = [bucket for bucket, docs in phone.store.records.items() if docs and bucket != ORG_BUCKET]
        if not buckets or phone.app < 2:
            return
        docs = phone.store.records[self.dice.pick(buckets)]
        doc = self.dice.pick(list(docs))
        local = docs[doc]
        self.note(f"phone {phone.place}: a row goes wrong")
        phone.store.is_rotten = True
        if self.dice.chance(0.4):
            del docs[doc]
        elif self.dice.chance(0.5):
            docs[doc] = Local(local.seq - 1, local.type, local.body)
        else:
            docs[self.dice.new_id()] = local

    def lose_power(self, phone: Phone) -> None:
        self.on(phone, "loses power", phone.lose_power)

    def sleep(self, phone: Phone) -> None:
        self.asleep[phone.place] = self.step + SLEEP_STEPS

    def deploy(self, _phone: Phone) -> None:
        self.office.is_old = not self.office.is_old

    def upgrade(self, phone: Phone) -> None:
        phone.app = 2

    def emergency(self, phone: Phone) -> None:
        """What cannot be sent leaves as a file, and a supervisor brings it in."""
        items = phone.to_deliver()
        if items and phone.store.lock != "wiped" and not self.office.is_closed:
            self.note(f"phone {phone.place}: emergency file")
            envelopes = [Envelope(item.n, item.raw) for item in items]
            self.deposits.take(Deposit(phone.store.device, envelopes, 0), brought_by=phone.person)
            phone.is_unknown = False

    def days_pass(self, _phone: Phone) -> None:
        self.office.now += 5 * DAY_MS

    def recover(self, phone: Phone) -> None:
        """A phone that stopped is set up again; sealed work nobody else can deliver goes by file."""
        store = phone.store
        if phone.is_dead or store.lock == "wiped":
            return
        if phone.is_unknown and phone.via is not None and phone.via.person != phone.person:
            self.emergency(phone)
        elif phone.is_unknown or (store.is_locked and phone.via is None):
            self.set_up_again(phone, phone.person)
            phone.is_unknown = False
