"""Pull: pages, cursors, grants, drops, receipts, and that a moving feed is never missed."""

from __future__ import annotations

import asyncio
import hashlib
import random

import pytest

from server.errors import StorageFullError
from server.storage import alarms
from server.storage.port import OfficeChange, PullSeen
from tests.support.core import Core
from tests.support.phone import Phone, new_id


async def test_pages_hold_exactly_the_records_in_the_order_of_the_buckets(core: Core, phone: Phone) -> None:
    raws, docs = [], set()
    for _ in range(5):
        person, raw = phone.participant()
        raws.append(raw)
        docs.add(person)
        for _ in range(7):
            note, raw = phone.note(person)
            raws.append(raw)
            docs.add(note)
    await phone.push(raws)
    ranks = {"org": 0, "me": 1, "p": 2}
    seen: list[dict] = []
    while True:
        answer = (await phone.pull(limit_docs=6)).json()
        assert len(answer["rows"]) <= 6
        assert answer["remaining"] == 40 + 5 - len(seen) - len(answer["rows"])
        seen += answer["rows"]
        phone.since.update(answer["next"])
        if not answer["more"]:
            break
    order = [ranks[row["b"].partition(":")[0]] for row in seen]
    assert order == sorted(order)
    assert {row["doc"] for row in seen if row["type"] != "assignment"} == docs
    assert len(seen) == len({row["doc"] for row in seen}) == 45


async def test_a_batch_keeps_to_its_bytes_but_always_moves(core: Core, phone: Phone) -> None:
    person, first = phone.participant()
    await phone.push([first, *(phone.note(person, "w" * 5_000)[1] for _ in range(8))])
    sizes = []
    while True:
        answer = (await phone.pull(limit_bytes=12_000)).json()
        sizes.append(len(answer["rows"]))
        phone.since.update(answer["next"])
        if not answer["more"]:
            break
    assert sum(sizes) == 10
    assert max(sizes) <= 4
    answer = (await phone.pull(limit_bytes=1024)).json()
    assert answer["rows"] == []


async def test_nothing_new_is_a_short_answer(core: Core, phone: Phone) -> None:
    await phone.push([phone.participant()[1] for _ in range(15)])
    await phone.pull_all()
    answer = await phone.pull()
    body = answer.json()
    assert (body["rows"], body["next"], body["grant"], body["drop"]) == ([], {}, [], [])
    assert int(answer.headers["content-length"]) < 400


async def test_a_grant_brings_everything_however_old_and_its_end_takes_it(core: Core, org: int, phone: Phone) -> None:
    colleague = await core.phone(org)
    person, first = phone.participant()
    note, second = phone.note(person)
    await phone.push([first, second])
    await colleague.pull_all()
    assert (await core.assign(org, person, colleague.person)).receipts[0].outcome == "applied"
    answer = (await colleague.pull()).json()
    assert answer["grant"] == [f"p:{person}"]
    assert {row["doc"] for row in answer["rows"]} >= {person, note}
    colleague.since.update(answer["next"])
    (assignment,) = [row["doc"] for row in answer["rows"] if row["type"] == "assignment"]
    end = OfficeChange("void", "assignment", assignment, f"me:{colleague.person}")
    decided = await core.storage.submit_office(org, new_id(), "supervisor", [end], core.clock())
    assert decided.receipts[0].outcome == "applied"
    answer = (await colleague.pull()).json()
    assert answer["drop"] == [{"b": f"p:{person}", "why": "reassigned"}]
    assert [row["gone"] for row in answer["rows"]] == ["void"]


async def test_work_captured_before_an_assignment_ended_is_still_taken(core: Core, org: int, phone: Phone) -> None:
    person, first = phone.participant()
    await phone.push([first])
    held = await phone.pull_all()
    (assignment,) = [doc for doc, row in held.items() if row["type"] == "assignment"]
    scope = phone.since[f"p:{person}"]
    end = OfficeChange("void", "assignment", assignment, f"me:{phone.person}")
    await core.storage.submit_office(org, new_id(), "supervisor", [end], core.clock())
    _, late = phone.note(person)
    _, early = phone.note(person)
    early = early.replace(b'"set":', b'"scope_seq":%d,"set":' % scope)
    late = late.replace(b'"set":', b'"scope_seq":99,"set":')
    results = (await phone.push([late, early])).json()["results"]
    assert [(r["outcome"], r.get("code")) for r in results] == [("rejected", "OUT_OF_SCOPE"), ("applied", None)]


async def test_receipts_of_open_changes_come_with_the_pull(core: Core, phone: Phone) -> None:
    person, first = phone.participant()
    raws = [first, phone.note(person)[1]]
    pushed = (await phone.push(raws)).json()["results"]
    answer = (await phone.pull(open=[1, 2, 3])).json()
    hashes = [hashlib.sha256(raw).hexdigest() for raw in raws]
    assert answer["receipts"] == [one | {"hash": h} for one, h in zip(pushed, hashes, strict=True)]
    assert answer["next_n"] == 3


