"""Salvage: sealed work is taken in, unread, from those whose it is; nobody else gets in, and nothing is kept twice."""

from __future__ import annotations

import copy

import msgspec

from server.auth.deposits import A_MINUTE
from server.storage.devices import revoke
from sync.messages import SalvageAnswer
from sync.salvage import WITHOUT_BACKUP_MS
from tests.support.core import Core
from tests.support.phone import Phone, new_id
from tests.support.sealing import base64url


async def revoked(core: Core, org: int, phone: Phone) -> None:
    await core.storage.write(lambda tx: revoke(tx, org, phone.device, mode="lock", by=new_id(), now=core.clock()))


async def back_up(core: Core, org: int) -> int:
    """As if everything up to now were in a verified backup; the head it holds."""
    (row,) = await core.rows(f"SELECT head FROM org_head WHERE org = {org}")
    await core.execute(
        "INSERT INTO backup (epoch, made_at, verified_at, size_bytes, file, hash, kid) VALUES ('e', 1, 2, 3, 'f', 'h', 'k')"
    )
    await core.execute(f"INSERT INTO backup_head SELECT max(id), {org}, {row['head']} FROM backup")
    return int(row["head"])


async def state(core: Core) -> list:
    tables = ("salvage", "device", "org_head", "access_log")
    return [dict(row) for table in tables for row in await core.rows(f"SELECT * FROM {table}")]


async def test_a_stranger_is_refused_and_changes_nothing(core: Core, org: int, phone: Phone) -> None:
    items = [phone.sealed(phone.participant()[1])]
    before = await state(core)
    thief = Phone(core.http, phone.person, core.epoch, device=phone.device)
    unknown = Phone(core.http, phone.person, core.epoch)
    for answer in (
        await core.http.post("/sync/v1/salvage", content=b"{}"),
        await thief.salvage(items),
        await unknown.salvage(items),
        await thief.salvage_for(phone.device, items),
    ):
        assert (answer.status_code, answer.json()["code"]) == (401, "NOT_SIGNED")
    assert await state(core) == before


async def test_a_token_is_no_key_to_anything_else(core: Core, org: int, phone: Phone) -> None:
    headers = {"alongside-device": phone.device, "alongside-deposit": phone.deposit}
    for path in ("/sync/v1/push", "/sync/v1/pull"):
        answer = await core.http.post(path, content=b"{}", headers=headers)
        assert answer.status_code == 401
    other = await core.phone(org, phone.person)
    body = phone.salvage_body([], other.device)
    answer = await core.http.post("/sync/v1/salvage", content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "UNREADABLE")


async def test_a_revoked_phone_delivers_what_it_cannot_read(core: Core, org: int, phone: Phone) -> None:
    person, first = phone.participant()
    await phone.push([first])
    raws = [phone.note(person, words)[1] for words in ("One.", "Two.")]
    await revoked(core, org, phone)
    answer = await phone.salvage([phone.sealed(raw) for raw in raws], left=3)
    said = msgspec.json.decode(answer.content, type=SalvageAnswer)
    assert [(r.n, r.outcome, r.seq) for r in said.results] == [(2, "kept", 2), (3, "kept", 2)]
    assert (said.safe_seq, said.is_wipe_due, said.epoch) == (0, False, core.epoch)
    rows = await core.rows("SELECT n, seq, via, state, sealed FROM salvage ORDER BY n")
    assert [(row["n"], row["seq"], row["via"], row["state"]) for row in rows] == [(2, 2, "phone", "waiting"), (3, 2, "phone", "waiting")]
    assert not any("One." in row["sealed"] for row in rows)
    assert await core.count("change") == 1
    (log,) = await core.rows("SELECT actor, subject, detail, number FROM access_log WHERE action = 'salvage'")
    assert tuple(log.values()) == (phone.person, phone.device, "phone", 2)
    (device,) = await core.rows(f"SELECT salvage_left FROM device WHERE id = '{phone.device}'")
    assert device["salvage_left"] == 3


