"""A supervisor settles salvaged work: in order, as the phone's own, every item with a receipt; or back to its author."""

from __future__ import annotations

import asyncio
import json

from server.auth.sealed import open_item
from server.storage import alarms, salvage
from server.storage.devices import revoke
from server.storage.salvage_filing import Opened, Settled, settle
from sync.canonical import content_hash
from tests.support.core import Core
from tests.support.phone import Phone, new_id

SUPERVISOR = new_id()


async def revoked(core: Core, org: int, phone: Phone) -> None:
    await core.storage.write(lambda tx: revoke(tx, org, phone.device, mode="lock", by=new_id(), now=core.clock()))


async def opened(core: Core, org: int, phone: Phone, reasons: dict[int, str] | None = None) -> list[Opened]:
    """All waiting items of a phone, opened with the organisation's key file."""
    async with core.storage.read() as rows:
        items = await salvage.items(rows, org, phone.device)
    return [
        Opened(item.id, open_item(core.settings.keys, item.device, item.n, item.sealed), (reasons or {}).get(item.n))
        for item in items
        if item.state == "waiting"
    ]


async def file(core: Core, org: int, phone: Phone, reasons: dict[int, str] | None = None, **more: bool) -> Settled:
    chosen = await opened(core, org, phone, reasons)
    return await settle(core.storage, org, phone.device, chosen, SUPERVISOR, core.clock(), **more)


async def states(core: Core, phone: Phone) -> list[tuple]:
    rows = await core.rows(
        "SELECT s.n, s.state, s.settled_seq, s.settled_by, s.reason FROM salvage s JOIN device d ON d.key = s.device"
        f" WHERE d.id = '{phone.device}' ORDER BY s.n, s.id"
    )
    return [tuple(row.values()) for row in rows]


async def log_of(core: Core, prefix: str) -> list[tuple]:
    rows = await core.rows(
        f"SELECT action, actor, detail, number FROM access_log WHERE action LIKE '{prefix}%' ORDER BY id"
    )
    return [tuple(row.values()) for row in rows]


async def inbox(core: Core, org: int, phone: Phone) -> list[dict]:
    """What is back with the specialist, on a new phone of theirs."""
    held = await (await core.phone(org, phone.person)).pull_all()
    return [row["body"]["set"] for row in held.values() if row["type"] == "returned"]


async def test_work_of_a_revoked_phone_is_filed_as_its_own(core: Core, org: int, phone: Phone) -> None:
    person, first = phone.participant()
    await phone.push([first])
    note, second = phone.note(person, "What happened in the yard.")
    third = phone.note(person, "And after.")[1]
    before = (await core.rows("SELECT last_push_at FROM device"))[0]["last_push_at"]
    await revoked(core, org, phone)
    await phone.salvage([phone.sealed(second), phone.sealed(third)])
    settled = await file(core, org, phone)
    assert [(r.n, r.outcome, r.seq) for r in settled.receipts] == [(2, "applied", 3), (3, "applied", 4)]
    assert (settled.gap, settled.problem, settled.decided) == (None, None, 0)
    (row,) = await core.rows(f"SELECT author, seq FROM record WHERE doc = '{note}'")
    assert tuple(row.values()) == (phone.person, 3)
    (change,) = await core.rows("SELECT raw FROM change WHERE seq = 3")
    assert change["raw"] == second
    assert await states(core, phone) == [(2, "filed", 3, SUPERVISOR, None), (3, "filed", 4, SUPERVISOR, None)]
    assert await log_of(core, "salvage_") == [("salvage_filed", SUPERVISOR, None, 2)]
    (device,) = await core.rows("SELECT next_n, last_push_at FROM device WHERE twin_of IS NULL")
    assert tuple(device.values()) == (4, before), "its phone was not heard"
    again = (await phone.salvage([phone.sealed(second)])).json()
    assert again["results"][0]["outcome"] == "kept", "another envelope of the same change"
    settled = await file(core, org, phone)
    assert (settled.receipts, settled.decided) == ([], 1)
    assert (await core.rows("SELECT count(*) AS n FROM change"))[0]["n"] == 3


async def test_the_very_envelope_that_was_settled_is_known(core: Core, org: int, phone: Phone) -> None:
    items = [phone.sealed(phone.participant()[1])]
    await phone.salvage(items)
    await revoked(core, org, phone)
    await file(core, org, phone)
    assert (await phone.salvage(items)).json()["results"][0]["outcome"] == "known"


