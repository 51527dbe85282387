"""After a restore: where lineages part, what a phone may leave out once, and that holes in the numbering harm nobody."""

from __future__ import annotations

import json
from typing import Any

from server.storage import alarms
from server.storage.backups import begin_epoch
from tests.support.core import Core
from tests.support.phone import Phone, new_id


async def restore(core: Core, forks: dict[int, int], heads: dict[int, int]) -> str:
    """What restoring does to the database at its end; the tools themselves are tested in tests/server/backup."""
    epoch = new_id()
    job = lambda tx: begin_epoch(tx, epoch, reason="restore", forks=forks, heads=heads, now=core.clock())  # noqa: E731
    await core.storage.write(job)
    return epoch


async def test_a_phone_of_another_epoch_learns_where_they_part(core: Core, org: int, phone: Phone) -> None:
    await phone.push([phone.participant()[1] for _ in range(4)])
    first = core.epoch
    second = await restore(core, {org: 3}, {org: 1_000})
    third = await restore(core, {org: 1_000}, {org: 2_000})
    for epoch, fork in ((first, 3), (second, 1_000), (new_id(), 0)):
        phone.epoch = epoch
        for answer in (await phone.pull(), await phone.push([phone.participant()[1]], first_n=5)):
            assert (answer.status_code, answer.json()) == (409, {"code": "EPOCH_CHANGED", "epoch": third, "fork_seq": fork})
    assert await core.count("change") == 4


async def test_each_organisation_parts_at_its_own_place(core: Core, org: int, phone: Phone) -> None:
    other = await core.organisation("Elsewhere")
    theirs = await core.phone(other)
    await phone.push([phone.participant()[1] for _ in range(5)])
    await theirs.push([theirs.participant()[1]])
    await restore(core, {org: 4, other: 1}, {org: 900, other: 900})
    assert [(await one.pull()).json()["fork_seq"] for one in (phone, theirs)] == [4, 1]
    founded = await core.organisation("New since")
    fresh = await core.phone(founded)
    assert (await fresh.push([fresh.participant()[1]])).status_code == 200


async def test_the_numbering_goes_on_above_a_hole(core: Core, org: int, phone: Phone) -> None:
    person, first = phone.participant()
    await phone.push([first, phone.note(person)[1]])
    await phone.pull_all()
    phone.epoch = await restore(core, {org: 2}, {org: 5_000})
    note, raw = phone.note(person, "After the hole.")
    (receipt,) = (await phone.push([raw])).json()["results"]
    assert (receipt["outcome"], receipt["seq"]) == ("applied", 5_001)
    held = await phone.pull_all()
    assert set(held) == {note}
    assert phone.since[f"p:{person}"] == 5_001
    fresh = await core.phone(org, phone.person)
    fresh.epoch = phone.epoch
    assert len(await fresh.pull_all(limit_docs=1)) == 4


async def test_work_of_a_dead_epoch_is_decided_like_any_other(core: Core, org: int, phone: Phone) -> None:
    """Its base and its scope lie in the hole: they name what was seen, and nothing there stands any more."""
    person, first = phone.participant("Ana")
    await phone.push([first])
    await phone.pull_all()
    epoch = await restore(core, {org: 1}, {org: 5_000})
    phone.epoch = epoch
    other = await core.phone(org, phone.person)
    other.epoch = epoch
    named = other.capture("patch", "participant", person, f"p:{person}", set={"name": "Anna"}, base=1)
    assert (await other.push([named])).json()["results"][0]["outcome"] == "applied"
    dead = phone.capture("patch", "participant", person, f"p:{person}", set={"name": "Hanna"}, base=480, scope_seq=480)
    fields = part(phone.note(person)[1], "set")
    phone.n -= 1
    note = phone.capture("create", "note", new_id(), f"p:{person}", scope_seq=480, set=fields)
    results = (await phone.push([dead, note])).json()["results"]
    assert [one["outcome"] for one in results] == ["merged", "applied"]
    assert results[0]["conflicts"] == ["name"], "what was named in the new epoch was not seen by it"


async def test_a_phone_leaves_out_once_what_nobody_has_any_more(core: Core, org: int, phone: Phone) -> None:
    raws = [phone.participant()[1] for _ in range(8)]
    await phone.push(raws[:2])
    assert (await phone.push(raws[4:5])).json() == {"code": "SEQ_GAP", "expected_n": 3}
    phone.epoch = await restore(core, {org: 2}, {org: 5_000})
    assert (await phone.push(raws[:2])).status_code == 200, "what is known already does not use it up"
    answer = (await phone.push(raws[4:6])).json()
    assert ([one["n"] for one in answer["results"]], answer["next_n"]) == ([5, 6], 7)
    async with core.storage.read() as rows:
        (lost,) = await alarms.lost(rows, org)
    assert (lost.device, lost.first_n, lost.last_n, lost.by_person) == (phone.device, 3, 4, None)
    assert (await phone.push(raws[7:8])).json() == {"code": "SEQ_GAP", "expected_n": 7}
    assert (await phone.pull(open=[3, 4, 5])).json()["receipts"][0]["n"] == 5
    late = await phone.push(raws[2:4], first_n=3)
    assert (late.status_code, late.json()) == (409, {"code": "DEVICE_FORKED"}), "what was given up comes as salvage"


async def test_a_poison_change_in_the_first_push_after_a_restore_uses_nothing_up_twice(core: Core, org: int, phone: Phone) -> None:
    raws = [phone.participant()[1] for _ in range(5)]
    doc = part(raws[3], "doc")
    phone.epoch = await restore(core, {org: 0}, {org: 5_000})
    await core.execute(
        f"CREATE TRIGGER choke BEFORE INSERT ON record WHEN NEW.doc = '{doc}' BEGIN SELECT RAISE(ABORT, 'x'); END"
    )
    answer = (await phone.push(raws[2:])).json()
    assert [one["outcome"] for one in answer["results"]] == ["applied", "quarantined", "applied"]
    async with core.storage.read() as rows:
        assert [(one.first_n, one.last_n) for one in await alarms.lost(rows, org)] == [(1, 2)]


def part(raw: bytes, name: str) -> Any:
    return json.loads(raw)[name]
