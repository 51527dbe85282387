"""MUST-40: whatever the order of pushes, repeats, forks, grants and pulls, the books agree. Drawn by Hypothesis."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from typing import Any, TypeVar

import msgspec
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from tests.conformance.exchanging import twin_of
from tests.conformance.musts import must
from tests.conformance.scene import Scene, problem, results
from tests.support.phone import Phone

T = TypeVar("T")
EXAMPLES = 8
STEPS = 25
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=60)


class Books(RuleBasedStateMachine):
    """Two phones, one participant. `receipts`: by (phone, n), for ever. `texts`: what stands in which note."""

    scene: Scene
    loop: asyncio.AbstractEventLoop
    phones: list[Phone]

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = self.phones
        self.person = self.wait(self.scene.participant(self.first, "Ana"))
        self.outbox: dict[Phone, list[bytes]] = {phone: [] for phone in self.phones}
        self.decided: dict[Phone, dict[bytes, dict[str, Any]]] = {phone: {} for phone in self.phones}
        self.held: dict[Phone, dict[str, dict[str, Any]]] = {phone: {} for phone in self.phones}
        self.notes: dict[str, str] = {}
        self.is_granted = False

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(120)

    @property
    def writers(self) -> list[Phone]:
        return self.phones if self.is_granted else [self.first]

    @rule(which=st.integers(0, 1), words=WORDS)
    def capture(self, which: int, words: str) -> None:
        phone = self.writers[which % len(self.writers)]
        doc, raw = phone.note(self.person, words)
        self.notes[doc] = words
        self.outbox[phone].append(raw)

    @rule(which=st.integers(0, 1), most=st.integers(1, 6), is_lost=st.booleans())
    def push(self, which: int, most: int, is_lost: bool) -> None:
        """The answer may be lost: then the same goes again later."""
        phone = self.phones[which]
        raws = self.outbox[phone][:most]
        if not raws:
            return
        said = self.wait(self.pushed(phone, raws))
        for raw, receipt in zip(raws, said, strict=True):
            assert self.decided[phone].setdefault(raw, receipt) == receipt, "a receipt changed"
        if not is_lost:
            del self.outbox[phone][: len(raws)]

    @rule(which=st.integers(0, 1), start=st.integers(0, 50), most=st.integers(1, 8))
    def repeat(self, which: int, start: int, most: int) -> None:
        """Something old once more, as a proxy or an impatient phone would."""
        phone = self.phones[which]
        known = sorted(self.decided[phone], key=lambda raw: self.decided[phone][raw]["n"])
        raws = known[start % len(known) :][:most] if known else []
        if raws:
            assert self.wait(self.pushed(phone, raws)) == [self.decided[phone][raw] for raw in raws]

    @rule(which=st.integers(0, 1), most=st.integers(2, 6))
    def push_twice_at_once(self, which: int, most: int) -> None:
        phone = self.phones[which]
        raws = self.outbox[phone][:most]
        if not raws:
            return

        async def both() -> list[list[dict[str, Any]]]:
            return list(await asyncio.gather(*(self.pushed(twin_of(phone), raws) for _ in range(2))))

        one, other = self.wait(both())
        assert json.dumps(one) == json.dumps(other)
        for raw, receipt in zip(raws, one, strict=True):
            assert self.decided[phone].setdefault(raw, receipt) == receipt
        del self.outbox[phone][: len(raws)]

    @rule(which=st.integers(0, 1))
    def fork(self, which: int) -> None:
        phone = self.phones[which]
        if not self.decided[phone]:
            return
        raw = next(iter(self.decided[phone]))
        other = msgspec.json.encode({**msgspec.json.decode(raw), "captured": {"wall": 7}})
        assert problem(self.wait(phone.push([other]))) == (409, "DEVICE_FORKED")

    @rule(which=st.integers(0, 1), skipped=st.integers(1, 5))
    def skip(self, which: int, skipped: int) -> None:
        """A later change before an earlier one: refused, nothing decided."""
        phone = self.phones[which]
        if len(self.outbox[phone]) > skipped and self.outbox[phone][0] not in self.decided[phone]:
            answer = self.wait(phone.push(self.outbox[phone][skipped:]))
            if self.outbox[phone][skipped] not in self.decided[phone]:
                assert problem(answer) == (409, "SEQ_GAP")

    @rule(which=st.integers(0, 1), limit=st.sampled_from([1, 3, 500]))
    def pull(self, which: int, limit: int) -> None:
        """One batch; a record's place never falls."""
        self.wait(self.pulled(self.phones[which], limit))

    @precondition(lambda self: not self.is_granted)
    @rule()
    def grant(self) -> None:
        self.wait(self.scene.desk.assign(self.person, self.second.person))
        self.is_granted = True

    @precondition(lambda self: self.is_granted)
    @rule()
    def take_back(self) -> None:
        """Ends every assignment, and gives the first one again at once."""
        self.wait(self.scene.desk.end_assignments(self.person))
        self.wait(self.scene.desk.assign(self.person, self.first.person))
        self.is_granted = False

    def teardown(self) -> None:
        """Everybody sends and reads to the end: the books agree."""
        for phone in self.phones:
            while raws := self.outbox[phone][:100]:
                for raw, receipt in zip(raws, self.wait(self.pushed(phone, raws)), strict=True):
                    assert self.decided[phone].setdefault(raw, receipt) == receipt
                del self.outbox[phone][:100]
        places = [receipt["seq"] for decided in self.decided.values() for receipt in decided.values()]
        assert len(places) == len(set(places)), "one place was given twice"
        for phone in self.phones:
            while self.wait(self.pulled(phone, 500)):
                pass
            mine = {doc: row for doc, row in self.held[phone].items() if row["b"] == f"p:{self.person}"}
            if phone is self.second and not self.is_granted:
                assert f"p:{self.person}" not in phone.since
                continue
            applied = {
                receipt["doc"]: receipt["seq"]
                for decided in self.decided.values() for receipt in decided.values() if receipt["outcome"] == "applied"
            }  # fmt: skip
            assert {doc for doc, row in mine.items() if row["type"] == "note"} == set(applied)
            for doc, seq in applied.items():
                assert mine[doc]["seq"] >= seq
                assert mine[doc]["body"]["set"]["answers"]["did"] == self.notes[doc]

    async def pushed(self, phone: Phone, raws: list[bytes]) -> list[dict[str, Any]]:
        said = await results(await phone.push(raws))
        assert [one["n"] for one in said] == [msgspec.json.decode(raw)["n"] for raw in raws]
        return said

    async def pulled(self, phone: Phone, limit: int) -> bool:
        answer = (await phone.pull(limit_docs=limit)).raise_for_status().json()
        held = self.held[phone]
        for row in answer["rows"]:
            assert row["seq"] > held.get(row["doc"], {"seq": 0})["seq"], "a record went back"
            held[row["doc"]] = row
        for bucket, seq in answer["next"].items():
            assert seq >= phone.since.get(bucket, 0), "a cursor went back"
            phone.since[bucket] = seq
        for drop in answer["drop"]:
            phone.since.pop(drop["b"], None)
            for doc in [doc for doc, row in held.items() if row["b"] == drop["b"]]:
                del held[doc]
        return bool(answer["more"])


@must(40, "keep all of this in whatever order pushes, repeats, forks, gaps, grants and pulls come", 4, 5, 6, 7, 9, 12, 15, 26)
async def any_order(scene: Scene) -> None:
    phones = [await scene.phone(3), await scene.phone(4)]
    loop = asyncio.get_running_loop()
    machine = type("Machine", (Books,), {"scene": scene, "phones": phones, "loop": loop})
    drawn = settings(
        max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, database=None, derandomize=True,
        suppress_health_check=list(HealthCheck), phases=(Phase.generate,), print_blob=False,
    )  # fmt: skip
    await asyncio.to_thread(run_state_machine_as_test, machine, settings=drawn)