async def test_one_set_aside_among_them_comes_back_with_the_reason(core: Core, org: int, phone: Phone) -> None:
    person, first = phone.participant()
    raws = [first, *(phone.note(person, words)[1] for words in ("One.", "Two.", "Three."))]
    await revoked(core, org, phone)
    await phone.salvage([phone.sealed(raw) for raw in raws])
    settled = await file(core, org, phone, {3: "Written for somebody else."})
    outcomes = [(r.n, r.outcome, r.code) for r in settled.receipts]
    assert outcomes == [(1, "applied", None), (2, "applied", None), (3, "rejected", "SET_ASIDE"), (4, "applied", None)]
    assert [row[:2] for row in await states(core, phone)] == [(1, "filed"), (2, "filed"), (3, "set_aside"), (4, "filed")]
    assert (await states(core, phone))[2][4] == "Written for somebody else."
    assert await log_of(core, "salvage_") == [
        ("salvage_filed", SUPERVISOR, None, 3), ("salvage_set_aside", SUPERVISOR, None, 1),
    ]  # fmt: skip
    (back,) = await inbox(core, org, phone)
    assert (back["code"], back["n"], back["offer"], back["reason"]) == (
        "SET_ASIDE", 3, "supervisor", "Written for somebody else.",
    )  # fmt: skip
    assert back["change"] == raws[2].decode()


async def test_a_bundle_is_set_aside_as_a_whole(core: Core, org: int, phone: Phone) -> None:
    person, first = phone.participant()
    more = {"bundle": "b", "bundle_size": 2}
    note, plain = phone.note(person)
    phone.n -= 1
    fields = json.loads(plain)["set"]
    create = phone.capture("create", "note", note, f"p:{person}", set=fields, **more)
    sign = phone.capture("sign", "note", note, f"p:{person}", content_hash=content_hash(fields), **more)
    await revoked(core, org, phone)
    await phone.salvage([phone.sealed(raw) for raw in (first, create, sign)])
    settled = await file(core, org, phone, {3: "No."})
    assert [(r.outcome, r.code) for r in settled.receipts] == [
        ("applied", None), ("rejected", "SET_ASIDE"), ("rejected", "SET_ASIDE"),
    ]  # fmt: skip


async def test_filing_stops_before_a_gap_until_somebody_gives_it_up(core: Core, org: int, phone: Phone) -> None:
    raws = [phone.participant()[1] for _ in range(6)]
    await revoked(core, org, phone)
    await phone.salvage([phone.sealed(raws[at]) for at in (0, 3, 5)])
    settled = await file(core, org, phone)
    assert ([r.n for r in settled.receipts], settled.gap) == ([1], (2, 3))
    async with core.storage.read() as rows:
        assert await alarms.lost(rows, org) == []
    settled = await file(core, org, phone, past_gaps=True)
    assert ([r.n for r in settled.receipts], settled.gap) == ([4, 6], None)
    async with core.storage.read() as rows:
        lost = await alarms.lost(rows, org)
    assert [(one.first_n, one.last_n, one.by_person) for one in lost] == [(2, 3, SUPERVISOR), (5, 5, SUPERVISOR)]
    await phone.salvage([phone.sealed(raws[1])])
    settled = await file(core, org, phone)
    assert [(r.n, r.outcome) for r in settled.receipts] == [(2, "applied")], "what was given up still has a place"
    (twin,) = await core.rows("SELECT person, state, next_n FROM device WHERE twin_of IS NOT NULL")
    assert tuple(twin.values()) == (phone.person, "revoked", 3)


async def test_both_truths_of_a_copied_phone_end_in_the_record(core: Core, org: int, phone: Phone) -> None:
    person, first = phone.participant("Ana")
    mine = phone.note(person, "Mine.")[1]
    await phone.push([first, mine])
    copy = Phone(core.http, phone.person, phone.epoch, phone.device)
    copy.key, copy.deposit, copy.n = phone.key, phone.deposit, 2
    copy.seal_kid, copy.seal_point = phone.seal_kid, phone.seal_point
    theirs = [copy.note(person, words)[1] for words in ("Theirs.", "Theirs, later.")]
    assert (await copy.push(theirs)).json()["code"] == "DEVICE_FORKED"
    await copy.salvage([copy.sealed(raw) for raw in (first, *theirs)])
    settled = await file(core, org, phone)
    assert settled.decided == 1
    assert [(r.n, r.outcome) for r in settled.receipts] == [(2, "applied"), (3, "applied")]
    answer = await phone.push([phone.note(person, "Mine, later.")[1]])
    assert answer.json()["results"][0]["outcome"] == "applied", "the storage that goes on is not disturbed"
    rows = await core.rows("SELECT json_extract(fields_json, '$.answers.did') AS did FROM record_fields WHERE type = 'note'")
    assert {row["did"] for row in rows} == {"Mine.", "Theirs.", "Theirs, later.", "Mine, later."}
    async with core.storage.read() as rows:
        (alarm,) = await alarms.alarms(rows, org)
    assert (alarm.kind, alarm.device, alarm.count) == ("device_forked", phone.device, 1)


