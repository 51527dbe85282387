"""The first pages of a large caseload: the people of today come first and whole; and what old phones must forget."""

from __future__ import annotations

import asyncio

from server.storage.sweep import DAY_MS, SWEPT_AFTER_DAYS, sweep
from tests.support.core import Core
from tests.support.phone import Phone, new_id, now

PEOPLE, NOTES, TODAY = 40, 30, 6


async def caseload(core: Core, phone: Phone) -> tuple[list[str], set[str]]:
    """40 people with 30 notes each over months; six of them, not the last ones made, were seen today."""
    people, raws = [], []
    for _ in range(PEOPLE):
        person, raw = phone.participant()
        people.append(person)
        raws.append(raw)
    seen_today = set(people[10 : 10 + TODAY])
    for turn in range(NOTES):
        for person in people:
            days = 1 + (NOTES - turn) * 5
            ended = now() - (0 if person in seen_today and turn == NOTES - 1 else days * DAY_MS)
            raws.append(phone.note(person, "We talked. " * 20, started_at=ended - 3_600_000, ended_at=ended)[1])
    for at in range(0, len(raws), 500):
        assert (await phone.push(raws[at : at + 500])).status_code == 200
    return people, seen_today


async def test_the_people_of_today_are_whole_in_the_first_page(core: Core, phone: Phone) -> None:
    people, seen_today = await caseload(core, phone)
    fresh = await core.phone(1, phone.person)
    answer = (await fresh.pull()).json()
    assert answer["more"]
    counts: dict[str, int] = {}
    for row in answer["rows"]:
        counts[row["b"]] = counts.get(row["b"], 0) + 1
    assert counts[f"me:{phone.person}"] == PEOPLE, "every assignment"
    whole = {person for person in people if counts.get(f"p:{person}") == NOTES + 1}
    assert seen_today <= whole
    first = [row["b"][2:] for row in answer["rows"] if row["b"].startswith("p:")][: TODAY * (NOTES + 1)]
    assert set(first) == seen_today, "and they come first"
    for person in seen_today:
        assert answer["next"][f"p:{person}"] == answer["head"]
    held = {row["doc"] for row in answer["rows"]}
    fresh.since.update(answer["next"])
    rest = await fresh.pull_all()
    assert not held & set(rest), "nothing is sent twice"
    assert len(held | set(rest)) == PEOPLE * (NOTES + 2)


async def gone(core: Core, org: int, bucket: str, doc: str, seq: int) -> None:
    await core.execute(f"INSERT INTO gone VALUES ({org}, '{bucket}', '{doc}', 'note', {seq}, 'moved')")
    await core.execute(f"DELETE FROM record WHERE doc = '{doc}'")


async def old(core: Core, org: int, phone: Phone, notes: int = 6) -> tuple[str, list[str]]:
    """A person with notes, one of which left the bucket long ago: its own row says so."""
    person, first = phone.participant()
    written = [phone.note(person) for _ in range(notes)]
    await phone.push([first, *(raw for _, raw in written)])
    docs = [doc for doc, _ in written]
    await gone(core, org, f"p:{person}", docs[0], 4)
    return person, docs


async def swept(core: Core, org: int) -> int:
    real = core.clock
    later = real() + (SWEPT_AFTER_DAYS + 1) * DAY_MS
    return await sweep(core.storage, later)


async def test_what_left_long_ago_is_swept_and_an_old_cursor_begins_anew(core: Core, org: int, phone: Phone) -> None:
    person, docs = await old(core, org, phone)
    bucket = f"p:{person}"
    late, current = await core.phone(org, phone.person), await core.phone(org, phone.person)
    await current.pull_all()
    late.since = {bucket: 2}
    assert (await late.pull()).json()["reset"] == []
    assert await sweep(core.storage, core.clock()) == 0, "not yet"
    assert await swept(core, org) == 1
    assert await core.count("gone") == 0
    answer = (await late.pull()).json()
    assert answer["reset"] == [bucket]
    assert {row["doc"] for row in answer["rows"] if row["b"] == bucket} == {person, *docs[1:]}
    late.since.update(answer["next"])
    assert (await late.pull()).json()["reset"] == []
    assert (await current.pull()).json()["reset"] == []
    fresh = (await (await core.phone(org, phone.person)).pull()).json()
    assert fresh["reset"] == [], "who holds nothing has nothing to forget"
    assert {row["doc"] for row in fresh["rows"] if row["b"] == bucket} == {person, *docs[1:]}


async def test_a_bucket_that_begins_anew_is_never_cut_below_its_floor(core: Core, org: int, phone: Phone) -> None:
    person, docs = await old(core, org, phone, notes=9)
    await gone(core, org, f"p:{person}", docs[4], 9)
    await swept(core, org)
    for limits in ({"limit_docs": 2}, {"limit_bytes": 1024}):
        late = await core.phone(org, phone.person)
        late.since = {f"p:{person}": 1, "org": 0, f"me:{phone.person}": 0}
        resets, held = [], set()
        for _ in range(20):
            answer = (await late.pull(**limits)).json()
            resets += answer["reset"]
            held |= {row["doc"] for row in answer["rows"] if row["b"] == f"p:{person}"}
            late.since.update(answer["next"])
            if not answer["more"]:
                break
        assert resets == [f"p:{person}"], limits
        assert held == {person, *docs[1:4], *docs[5:]}
        assert not answer["more"]


async def test_a_bucket_that_is_empty_now_begins_anew_and_rests(core: Core, org: int, phone: Phone) -> None:
    person, _ = await old(core, org, phone, notes=3)
    await core.execute(f"DELETE FROM record WHERE bucket = 'p:{person}'")
    await swept(core, org)
    late = await core.phone(org, phone.person)
    late.since = {f"p:{person}": 1}
    answer = (await late.pull()).json()
    assert answer["reset"] == [f"p:{person}"]
    late.since.update(answer["next"])
    assert (await late.pull()).json()["reset"] == []


async def test_a_bucket_with_much_below_keeps_its_traces(core: Core, org: int, phone: Phone, monkeypatch) -> None:
    monkeypatch.setattr("server.storage.sweep.UNDER_LIMIT", 3)
    person, docs = await old(core, org, phone, notes=9)
    await gone(core, org, f"p:{person}", docs[6], 9)
    assert await swept(core, org) == 1
    (row,) = await core.rows("SELECT floor FROM bucket_floor")
    assert row["floor"] == 4
    assert await core.count("gone") == 1


async def test_the_sweep_leaves_other_organisations_and_younger_traces_alone(core: Core, org: int, phone: Phone) -> None:
    await old(core, org, phone)
    other = await core.organisation("Elsewhere")
    await core.execute(f"INSERT INTO gone VALUES ({other}, 'p:{new_id()}', '{new_id()}', 'note', 4, 'moved')")
    assert await swept(core, org) == 1
    assert await core.count("gone") == 1, "nothing was ever decided there, so nothing is old"


async def test_the_office_sweeps_by_itself(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("server.storage.sweep.FIRST_AFTER_S", 0.05)
    monkeypatch.setattr("server.storage.sweep.EVERY_S", 0.05)
    core = Core(tmp_path)
    real = core.clock
    async with core.running():
        org = await core.organisation()
        await old(core, org, await core.phone(org))
        core.clock = lambda: real() + (SWEPT_AFTER_DAYS + 1) * DAY_MS
        for _ in range(200):
            if not await core.count("gone"):
                break
            await asyncio.sleep(0.02)
        assert await core.count("gone") == 0
