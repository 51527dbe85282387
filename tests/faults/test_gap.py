"""Sixteen writers at once and readers who poll: no position is ever passed over.

Half of the writers are phones, half are supervisors at their screens. One reader follows the change log, another is a
phone that pulls with its cursors. The same crowd over an office that hands out positions when work arrives, and not
in the last statement before the commit, must be caught: that is the mistake most change feeds make.
"""

from __future__ import annotations

import asyncio
import itertools
import random
from typing import Any, NamedTuple

import pytest

from server.storage import writer as writer_module
from server.storage.desk import Desk, Prepared
from server.storage.office import OfficeWork
from server.storage.port import OfficeChange
from server.storage.writer import Waiting, Writer
from tests.support.carrier import Carrier
from tests.support.core import Core
from tests.support.phone import Phone, new_id
from tests.support.proof import often, tell

PHONES = SUPERVISORS = 8


class Seen(NamedTuple):
    """What the crowd wrote and what the two readers missed of it."""

    rows: int
    skipped_in_log: int
    skipped_in_feed: int
    out_of_order: int


async def crowd(core: Core, org: int, rounds: int) -> Seen:
    phones = [await core.phone(org) for _ in range(PHONES)]
    reader = await core.phone(org, kind=Carrier)
    people = {}
    for phone in phones:
        people[phone.device], raw = phone.participant()
        assert (await phone.push([raw])).status_code == 200
        await core.assign(org, people[phone.device], reader.person)
    is_done = False

    async def push(phone: Phone) -> None:
        for _ in range(rounds):
            raws = [phone.note(people[phone.device])[1] for _ in range(3)]
            results = (await phone.push(raws)).raise_for_status().json()["results"]
            assert {result["outcome"] for result in results} == {"applied"}

    async def edit(number: int) -> None:
        supervisor, participant = new_id(), people[phones[number].device]
        for turn in range(rounds):
            change = OfficeChange("patch", "participant", participant, f"p:{participant}", {"name": f"Ana {turn}"})
            decided = await core.storage.submit_office(org, supervisor, "supervisor", [change], core.clock())
            assert decided.receipts[0].outcome == "applied"

    async def follow_log() -> list[int]:
        seen: list[int] = [0]
        while True:
            was_done = is_done
            seen += [row["seq"] for row in await core.rows(f"SELECT seq FROM change WHERE seq > {max(seen)} ORDER BY seq")]
            if was_done:
                return seen[1:]

    async def follow_feed() -> None:
        while True:
            was_done = is_done
            await reader.exchange()
            if was_done:
                return

    readers = [asyncio.create_task(follow_log()), asyncio.create_task(follow_feed())]
    await asyncio.gather(*map(push, phones), *map(edit, range(SUPERVISORS)))
    is_done = True
    log, _ = await asyncio.gather(*readers)
    total = await core.count("change")
    held = {doc: row["seq"] for doc, row in reader.rows.items()}
    feed = await core.rows("SELECT doc, seq FROM record WHERE type IN ('note', 'participant')")
    return Seen(
        rows=total,
        skipped_in_log=total - len(set(log)),
        skipped_in_feed=sum(held.get(row["doc"]) != row["seq"] for row in feed),
        out_of_order=sum(one > other for one, other in itertools.pairwise(log)),
    )


async def test_sixteen_writers_and_readers_who_miss_nothing(core: Core, org: int) -> None:
    """Invariant 8 on the real adapter: every reader sees every row, in the order of the positions."""
    seen = await crowd(core, org, rounds=often(12, 150))
    tell("16 writers, two polling readers", rows=seen.rows, skipped=seen.skipped_in_log + seen.skipped_in_feed)
    assert seen[1:] == (0, 0, 0)
    assert [row["seq"] for row in await core.rows("SELECT seq FROM change ORDER BY seq")] == [*range(1, seen.rows + 1)]


@pytest.fixture
def positions_on_arrival(monkeypatch: pytest.MonkeyPatch) -> None:
    """An office whose positions come from a sequence when work arrives; commits then happen in any order."""
    dice, taken, counter = random.Random(8), {}, {"next": 0}
    enqueue, take, decide = Writer._enqueue, Writer._take, Desk._decide

    def reserve(self: Writer, waiting: Waiting) -> Any:
        work = waiting.work
        if isinstance(work, Prepared | OfficeWork):
            device = work.device if isinstance(work, OfficeWork) else work.submission.device
            taken[device] = counter["next"]
            counter["next"] += len(work.changes if isinstance(work, OfficeWork) else work.parsed)
        return enqueue(self, waiting)

    def take_any(self: Writer) -> list[Waiting]:
        dice.shuffle(self._queue)
        return take(self)

    def decide_there(self: Desk, device: Any, prepared: Prepared, fresh: Any) -> Any:
        org = device.org
        seen = self._heads[org]
        self._heads[org] = taken[device.id]
        decisions = decide(self, device, prepared, fresh)
        self._heads[org] = max(seen, self._heads[org])
        self.writes.heads[org] = (seen, self._heads[org])
        return decisions

    monkeypatch.setattr(writer_module, "ROUND_WORKS", 1)
    monkeypatch.setattr(Writer, "_enqueue", reserve)
    monkeypatch.setattr(Writer, "_take", take_any)
    monkeypatch.setattr(Desk, "_decide", decide_there)


@pytest.mark.usefixtures("positions_on_arrival")
async def test_positions_handed_out_on_arrival_are_caught(core: Core, org: int) -> None:
    """The same crowd over a broken allocation: both readers lose rows for ever."""
    seen = await crowd(core, org, rounds=12)
    tell("the same with positions handed out on arrival", rows=seen.rows, skipped=seen.skipped_in_log + seen.skipped_in_feed)
    assert seen.skipped_in_log > 0
    assert seen.skipped_in_feed > 0