async def test_an_active_phone_goes_on_beside_what_is_filed_of_it(core: Core, org: int, phone: Phone) -> None:
    """Such as the one before, on a phone that was set up again: nobody can know that it will never speak again."""
    raws = [phone.participant()[1] for _ in range(5)]
    await phone.push(raws[:1])
    await phone.salvage([phone.sealed(raw) for raw in (raws[3], raws[4])])
    assert (await file(core, org, phone)).gap == (2, 3)
    settled = await file(core, org, phone, past_gaps=True)
    assert [(r.n, r.outcome) for r in settled.receipts] == [(4, "applied"), (5, "applied")]
    answer = (await phone.push(raws[1:])).json()["results"]
    assert [one["outcome"] for one in answer] == ["applied", "applied", "noop", "noop"]
    async with core.storage.read() as rows:
        assert await alarms.lost(rows, org) == []


async def test_what_does_not_open_can_be_set_aside_but_not_filed(core: Core, org: int, phone: Phone) -> None:
    await phone.salvage([phone.sealed(phone.participant()[1])])
    await revoked(core, org, phone)
    async with core.storage.read() as rows:
        (item,) = await salvage.items(rows, org, phone.device)
    now = core.clock()
    settled = await settle(core.storage, org, phone.device, [Opened(item.id, None)], SUPERVISOR, now)
    assert settled.receipts == []
    settled = await settle(core.storage, org, phone.device, [Opened(item.id, None, "Sealed to a lost key.")], SUPERVISOR, now)
    assert [(r.outcome, r.code) for r in settled.receipts] == [("rejected", "SET_ASIDE")]
    (change,) = await core.rows("SELECT raw FROM change")
    assert item.sealed.ct.encode() in change["raw"], "nothing vanishes: the envelope is in the log"


async def test_another_organisation_settles_nothing(core: Core, org: int, phone: Phone) -> None:
    await phone.salvage([phone.sealed(phone.participant()[1])])
    elsewhere = await core.organisation("Elsewhere")
    chosen = await opened(core, org, phone)
    settled = await settle(core.storage, elsewhere, phone.device, chosen, SUPERVISOR, core.clock())
    assert settled == Settled()
    async with core.storage.read() as rows:
        assert await salvage.groups(rows, elsewhere) == []
        assert await salvage.items(rows, elsewhere, phone.device) == []
        assert await salvage.item(rows, elsewhere, chosen[0].id) is None
        assert (await salvage.item(rows, org, chosen[0].id)).state == "waiting"


async def test_the_list_tells_whose_and_how_long(core: Core, org: int, phone: Phone) -> None:
    await phone.salvage([phone.sealed(phone.participant()[1]) for _ in range(3)], left=2)
    async with core.storage.read() as rows:
        (group,) = await salvage.groups(rows, org)
    assert (group.device, group.person, group.waiting, group.left) == (phone.device, phone.person, 3, 2)
    assert (group.first_n, group.last_n, group.next_n, group.via, group.is_forked) == (1, 3, 1, "phone", False)


async def test_two_supervisors_at_once_file_it_once(core: Core, org: int, phone: Phone) -> None:
    raws = [phone.participant()[1] for _ in range(4)]
    await revoked(core, org, phone)
    await phone.salvage([phone.sealed(raw) for raw in raws])
    chosen = await opened(core, org, phone)
    both = await asyncio.gather(
        *(settle(core.storage, org, phone.device, chosen, new_id(), core.clock()) for _ in range(2))
    )
    assert [one.problem for one in both] == [None, None]
    assert await core.count("change") == 4
    assert len({row[3] for row in await states(core, phone)}) == 1
