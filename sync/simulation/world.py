"""One history: a seed decides who writes, what the network does, who is killed when; then calm, then the reckoning."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from sync.forms import Form, read_form
from sync.intake import parse
from sync.messages import Problem, PullRequest, PushAnswer, PushRequest
from sync.reconcile import Asker
from sync.simulation.checkers import Checkers, Violation
from sync.simulation.dice import Dice
from sync.simulation.network import Network, Parcel
from sync.simulation.office import Office, Pending, Refusal
from sync.simulation.phone import Killed, Phone
from sync.simulation.specialist import BROKEN_FORM, PROSE, Specialist
from sync.simulation.supervisor import Supervisor

STEPS: Final = 160
ROUNDS_LIMIT: Final = 120
TEN_YEARS_MS: Final = 10 * 365 * 86_400_000
START_MS: Final = 1_700_000_000_000
KILL_CHANCE: Final = 0.02


class _Forms(dict[str, Form]):
    """The forms of the organisation; one of them trips over a bug."""

    def get(self, key: str, default: Any = None) -> Any:
        if key == BROKEN_FORM:
            raise ZeroDivisionError
        return super().get(key, default)


def _forms() -> _Forms:
    fields = [{"key": key, "type": "prose", "label": key} for key in PROSE]
    form = read_form({"name": "contact", "version": 1, "field": fields})
    return _Forms({form.ref: form})


FORMS: Final = _forms()


class World:
    """Everything of one history."""

    def __init__(self, seed: int, clock_seed: int) -> None:
        self.dice = Dice(seed, clock_seed)
        self.trace: list[str] = []
        self.network = Network(self.dice)
        self.checkers = Checkers()
        self.office = Office(self.dice.new_id(), FORMS, self.checkers)
        self.checkers.office = self.office
        self.office.now = START_MS
        self.specialist = Specialist(self.dice)
        self.people = [self.dice.new_id() for _ in range(3)]
        self.phones: list[Phone] = []
        for person in (*self.people, self.people[0]):
            self._enrol(person)
        desk = Asker(self.dice.new_id(), self.dice.new_id(), "supervisor")
        self.office.devices[desk.device] = desk
        self.supervisor = Supervisor(self.dice, desk, self.office, self.people, self.checkers)
        self.pending: list[tuple[Parcel, Pending]] = []
        self.step, self.exchanges = 0, 0

    def run(self) -> None:
        """The whole history. Raises Violation."""
        self._furnish()
        for phone in self.phones:
            phone.kill_chance = KILL_CHANCE
        for self.step in range(STEPS):
            self.office.now += 1000
            self._one_step()
        self._calm_down()
        self.checkers.at_rest(self.phones)

    def _enrol(self, person: str) -> None:
        asker = Asker(self.dice.new_id(), person, "specialist")
        self.office.devices[asker.device] = asker
        phone = Phone(len(self.phones), person, asker.device, self.dice, self.checkers)
        phone.wall = START_MS + self.dice.clock.randint(-TEN_YEARS_MS, TEN_YEARS_MS)
        self.phones.append(phone)
        self.checkers.met(phone)

    def _furnish(self) -> None:
        """Three people of whom every specialist holds some, before the trouble starts."""
        for i, specialist in enumerate(self.people):
            change = self.supervisor.new_participant()
            self.supervisor.do([change])
            self.supervisor.do([self.supervisor.assign(specialist, change["doc"])])
            if i:
                self.supervisor.do([self.supervisor.assign(self.people[0], change["doc"])])

    def _one_step(self) -> None:
        roll = self.dice.random.random()
        phone = self.dice.pick(self.phones)
        phone.wall += 1000
        phone.step = self.step
        if roll < 0.30:
            self._on(phone, "writes", lambda: self._write(phone))
        elif roll < 0.56:
            self._note(f"phone {phone.place}: calls")
            self._call(phone)
        elif roll < 0.85:
            self._deliver()
        elif roll < 0.93:
            self._note("the supervisor acts")
            self.supervisor.act()
        elif roll < 0.965:
            self._commit_one()
        elif roll < 0.975:
            self._office_crashes()
        elif roll < 0.985:
            phone.wall += self.dice.clock.randint(-TEN_YEARS_MS, TEN_YEARS_MS)
            self._note(f"phone {phone.place}: clock jumps")
        elif roll < 0.988 and len(self.phones) < 6:
            self._note(f"phone {phone.place}: storage cloned to phone {len(self.phones)}")
            self.phones.append(phone.clone(len(self.phones)))
            self.checkers.met(self.phones[-1])
        else:
            self._on(phone, "is killed", self._kill)

    def _on(self, phone: Phone, word: str, action: Any) -> None:
        """Something a phone does, during which it may be killed."""
        self._note(f"phone {phone.place}: {word}")
        try:
            action()
            phone.tidy()
        except Killed:
            self._note(f"phone {phone.place}: was killed there")
            phone.restart()
        self.checkers.look(phone)

    def _kill(self) -> None:
        raise Killed

    def _write(self, phone: Phone) -> None:
        changes = self.specialist.write(phone)
        if changes:
            phone.capture(changes)

    def _call(self, phone: Phone) -> None:
        """Begin an exchange: push first, pull when there is nothing to push, now and then otherwise."""
        if phone.awaiting is not None and self.dice.chance(0.6):
            return
        self._exchange(phone, "pull" if self.dice.chance(0.3) else "push")

    def _exchange(self, phone: Phone, path: Any) -> bool:
        body = phone.push_request(self.office.epoch) if path == "push" else None
        if body is None:
            path, body = "pull", phone.pull_request(self.office.epoch)
        if body is None:
            return False
        self.exchanges += 1
        phone.awaiting = self.exchanges
        phone.sent(path)
        self.checkers.sent(path, body)
        self.network.send(Parcel(self.exchanges, phone.place, path, is_answer=False, body=body))
        return True

    def _deliver(self) -> None:
        parcel = self.network.next()
        if parcel is None:
            return
        phone = self.phones[parcel.phone]
        if parcel.is_answer:
            self._on(
                phone, f"gets the answer to {parcel.path} {parcel.exchange}", lambda: self._hand_over(phone, parcel)
            )
        else:
            self._note(f"office: gets {parcel.path} {parcel.exchange} of phone {phone.place}")
            self._serve(parcel)

    def _hand_over(self, phone: Phone, parcel: Parcel) -> None:
        phone.take(parcel.exchange, parcel.path, parcel.body)

    def _serve(self, parcel: Parcel) -> None:
        try:
            if parcel.path == "pull":
                pull = msgspec.json.decode(parcel.body, type=PullRequest)
                self._answer(parcel, self.office.pull(self.office.devices[pull.device], pull))
            else:
                self._serve_push(parcel, msgspec.json.decode(parcel.body, type=PushRequest))
        except (msgspec.MsgspecError, UnicodeDecodeError):
            self._answer(parcel, Problem("UNREADABLE"))
        except Refusal as refusal:
            self._note(f"office: {refusal.problem.code}")
            self._answer(parcel, refusal.problem)

    def _serve_push(self, parcel: Parcel, push: PushRequest) -> None:
        changes = [parse(bytes(raw), push.first_n + i) for i, raw in enumerate(push.changes)]
        pending = self.office.begin(self.office.devices[push.device], changes)
        if self.network.is_fair or self.dice.chance(0.7):
            self._commit(parcel, pending)
        else:
            self.pending.append((parcel, pending))

    def _commit_one(self) -> None:
        if self.pending:
            try:
                self._commit(*self.pending.pop(self.dice.below(len(self.pending))))
            except Refusal as refusal:
                self._note(f"office: {refusal.problem.code}")

    def _commit(self, parcel: Parcel, pending: Pending) -> None:
        answer = self.office.commit(pending)
        self._note(f"office: commits {parcel.path} {parcel.exchange}, head {self.office.head}")
        if self.network.is_fair or not self.dice.chance(0.05):
            self._answer(parcel, answer)

    def _answer(self, parcel: Parcel, answer: Any) -> None:
        if isinstance(answer, PushAnswer):
            words = " ".join(f"{r.n}:{r.outcome}{'/' + r.code if r.code else ''}@{r.seq}" for r in answer.results)
            self._note(f"office: answers {words}")
        self.network.send(parcel._replace(is_answer=True, body=msgspec.json.encode(answer)))

    def _office_crashes(self) -> None:
        """What was decided but not committed is gone, and with it every answer on its way."""
        self._note("the office crashes")
        self.pending = []
        self.network.under_way = [parcel for parcel in self.network.under_way if not parcel.is_answer]

    def _calm_down(self) -> None:
        """No more faults, no more work; everybody exchanges until nothing moves."""
        self._note("calm")
        for phone in self.phones:
            phone.kill_chance = 0.0
        self.network.calm_down()
        while self.pending:
            self._commit_one()
        while self.network.under_way:
            self._deliver()
        for _ in range(ROUNDS_LIMIT):
            if not [phone for phone in self.phones if self._round(phone)]:
                return
        waiting = {phone.place: [item.n for item in phone.undecided()] for phone in self.phones}
        raise Violation(25, f"still busy after {ROUNDS_LIMIT} fair rounds: {waiting}")

    def _round(self, phone: Phone) -> bool:
        """One push and one pull; True while they moved anything."""
        before, waiting = dict(phone.store.cursors), len(phone.undecided())
        for path in ("push", "pull"):
            if self._exchange(phone, path):
                while self.network.under_way:
                    self._deliver()
        return not phone.store.is_locked and (before != phone.store.cursors or waiting > 0)

    def _note(self, line: str) -> None:
        self.trace.append(f"{self.step:4} {line}")
