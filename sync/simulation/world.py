"""One history: a seed decides who writes, what the network does, what breaks when; then calm, then the reckoning."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from sync.forms import Form, FormField, Section, Words
from sync.intake import parse
from sync.messages import Problem, PullRequest, PushAnswer, PushRequest
from sync.reconcile import Asker
from sync.simulation.archive import Archive
from sync.simulation.checkers import Checkers, Violation
from sync.simulation.deposits import Deposit, Deposits
from sync.simulation.dice import Dice
from sync.simulation.exchange import Phone
from sync.simulation.ledger import Pending, Refusal
from sync.simulation.network import Network, Parcel
from sync.simulation.office import Office
from sync.simulation.phone import Full, Killed
from sync.simulation.specialist import BROKEN_FORM, PROSE, Specialist
from sync.simulation.store import Store
from sync.simulation.supervisor import Supervisor

STEPS: Final = 160
ROUNDS_LIMIT: Final = 120
TEN_YEARS_MS: Final = 10 * 365 * 86_400_000
START_MS: Final = 1_700_000_000_000
KILL_CHANCE: Final = 0.02

_read_push: Final = msgspec.json.Decoder(PushRequest).decode
_read_pull: Final = msgspec.json.Decoder(PullRequest).decode
_read_deposit: Final = msgspec.json.Decoder(Deposit).decode


class _Forms(dict[str, Form]):
    """The forms of the organisation; one of them trips over a bug."""

    def get(self, key: str, default: Any = None) -> Any:
        if key == BROKEN_FORM:
            raise ZeroDivisionError
        return super().get(key, default)


def _forms() -> _Forms:
    fields = tuple(FormField(key, "prose", Words(key, key)) for key in PROSE)
    form = Form("contact", 1, (Section(fields),))
    return _Forms({form.ref: form})


FORMS: Final = _forms()


class World:
    """Everything of one history, but for what breaks in it (`sync.simulation.troubles`, `sync.simulation.scenario`)."""

    def __init__(self, seed: int, clock_seed: int) -> None:
        self.dice = Dice(seed, clock_seed)
        self.trace: list[str] = []
        self.network = Network(self.dice)
        self.checkers = Checkers()
        self.office = Office(self.dice.new_id(), FORMS, self.checkers)
        self.office.now = START_MS
        self.archive = Archive(self.dice, self.office, self.checkers)
        self.deposits = Deposits(self.office, self.checkers)
        self.checkers.meet(self.office, self.archive)
        self.specialist = Specialist(self.dice)
        self.people = [self.dice.new_id() for _ in range(3)]
        self.phones: list[Phone] = []
        for person in (*self.people, self.people[0]):
            self.enrol(person)
        desk = Asker(self.dice.new_id(), self.dice.new_id(), "supervisor")
        self.office.devices[desk.device] = desk
        self.supervisor = Supervisor(self.dice, desk, self.office, self.people, self.checkers)
        self.pending: list[tuple[Parcel, Pending]] = []
        self.step, self.exchanges = 0, 0

    def enrol(self, person: str) -> Phone:
        """A new installation: a device with an empty history, which is told of the person's other phones."""
        office = self.office
        asker = Asker(self.dice.new_id(), person, "specialist")
        earlier = office.earlier(person)
        office.devices[asker.device] = asker
        phone = Phone(len(self.phones), person, Store(asker.device, office.epoch), self.dice, self.checkers)
        phone.wall = START_MS + self.dice.clock.randint(-TEN_YEARS_MS, TEN_YEARS_MS)
        self.phones.append(phone)
        self.checkers.met(phone)
        self.checkers.enrolled(phone, earlier)
        return phone

    def furnish(self) -> None:
        """Three people of whom every specialist holds some, before the trouble starts."""
        for i, specialist in enumerate(self.people):
            change = self.supervisor.new_participant()
            self.supervisor.do([change])
            self.supervisor.do([self.supervisor.assign(specialist, change["doc"])])
            if i:
                self.supervisor.do([self.supervisor.assign(self.people[0], change["doc"])])

    def on(self, phone: Phone, word: str, action: Any, *, may_move: bool = True) -> None:
        """Something a phone does, during which it may be killed or run out of room."""
        self.note(f"phone {phone.place}: {word}")
        try:
            action()
            phone.release()
        except Killed:
            self.note(f"phone {phone.place}: was killed there")
            phone.restart()
        except Full:
            self.note(f"phone {phone.place}: had no room for it")
        self.checkers.look(phone, has_moved=may_move)

    def write(self, phone: Phone) -> None:
        changes = self.specialist.write(phone)
        if changes:
            next_n = phone.store.next_n
            phone.capture(changes)
            self.checkers.wrote(phone, next_n + len(changes))

    def exchange(self, phone: Phone, path: Any, *, is_digest: bool = False, tab: int = 0) -> bool:
        """Begin an exchange: push, or pull when there is nothing to push; a locked phone delivers sealed work."""
        body = phone.push_request() if path == "push" else None
        if phone.store.is_locked:
            path, body = "salvage", phone.salvage_request()
        elif body is None:
            path, body = "pull", phone.pull_request(is_digest=is_digest)
        if body is None:
            return False
        self.exchanges += 1
        phone.begin(phone.tabs[tab], self.exchanges)
        phone.sent(path)
        self.checkers.sent(path, body)
        self.network.send(Parcel(self.exchanges, phone.place, path, is_answer=False, body=body))
        return True

    def deliver(self) -> None:
        parcel = self.network.next()
        if parcel is None:
            return
        phone = self.phones[parcel.phone]
        if parcel.is_answer:
            if not phone.is_dead:
                words = f"gets the answer to {parcel.path} {parcel.exchange}"
                self.on(phone, words, lambda: self.hand_over(phone, parcel))
        else:
            self.note(f"office: gets {parcel.path} {parcel.exchange} of phone {phone.place}")
            self.serve(parcel)

    def hand_over(self, phone: Phone, parcel: Parcel) -> None:
        phone.take(parcel.exchange, parcel.answers, parcel.path, parcel.body)

    def serve(self, parcel: Parcel) -> None:
        try:
            if parcel.path == "pull":
                pull = _read_pull(parcel.body)
                self.answer(parcel, self.office.pull(self.office.admit(pull.device, pull.epoch), pull))
            elif parcel.path == "push":
                self.serve_push(parcel, _read_push(parcel.body))
            else:
                self.answer(parcel, self.deposits.take(_read_deposit(parcel.body)))
        except (msgspec.MsgspecError, UnicodeDecodeError):
            self.answer(parcel, Problem("UNREADABLE"))
        except Refusal as refusal:
            self.refuse(parcel, refusal.problem)

    def serve_push(self, parcel: Parcel, push: PushRequest) -> None:
        asker = self.office.admit(push.device, push.epoch)
        pending = self.office.begin(asker, [parse(bytes(raw), push.first_n + i) for i, raw in enumerate(push.changes)])
        if not self.network.is_fair and self.dice.chance(0.3):
            self.pending.append((parcel, pending))
        else:
            self.commit(parcel, pending)

    def refuse(self, parcel: Parcel, problem: Problem) -> None:
        """An office that was restored by hand meets phones that know more than it does: it closes."""
        if self.office.is_astray and problem.code in ("CURSOR_AHEAD", "SEQ_GAP"):
            self.office.is_closed = True
        self.note(f"office: {problem.code}")
        self.answer(parcel, problem)

    def commit_one(self) -> None:
        if self.pending:
            parcel, pending = self.pending.pop(self.dice.below(len(self.pending)))
            try:
                self.office.check_open()
                self.commit(parcel, pending)
            except Refusal as refusal:
                self.refuse(parcel, refusal.problem)

    def commit(self, parcel: Parcel, pending: Pending) -> None:
        is_calm = self.network.is_fair
        if not is_calm and self.dice.chance(0.03):
            self.on_full_disk(pending)
            raise Refusal(Problem("STORAGE_FULL", retry_after_s=300))
        if pending.asker.device in self.office.revoked:
            raise Refusal(Problem("DEVICE_REVOKED", mode=self.office.revoked[pending.asker.device]))
        answer = self.office.commit(pending)
        self.note(f"office: commits {parcel.path} {parcel.exchange}, head {self.office.head}")
        if is_calm or not self.dice.chance(0.05):
            self.answer(parcel, answer)

    def on_full_disk(self, pending: Pending) -> None:
        """The transaction is rolled back: nothing was decided."""

    def answer(self, parcel: Parcel, answer: Any) -> None:
        if isinstance(answer, PushAnswer):
            words = " ".join(f"{r.n}:{r.outcome}{'/' + r.code if r.code else ''}@{r.seq}" for r in answer.results)
            self.note(f"office: answers {words}")
        self.network.send(parcel._replace(is_answer=True, body=msgspec.json.encode(answer), answers=parcel.exchange))

    def calm_down(self) -> None:
        """No more faults, no more work; everybody exchanges until nothing moves."""
        self.note("calm")
        self.network.calm_down()
        while self.pending:
            self.commit_one()
        self.settle()

    def settle(self) -> None:
        """Fair rounds until nothing moves."""
        while self.network.under_way:
            self.deliver()
        for _ in range(ROUNDS_LIMIT):
            if not [phone for phone in self.phones if not phone.is_dead and self.round(phone)]:
                return
        waiting = {phone.place: [item.n for item in phone.undecided()] for phone in self.phones}
        raise Violation(25, f"still busy after {ROUNDS_LIMIT} fair rounds: {waiting}")

    def round(self, phone: Phone) -> bool:
        """One push and one pull, or one whole pass of sealed work; True while they moved anything."""
        store = phone.store
        if self.has_heard(phone):
            return False
        before, waiting = (dict(store.cursors), store.lock, store.epoch), len(phone.undecided())
        for path in ("push", "pull") if waiting and not store.is_locked else ("pull",):
            if self.exchange(phone, path, is_digest=store.is_rotten):
                while self.network.under_way:
                    self.deliver()
                self.finish_pass(phone)
        if before != (store.cursors, store.lock, store.epoch):
            return True
        return waiting > 0 and not store.is_locked and not phone.is_unknown

    def finish_pass(self, phone: Phone) -> None:
        """The rest of a pass of sealed work."""
        for _ in range(ROUNDS_LIMIT):
            if not phone.delivered or not self.exchange(phone, "salvage"):
                return
            while self.network.under_way:
                self.deliver()
        raise Violation(25, f"phone {phone.place} delivers its sealed work without end")

    def has_heard(self, phone: Phone) -> bool:
        """Nothing has happened at the office since this phone read all of it, and it has nothing to say."""
        store, office = phone.store, self.office
        mine = (store.complete, store.safe_seq, store.now, store.epoch, store.is_rotten)
        is_current = mine == (office.head, office.safe_seq, office.now, office.epoch, False)
        is_welcome = store.device in office.devices and store.device not in office.revoked
        return is_current and is_welcome and not store.is_locked and not phone.undecided()

    def note(self, line: str) -> None:
        self.trace.append(f"{self.step:4} {line}")