async def test_the_same_again_takes_no_second_place(core: Core, org: int, phone: Phone) -> None:
    items = [phone.sealed(phone.participant()[1]) for _ in range(3)]
    first = (await phone.salvage(items[:2])).json()
    again = (await phone.salvage([*items, items[0]])).json()
    assert again["results"][:2] == first["results"]
    assert [r["seq"] for r in again["results"]] == [1, 1, 2, 1]
    assert await core.count("salvage") == 3
    (row,) = await core.rows("SELECT head FROM org_head")
    assert row["head"] == 2


async def test_two_envelopes_for_one_number_are_two_truths_and_both_are_kept(core: Core, org: int, phone: Phone) -> None:
    _, one = phone.participant("Ana")
    phone.n = 1
    two = phone.participant("Ben")[1]
    answer = await phone.salvage([phone.sealed(one), phone.sealed(two)])
    assert [r["outcome"] for r in answer.json()["results"]] == ["kept", "kept"]
    assert await core.count("salvage") == 2


async def test_a_number_decided_with_other_bytes_is_not_taken_for_known(core: Core, org: int, phone: Phone) -> None:
    await phone.push([phone.participant("Ana")[1]])
    phone.n = 1
    answer = await phone.salvage([phone.sealed(phone.participant("Ben")[1])])
    assert answer.json()["results"][0]["outcome"] == "kept"


async def test_what_is_not_signed_by_the_device_is_refused_and_not_kept(core: Core, org: int, phone: Phone) -> None:
    good, other = phone.sealed(phone.participant()[1]), await core.phone(org)
    forged = other.sealed(phone.participant()[1], n=2)
    moved = copy.deepcopy(good) | {"n": 9}
    answer = (await phone.salvage([good, forged, moved])).json()
    assert [(r["n"], r["outcome"]) for r in answer["results"]] == [(1, "kept"), (2, "refused"), (9, "refused")]
    assert answer["is_wipe_due"] is False
    assert [row["n"] for row in await core.rows("SELECT n FROM salvage")] == [1]


async def test_the_wipe_is_due_when_all_of_it_is_in_a_backup(core: Core, org: int, phone: Phone) -> None:
    await phone.push([phone.participant()[1]])
    await revoked(core, org, phone)
    items = [phone.sealed(phone.participant()[1])]
    assert (await phone.salvage(items, left=1)).json()["is_wipe_due"] is False
    safe = await back_up(core, org)
    assert (await phone.salvage([], left=1)).json() | {"server_time": 0} == {
        "results": [], "safe_seq": safe, "is_wipe_due": False, "server_time": 0, "epoch": core.epoch,
    }  # fmt: skip
    assert (await phone.salvage([])).json()["is_wipe_due"] is True
    assert (await phone.salvage([phone.sealed(phone.participant()[1])])).json()["is_wipe_due"] is False


async def test_what_was_decided_but_is_in_no_backup_also_holds_the_wipe(core: Core, org: int, phone: Phone) -> None:
    await back_up(core, org)
    await core.execute("UPDATE backup_head SET head = 1")
    await phone.push([phone.participant()[1], phone.participant()[1]])
    await revoked(core, org, phone)
    assert (await phone.salvage([])).json()["is_wipe_due"] is False
    await back_up(core, org)
    assert (await phone.salvage([])).json()["is_wipe_due"] is True


async def test_without_a_backup_the_wipe_is_due_after_fourteen_days(core: Core, org: int, phone: Phone) -> None:
    await revoked(core, org, phone)
    await phone.salvage([phone.sealed(phone.participant()[1])])
    real = core.clock
    core.clock = lambda: real() + WITHOUT_BACKUP_MS - 60_000
    assert (await phone.salvage([])).json()["is_wipe_due"] is False
    core.clock = lambda: real() + WITHOUT_BACKUP_MS + 60_000
    assert (await phone.salvage([])).json()["is_wipe_due"] is True


