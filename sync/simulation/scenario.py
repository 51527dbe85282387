"""How a history goes: what happens how often, then calm, and now and then another day after an old backup."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sync.simulation.exchange import Phone
from sync.simulation.phone import Killed
from sync.simulation.troubles import DAY_MS, Troubles
from sync.simulation.world import STEPS, TEN_YEARS_MS

TROUBLE_CHANCE: Final = 0.09
DAYS_OF_REST: Final = 4


class Scenario(Troubles):
    """One history. `is_plain`: only what the network, kills, crashes and clocks do."""

    def __init__(self, seed: int, clock_seed: int, *, is_plain: bool = False) -> None:
        super().__init__(seed, clock_seed, is_plain=is_plain)
        self._usual: tuple[tuple[float, Callable[[Phone], None]], ...] = (
            (0.30, self.touch), (0.57, self.call), (0.86, lambda _phone: self.deliver()), (0.94, self.act),
            (0.97, lambda _phone: self.commit_one()), (0.98, self.office_crashes), (0.985, self.jump),
            (1.0, self.die_and_start),
        )  # fmt: skip
        self._choices: list[Callable[[Phone], None]] = [
            choice
            for weight, choice in (
                (8, self.back_up), (2, self.restore), (2, self.restore_by_hand), (3, self.revoke), (4, self.file),
                (2, self.set_up_again), (1, self.evict), (3, self.clone), (2, self.keep_a_copy), (3, self.sweep),
                (2, self.rot), (3, self.lose_power), (2, self.sleep), (3, self.deploy), (1, self.upgrade),
                (2, self.emergency), (1, self.days_pass), (2, self.recover),
            )
            for _ in range(weight)
        ]  # fmt: skip

    def run(self) -> None:
        """The whole history. Raises Violation."""
        self.furnish()
        for phone in self.phones:
            self.expose(phone)
        for self.step in range(STEPS):
            self.office.now += 1000
            self.one_step()
        self.end()
        self.checkers.at_rest(self.phones)
        if self.archive.backups and self.dice.chance(0.2):
            self.another_day()

    def another_day(self) -> None:
        """Phones have let go of all that was safe, and then only an old backup can be read."""
        self.archive.restore(is_oldest=True)
        self.note(f"the office is restored to its oldest backup, {self.office.lineage[-1].fork_seq}")
        for phone in (*self.phones, *self.phones):
            if not phone.is_dead:
                self.touch(phone)
        self.end()
        self.checkers.at_rest(self.phones)

    def one_step(self) -> None:
        phone = self.dice.pick(self.phones)
        for each in self.phones:
            each.steady += 1000
        phone.wall += 1000
        if phone.is_dead:
            return
        if not self.is_plain and self.dice.chance(TROUBLE_CHANCE):
            self.dice.pick(self._choices)(phone)
        else:
            self.usual(phone)
        if self.office.is_closed and self.dice.chance(0.15):
            self.note("the restore is adopted")
            self.adopt()

    def usual(self, phone: Phone) -> None:
        """Writing, calling, delivering; now and then a kill, a crash, a clock that jumps."""
        roll = self.dice.random.random()
        for limit, action in self._usual:
            if roll < limit:
                action(phone)
                return

    def touch(self, phone: Phone) -> None:
        if not phone.store.is_locked:
            self.on(phone, "writes", lambda: self.write(phone), may_move=False)

    def act(self, _phone: Phone) -> None:
        if not self.office.is_closed:
            self.note("the supervisor acts")
            self.supervisor.act()

    def jump(self, phone: Phone) -> None:
        phone.wall += self.dice.clock.randint(-TEN_YEARS_MS, TEN_YEARS_MS)
        self.note(f"phone {phone.place}: clock jumps")

    def die_and_start(self, phone: Phone) -> None:
        self.on(phone, "is killed", self.kill)

    def call(self, phone: Phone) -> None:
        """Begin an exchange: push first, pull when there is nothing to push, now and then otherwise."""
        tab = 1 if not self.is_plain and self.dice.chance(0.15) else 0
        if self.asleep.get(phone.place, 0) > self.step or (phone.tabs[tab].awaiting and self.dice.chance(0.6)):
            return
        self.note(f"phone {phone.place}: calls from tab {tab}")
        path = "pull" if self.dice.chance(0.7 if self.office.is_astray else 0.3) else "push"
        self.exchange(phone, path, is_digest=self.dice.chance(0.1), tab=tab)

    def kill(self) -> None:
        raise Killed

    def office_crashes(self, _phone: Phone) -> None:
        """What was decided but not committed is gone, and with it every answer on its way."""
        self.note("the office crashes")
        self.pending = []
        self.network.under_way = [parcel for parcel in self.network.under_way if not parcel.is_answer]

    def end(self) -> None:
        """Calm: the restore adopted, everybody heard, sealed work opened, everything in a backup or old enough."""
        for phone in self.phones:
            phone.kill_chance = phone.full_chance = 0.0
            phone.app = 2
        self.office.is_old = False
        if self.office.is_closed or self.office.is_astray:
            self.adopt()
        self.calm_down()
        while lost := [one for one in self.phones if one.is_unknown and not one.is_dead and one.to_deliver()]:
            for phone in lost:
                self.emergency(phone)
            self.settle()
        for _ in range(DAYS_OF_REST):
            for device in self.deposits.waiting():
                self.deposits.settle(device, lambda: True)
            self.office.now += 15 * DAY_MS
            if self.has_backup:
                self.archive.back_up()
            self.settle()
            if all(phone.is_dead or not phone.store.outbox for phone in self.phones):
                return
