"""Push: receipts, repeats, gaps, forks, limits, and bodies that are not what they say."""

from __future__ import annotations

import gzip
import hashlib
import json

import msgspec
import pytest

from sync import messages
from tests.support.core import Core
from tests.support.phone import Phone, new_id


async def test_a_note_is_received_and_comes_back_as_written(core: Core, phone: Phone) -> None:
    person, first = phone.participant("Ana")
    note, second = phone.note(person, "Fuimos al café 🙂 y hablamos.\nTwo lines.")
    answer = (await phone.push([first, second])).json()
    assert [(r["n"], r["outcome"], r["seq"]) for r in answer["results"]] == [(1, "applied", 1), (2, "applied", 2)]
    assert answer["next_n"] == 3
    held = await phone.pull_all()
    assert held[note]["body"]["set"] == msgspec.json.decode(second)["set"]
    assert held[person]["body"]["set"] == {"name": "Ana"}


async def test_the_log_keeps_the_bytes_that_were_captured(core: Core, phone: Phone) -> None:
    raw = phone.participant("Ana")[1].replace(b'"kind":"create"', b'"kind" : "create"')
    await phone.push([raw])
    (row,) = await core.rows("SELECT raw, hash FROM change")
    assert (row["raw"], row["hash"]) == (raw, hashlib.sha256(raw).digest())


async def test_a_lost_answer_is_given_again_and_nothing_is_stored_twice(core: Core, phone: Phone) -> None:
    person, first = phone.participant()
    raws = [first, *(phone.note(person)[1] for _ in range(3))]
    once = (await phone.push(raws)).json()
    again = (await phone.push(raws)).json()
    assert again["results"] == once["results"]
    assert await core.count("change") == len(raws)
    longer = [*raws, phone.note(person)[1]]
    assert (await phone.push(longer)).json()["results"][:4] == once["results"]
    assert await core.count("change") == 5


async def test_a_cloned_phone_is_found_out_and_changes_nothing(core: Core, phone: Phone) -> None:
    await phone.push([phone.participant("Ana")[1]])
    phone.n = 1
    answer = await phone.push([phone.participant("Eva")[1]])
    assert (answer.status_code, answer.json()["code"]) == (409, "DEVICE_FORKED")
    assert await core.count("change") == 1


async def test_a_gap_is_refused_with_the_number_that_is_awaited(core: Core, phone: Phone) -> None:
    await phone.push([phone.participant()[1]])
    phone.n = 5
    answer = await phone.push([phone.participant()[1]])
    assert (answer.status_code, answer.json()) == (409, {"code": "SEQ_GAP", "expected_n": 2})


async def test_a_refused_change_takes_a_place_and_comes_back_whole(core: Core, phone: Phone) -> None:
    person, first = phone.participant()
    note, bad = phone.note(person, ended_at=1)
    _, good = phone.note(person)
    results = (await phone.push([first, bad, good])).json()["results"]
    assert [r["outcome"] for r in results] == ["applied", "rejected", "applied"]
    assert results[1] | {"at": 0} == {
        "n": 2, "outcome": "rejected", "seq": 2, "doc": note, "at": 0, "code": "INVALID_FIELD", "field": "ended_at",
        "offer": "resubmit",
    }  # fmt: skip
    (returned,) = [row for row in (await phone.pull_all()).values() if row["type"] == "returned"]
    assert returned["body"]["set"]["change"] == bad.decode()


async def test_an_unreadable_change_is_quarantined_and_blocks_nothing(core: Core, phone: Phone) -> None:
    person, first = phone.participant()
    strange = b'{"n":2,"kind":"dance","words":"kept"}'
    phone.n = 3
    results = (await phone.push([first, strange, phone.note(person)[1]])).json()["results"]
    assert [r["outcome"] for r in results] == ["applied", "quarantined", "applied"]
    (row,) = await core.rows("SELECT raw, why FROM quarantine")
    assert (row["raw"], row["why"]) == (strange, "SCHEMA_UNREADABLE")


async def test_a_signed_bundle_is_one(core: Core, phone: Phone) -> None:
    person, first = phone.participant()
    note, second = phone.note(person)
    fields = msgspec.json.decode(second)["set"]
    content = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    seal = hashlib.sha256(content.encode()).hexdigest()
    phone.n -= 1
    more = {"bundle": "b1", "bundle_size": 2}
    create = phone.capture("create", "note", note, f"p:{person}", set=fields, **more)
    sign = phone.capture("sign", "note", note, f"p:{person}", content_hash=seal, **more)
    results = (await phone.push([first, create, sign])).json()["results"]
    assert [r["outcome"] for r in results] == ["applied"] * 3
    body = (await phone.pull_all())[note]["body"]
    assert (body["state"], body["signed"]["hash"]) == ("signed", seal)
    assert body["set"] == fields
    late = (await phone.push([phone.capture("patch", "note", note, f"p:{person}", set={"mode": "phone"}, base=3)])).json()
    assert late["results"][0]["code"] == "NOTE_SIGNED"