async def test_positions_stay_in_the_order_of_commits_beside_pushes(core: Core, org: int, phone: Phone) -> None:
    other = await core.phone(org)
    items = [phone.sealed(phone.participant()[1])]
    await other.push([other.participant()[1]])
    await phone.salvage(items)
    answer = (await other.push([other.participant()[1]])).json()
    assert answer["results"][0]["seq"] == 3
    assert (await other.pull()).json()["head"] == 3


async def test_a_phone_set_up_again_delivers_for_the_one_before(core: Core, org: int, phone: Phone) -> None:
    items = [phone.sealed(phone.participant()[1])]
    again = await core.phone(org, phone.person)
    colleague = await core.phone(org)
    elsewhere = await core.phone(await core.organisation("Elsewhere"))
    foreign = (await elsewhere.salvage_for(phone.device, items, public_key=key_of(phone))).json()
    assert [r["outcome"] for r in foreign["results"]] == ["refused"]
    assert await core.count("salvage") == 0
    for sender in (again, colleague):
        answer = await sender.salvage_for(phone.device, items)
        assert [r["outcome"] for r in answer.json()["results"]] == ["kept"]
    assert await core.count("salvage") == 1


async def test_a_phone_that_a_restore_forgot_is_taken_in_by_its_own_person_with_its_key(core: Core, org: int, phone: Phone) -> None:
    forgotten = Phone(core.http, phone.person, core.epoch)
    forgotten.seal_kid, forgotten.seal_point = phone.seal_kid, phone.seal_point
    items = [forgotten.sealed(forgotten.participant()[1])]
    assert (await forgotten.salvage(items)).status_code == 401
    without = (await phone.salvage_for(forgotten.device, items)).json()
    forged = (await phone.salvage_for(forgotten.device, items, public_key=key_of(phone))).json()
    assert [without["results"][0]["outcome"], forged["results"][0]["outcome"]] == ["refused", "refused"]
    assert await core.count("device") == 1
    answer = (await phone.salvage_for(forgotten.device, items, public_key=key_of(forgotten))).json()
    assert [r["outcome"] for r in answer["results"]] == ["kept"]
    (row,) = await core.rows(f"SELECT person, state, mode, deposit_hash FROM device WHERE id = '{forgotten.device}'")
    assert tuple(row.values()) == (phone.person, "revoked", "lock", None)
    assert (await forgotten.pull()).json() == {"code": "DEVICE_REVOKED", "mode": "lock"}
    later = (await phone.salvage_for(forgotten.device, items, public_key=key_of(phone))).json()
    assert [r["outcome"] for r in later["results"]] == ["kept"], "the key it was made with counts, not the one said now"


async def test_bodies_have_a_bound_and_must_be_readable(core: Core, org: int, phone: Phone) -> None:
    headers = {"alongside-device": phone.device, "alongside-deposit": phone.deposit}
    for content, status in ((b"{}", 400), (b"nothing", 400), (b" " * 1_100_000, 413)):
        answer = await core.http.post("/sync/v1/salvage", content=content, headers=headers)
        assert answer.status_code == status
    items = [phone.sealed(b'{"n":1}')] * 201
    assert (await phone.salvage(items)).status_code == 400
    assert (await phone.salvage([], v=2)).status_code == 400


async def test_a_device_that_delivers_without_end_is_throttled_alone(core: Core, org: int, phone: Phone) -> None:
    other = await core.phone(org)
    answers = [await phone.salvage([]) for _ in range(A_MINUTE + 1)]
    assert [a.status_code for a in answers] == [200] * A_MINUTE + [429]
    assert answers[-1].json()["code"] == "THROTTLED"
    assert (await other.salvage([])).status_code == 200


def key_of(phone: Phone) -> str:
    return base64url(phone.point)