async def test_a_cursor_above_the_head_is_an_alarm(core: Core, phone: Phone) -> None:
    phone.since = {"org": 7}
    for _ in range(2):
        answer = await phone.pull()
        assert (answer.status_code, answer.json()["code"]) == (409, "CURSOR_AHEAD")
    async with core.storage.read() as rows:
        (alarm,) = await alarms.alarms(rows, 1)
    assert (alarm.kind, alarm.device, alarm.count, alarm.detail) == ("cursor_ahead", phone.device, 2, "7")
    await core.storage.write(lambda tx: alarms.acknowledge(tx, 1, alarm.id, by=new_id(), now=core.clock()))
    async with core.storage.read() as rows:
        assert await alarms.alarms(rows, 1) == []


async def test_nothing_leaves_before_its_trace_is_durable(
    core: Core, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    await phone.push([phone.participant()[1]])
    begun, durable = asyncio.Event(), asyncio.get_running_loop().create_future()

    def held(_: PullSeen) -> asyncio.Future[None]:
        begun.set()
        return durable

    monkeypatch.setattr(core.storage, "see_pull", held)
    asked = asyncio.create_task(phone.pull())
    await begun.wait()
    for _ in range(50):
        await asyncio.sleep(0)
    assert not asked.done()
    durable.set_exception(StorageFullError())
    answer = await asked
    assert (answer.status_code, answer.json()["code"], "rows" in answer.json()) == (503, "STORAGE_FULL", False)


async def test_another_version_of_the_protocol_must_be_upgraded_to_pull(core: Core, phone: Phone) -> None:
    answer = await phone.pull(v=2)
    assert (answer.status_code, answer.json()["code"]) == (426, "UPGRADE_REQUIRED")


async def test_digests_tell_what_each_bucket_holds(core: Core, phone: Phone) -> None:
    person, first = phone.participant()
    note, second = phone.note(person)
    await phone.push([first, second])
    draft = new_id()
    fields = {"form": "one_on_one@1", "content": "{}"}
    kept = phone.capture("create", "draft", draft, f"me:{phone.person}", set=fields)
    put_away = phone.capture("void", "draft", draft, f"me:{phone.person}")
    results = (await phone.push([kept, put_away])).json()["results"]
    assert [one["outcome"] for one in results] == ["applied", "applied"]
    held = await phone.pull_all()
    digest = (await phone.pull(digest=True)).json()["digest"]
    for bucket in ("org", f"me:{phone.person}", f"p:{person}"):
        docs = sorted((doc, row["seq"]) for doc, row in held.items() if row["b"] == bucket and "gone" not in row)
        lines = "".join(f"{doc} {seq}\n" for doc, seq in docs)
        assert digest[bucket] == hashlib.sha256(lines.encode()).hexdigest(), bucket
    assert held[draft]["gone"] == "void"
    assert digest["org"] == hashlib.sha256(b"").hexdigest(), "of an empty bucket too"
    assert {person, note} <= set(held)


async def test_the_answer_is_as_small_as_the_phone_can_read(core: Core, phone: Phone) -> None:
    person, first = phone.participant()
    await phone.push([first, *(phone.note(person, "We talked for a while. " * 20)[1] for _ in range(20))])
    sizes = {}
    for accepts in ("identity", "gzip", "gzip, zstd"):
        answer = await phone.post(
            "/sync/v1/pull",
            b'{"v":1,"epoch":"%s","device":"%s","schema":1,"since":{},"clock":{"wall":1}}'
            % (phone.epoch.encode(), phone.device.encode()),
            **{"accept-encoding": accepts},
        )
        assert len(answer.json()["rows"]) == 22
        sizes[answer.headers.get("content-encoding", "identity")] = int(answer.headers["content-length"])
    assert sizes["zstd"] < sizes["gzip"] < sizes["identity"] / 4


async def test_no_row_is_missed_while_the_feed_moves(core: Core, org: int, phone: Phone) -> None:
    """A second phone pages with tiny batches while the first writes and rewrites; in the end both agree."""
    dice = random.Random(7)
    people = [phone.participant() for _ in range(4)]
    await phone.push([raw for _, raw in people])
    reader = await core.phone(org, phone.person)
    held: dict[str, dict] = {}
    is_done = False

    async def read() -> None:
        while True:
            was_done = is_done
            answer = (await reader.pull(limit_docs=3)).json()
            for row in answer["rows"]:
                assert row["seq"] > held.get(row["doc"], {"seq": 0})["seq"], "a document's seq never falls"
                held[row["doc"]] = row
            reader.since.update(answer["next"])
            if was_done and not answer["more"]:
                return

    reading = asyncio.create_task(read())
    for turn in range(60):
        person, _ = dice.choice(people)
        changes = [phone.note(person)[1] for _ in range(dice.randint(0, 3))]
        name = {"set": {"name": f"Ana {turn}"}, "base": 10_000}
        changes.append(phone.capture("patch", "participant", person, f"p:{person}", **name))
        assert (await phone.push(changes)).status_code == 200
    is_done = True
    await reading
    rows = await core.rows("SELECT doc, seq FROM record")
    assert {doc: row["seq"] for doc, row in held.items()} == {row["doc"]: row["seq"] for row in rows}