async def test_a_concurrent_text_is_kept_aside_and_its_settling_is_recorded(core: Core, org: int, phone: Phone) -> None:
    person, first = phone.participant()
    await phone.push([first])
    colleague = await core.phone(org)
    await core.assign(org, person, colleague.person)
    about = {"set": {"about": "Likes chess."}, "base": 1}
    await phone.push([phone.capture("patch", "participant", person, f"p:{person}", **about)])
    other = {"set": {"about": "Likes tea."}, "base": 1}
    merged = (await colleague.push([colleague.capture("patch", "participant", person, f"p:{person}", **other)])).json()
    assert merged["results"][0]["outcome"] == "merged"
    assert merged["results"][0]["conflicts"] == ["about"]
    body = (await phone.pull_all())[person]["body"]
    assert body["set"]["about"] == "Likes chess."
    assert [kept["value"] for kept in body["kept"]] == ["Likes tea."]
    settled = {"set": {"about": "Likes chess and tea."}, "base": merged["results"][0]["seq"]}
    await phone.push([phone.capture("patch", "participant", person, f"p:{person}", **settled)])
    (row,) = await core.rows("SELECT value, settled_seq FROM conflict")
    assert (row["value"], row["settled_seq"]) == ('"Likes tea."', 5)
    assert "kept" not in (await phone.pull_all())[person]["body"]


async def test_another_epoch_is_told_where_the_lineages_part(core: Core, phone: Phone) -> None:
    current, phone.epoch = phone.epoch, new_id()
    for answer in (await phone.push([phone.participant()[1]]), await phone.pull()):
        assert (answer.status_code, answer.json()) == (409, {"code": "EPOCH_CHANGED", "epoch": current, "fork_seq": 0})


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        (gzip.compress(b"x" * 50_000)[:-20], {"content-encoding": "gzip"}, 400, "UNREADABLE"),
        (gzip.compress(b"{}") + b"more", {"content-encoding": "gzip"}, 400, "UNREADABLE"),
        (b"{}", {"content-encoding": "gzip"}, 400, "UNREADABLE"),
        (b"{}", {"content-encoding": "br"}, 400, "UNREADABLE"),
        (gzip.compress(b"\0" * 300_000_000), {"content-encoding": "gzip"}, 413, "TOO_LARGE"),
        (b"<html>sign in to the network</html>", {}, 400, "UNREADABLE"),
        (b"[" * 100_000, {}, 400, "UNREADABLE"),
        (b'{"v":1,"\xff":2}', {}, 400, "UNREADABLE"),
        (b" " * (messages.PUSH_LIMIT_BYTES + 1), {}, 413, "TOO_LARGE"),
        (b" " * (messages.BODY_HARD_LIMIT_BYTES + 1), {}, 413, "TOO_LARGE"),
    ],
)
async def test_bodies_that_are_not_what_they_say(core: Core, phone: Phone, body, headers, status, code) -> None:
    answer = await phone.post("/sync/v1/push", body, is_gzip=False, **headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_more_changes_than_a_push_may_hold_are_refused_whole(core: Core, phone: Phone) -> None:
    raws = [b'{"n":%d}' % n for n in range(1, messages.PUSH_CHANGES_LIMIT + 2)]
    assert (await phone.push(raws)).status_code == 400
    assert await core.count("change") == 0


@pytest.mark.parametrize("schema", [1, 2**70])
@pytest.mark.parametrize("drafts", [2**53, 2**63, 10**30])
async def test_a_count_beyond_what_a_phone_can_count_is_refused(core: Core, phone: Phone, drafts: int, schema: int) -> None:
    """No column holds it: an accident in the office would keep the phone's work out for ever."""
    raws = [phone.participant()[1]]
    body = phone.push_body(raws, 1).replace(b'"schema":1', b'"schema":%d' % schema)
    said = body[:-1] + b',"report":{"drafts":%d}}' % drafts
    assert (await phone.post("/sync/v1/push", said)).status_code == 400
    assert (await phone.post("/sync/v1/push", body)).status_code == 200


async def test_a_change_too_large_comes_back_and_the_rest_goes_through(core: Core, phone: Phone) -> None:
    person, first = phone.participant()
    _, huge = phone.note(person, "x" * (messages.CHANGE_LIMIT_BYTES + 1))
    results = (await phone.push([first, huge, phone.note(person)[1]])).json()["results"]
    assert [(r["outcome"], r.get("code")) for r in results] == [
        ("applied", None), ("rejected", "TOO_LARGE_CHANGE"), ("applied", None),
    ]  # fmt: skip


async def test_a_report_is_kept_and_every_exchange_leaves_its_trace(core: Core, phone: Phone) -> None:
    await phone.push([phone.participant("Ana")[1]], report={"unsent": 3, "oldest_unsent": 17, "app": "1.2"})
    await phone.pull(report={"unsent": 0, "is_storage_protected": True})
    (device,) = await core.rows("SELECT * FROM device WHERE kind = 'phone'")
    assert (device["reported_unsent"], device["is_storage_protected"], device["next_n"]) == (0, 1, 2)
    trail = await core.rows("SELECT action, actor, subject, number FROM access_log ORDER BY id")
    assert [(r["action"], r["number"]) for r in trail] == [("push", 1), ("pull", 2)]
    assert {(r["actor"], r["subject"]) for r in trail} == {(phone.person, phone.device)}
    assert "Ana" not in str(await core.rows("SELECT * FROM access_log"))
