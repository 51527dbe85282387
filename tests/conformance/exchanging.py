"""MUSTs about push and pull: receipts, repeats, order, cursors, scope."""

from __future__ import annotations

import asyncio
import hashlib
import json
from typing import Any

import msgspec

from tests.conformance.musts import must
from tests.conformance.scene import Scene, problem, results
from tests.support.phone import Phone


def twin_of(phone: Phone) -> Phone:
    """The same device once more, as a cloned storage or an impatient retry would be."""
    twin = Phone(phone.http, phone.person, phone.epoch, phone.device)
    twin.key, twin.n = phone.key, phone.n
    return twin


@must(10, "give one receipt a change, in order of n, each with a place of its own that only grows", 6, 8)
async def receipts(scene: Scene) -> None:
    phone = await scene.phone()
    person = await scene.participant(phone)
    raws = [phone.note(person, f"Note {number}.")[1] for number in range(5)]
    answer = await phone.push(raws)
    said = await results(answer)
    assert [one["n"] for one in said] == [msgspec.json.decode(raw)["n"] for raw in raws]
    assert [one["doc"] for one in said] == [msgspec.json.decode(raw)["doc"] for raw in raws]
    places = [one["seq"] for one in said]
    assert places == sorted(set(places))
    assert answer.json()["next_n"] == phone.n


@must(11, "give the same receipts for the same bytes, again and at once, and keep them once", 4, 5)
async def repeats(scene: Scene) -> None:
    phone = await scene.phone()
    person = await scene.participant(phone)
    raws = [phone.note(person)[1] for _ in range(3)]
    first = await results(await phone.push(raws))
    await asyncio.sleep(0.01)
    assert await results(await phone.push(raws)) == first
    assert await results(await phone.push(raws[1:])) == first[1:]
    longer = [*raws, phone.note(person)[1]]
    fourth = await results(await phone.push(longer))
    assert fourth[:3] == first
    late = [phone.note(person)[1] for _ in range(2)]
    twins = [twin_of(phone) for _ in range(3)]
    answers = await asyncio.gather(*(twin.push(late) for twin in twins))
    assert len({json.dumps(await results(answer)) for answer in answers}) == 1
    held = await phone.pull_all()
    docs = [msgspec.json.decode(raw)["doc"] for raw in longer]
    assert [held[doc]["seq"] for doc in docs] == [one["seq"] for one in fourth]


@must(12, "refuse other bytes under a known n (DEVICE_FORKED) and change nothing", 7)
async def forks(scene: Scene) -> None:
    phone = await scene.phone()
    person = await scene.participant(phone, "Ana")
    clone = twin_of(phone)
    await results(await phone.push([phone.note(person, "mine")[1]]))
    head = (await phone.pull()).json()["head"]
    other = [clone.note(person, "the clone's")[1], clone.note(person)[1]]
    assert problem(await clone.push(other)) == (409, "DEVICE_FORKED")
    after = (await phone.pull()).json()
    assert (after["head"], after["next_n"]) == (head, phone.n)


@must(13, "refuse a gap (SEQ_GAP) with the number that is awaited, and decide nothing beyond it", 6)
async def gaps(scene: Scene) -> None:
    phone = await scene.phone()
    person = await scene.participant(phone)
    missing, later = phone.note(person)[1], phone.note(person)[1]
    answer = await phone.push([later])
    assert problem(answer) == (409, "SEQ_GAP")
    assert answer.json()["expected_n"] == phone.n - 2
    assert [one["outcome"] for one in await results(await phone.push([missing, later]))] == ["applied"] * 2


@must(14, "answer only what is durable and visible: a pull after a receipt has its effect", 2, 11)
async def durable(scene: Scene) -> None:
    phone = await scene.phone()
    person = await scene.participant(phone)
    reader = await scene.phone(0, 1)
    await reader.pull_all()
    for number in range(5):
        note, raw = phone.note(person, f"Note {number}.")
        (receipt,) = await results(await phone.push([raw]))
        held = await reader.pull_all()
        assert note in held, "a receipt was given for what nobody can see"
        assert held[note]["seq"] >= receipt["seq"]


@must(15, "hand out every row of a bucket in pages, each record at its latest place, and never a cursor ahead of rows", 9, 15)
async def pages(scene: Scene) -> None:
    phone = await scene.phone()
    person = await scene.participant(phone)
    docs = {person}
    raws = []
    for number in range(40):
        doc, raw = phone.note(person, f"Note {number}. " + "w" * 300)
        docs.add(doc)
        raws.append(raw)
    await results(await phone.push(raws))
    for limit in ({"limit_docs": 7}, {"limit_bytes": 4_096}):
        reader = await scene.phone(0, 1)
        reader.since = {bucket: seq for bucket, seq in reader.since.items() if bucket != f"p:{person}"}
        held = await reader.pull_all(**limit)
        assert docs <= set(held), f"{len(docs - set(held))} of {len(docs)} rows never came"


@must(16, "hand out no row of a bucket that the asker may not hold, whatever cursors it names", 13)
async def scope(scene: Scene) -> None:
    phone, other = await scene.phone(), await scene.phone(1)
    person = await scene.participant(phone)
    note, raw = phone.note(person, "Private words.")
    await results(await phone.push([raw]))
    other.since[f"p:{person}"] = 0
    other.since[f"me:{phone.person}"] = 0
    answer = (await other.pull()).json()
    assert not {person, note} & {row["doc"] for row in answer["rows"]}
    assert {drop["b"] for drop in answer["drop"]} >= {f"p:{person}", f"me:{phone.person}"}
    await other.pull_all()
    (refused,) = await results(await other.push([other.note(person)[1]]))
    assert (refused["outcome"], refused["code"]) == ("rejected", "OUT_OF_SCOPE")


@must(17, "bring a granted bucket whole, and take it back when the grant ends", 14, 15)
async def grants(scene: Scene) -> None:
    phone, other = await scene.phone(), await scene.phone(1)
    person = await scene.participant(phone)
    note, raw = phone.note(person)
    await results(await phone.push([raw]))
    await other.pull_all()
    await scene.desk.assign(person, other.person)
    answer = (await other.pull()).json()
    assert f"p:{person}" in answer["grant"]
    other.since.update(answer["next"])
    held = {row["doc"] for row in answer["rows"]} | set(await other.pull_all())
    assert {person, note} <= held
    await scene.desk.end_assignments(person)
    for one in (other, phone):
        one.since.setdefault(f"p:{person}", 0)
        assert f"p:{person}" in {drop["b"] for drop in (await one.pull()).json()["drop"]}
        one.since.pop(f"p:{person}")


@must(18, "take a note written while its bucket was held, after the grant ended; refuse one written later", 16)
async def late_work(scene: Scene) -> None:
    phone = await scene.phone()
    person = await scene.participant(phone)
    await phone.pull_all()
    held_at = phone.since[f"p:{person}"]
    await scene.desk.end_assignments(person)
    head = (await phone.pull()).json()["head"]
    _, early = phone.note(person)
    _, late = phone.note(person)
    early = early.replace(b'"set":', b'"scope_seq":%d,"set":' % held_at)
    late = late.replace(b'"set":', b'"scope_seq":%d,"set":' % head)
    said = await results(await phone.push([early, late]))
    assert [(one["outcome"], one.get("code")) for one in said] == [("applied", None), ("rejected", "OUT_OF_SCOPE")]
    await phone.pull_all()


@must(19, "give receipts of open changes on request, with the hash of what was decided, and none for undecided ones", 2, 5)
async def open_receipts(scene: Scene) -> None:
    phone = await scene.phone()
    person = await scene.participant(phone)
    first = phone.n
    raws = [phone.note(person)[1] for _ in range(3)]
    said = await results(await phone.push(raws))
    found = (await phone.pull(open=[first, first + 1, first + 2, first + 3])).json()["receipts"]
    assert [one.pop("hash") for one in found] == [hashlib.sha256(raw).hexdigest() for raw in raws]
    assert found == said


@must(20, "tell on request a digest of each bucket that equals what the phone holds", 26)
async def digests(scene: Scene) -> None:
    phone = await scene.phone()
    person = await scene.participant(phone)
    await results(await phone.push([phone.note(person)[1] for _ in range(3)]))
    phone.since = {}
    held = await phone.pull_all()
    told = (await phone.pull(digest=True)).json()["digest"]
    by_bucket: dict[str, dict[str, int]] = {}
    for doc, row in held.items():
        if "gone" not in row:
            by_bucket.setdefault(row["b"], {})[doc] = row["seq"]
    for bucket, rows in by_bucket.items():
        lines = "".join(f"{doc} {seq}\n" for doc, seq in sorted(rows.items()))
        assert told[bucket] == hashlib.sha256(lines.encode()).hexdigest(), bucket


@must(21, "quarantine what it cannot read or decide, whole, return it to its author, and let the rest through", 3, 21, 25)
async def unreadable(scene: Scene) -> None:
    phone = await scene.phone()
    person = await scene.participant(phone)
    strange = b'{"n":%d,"kind":"dance","words":"kept"}' % phone.n
    phone.n += 1
    said = await results(await phone.push([strange, phone.note(person)[1]]))
    assert [one["outcome"] for one in said] == ["quarantined", "applied"]
    assert said[0]["code"] == "SCHEMA_UNREADABLE"
    assert strange.decode() in await returned(phone)


@must(22, "return a refused change to its author, byte for byte, and decide what follows it", 3, 21)
async def refused(scene: Scene) -> None:
    phone = await scene.phone()
    person = await scene.participant(phone)
    _, bad = phone.note(person, ended_at=1)
    said = await results(await phone.push([bad, phone.note(person)[1]]))
    assert [one["outcome"] for one in said] == ["rejected", "applied"]
    assert (said[0]["code"], said[0]["field"]) == ("INVALID_FIELD", "ended_at")
    assert bad.decode() in await returned(phone)


@must(23, "decide a bundle as one: all of it, or none", 6)
async def bundles(scene: Scene) -> None:
    phone = await scene.phone()
    person = await scene.participant(phone)
    for ends, outcome in ((1, "rejected"), (None, "applied")):
        more: dict[str, Any] = {} if ends is None else {"ended_at": ends}
        raws = []
        for number in range(2):
            _, raw = phone.note(person, **(more if number else {}))
            bundled = {**msgspec.json.decode(raw), "bundle": f"b{phone.n - number}", "bundle_size": 2}
            bundled["bundle"] = "b-1" if ends else "b-2"
            raws.append(msgspec.json.encode(bundled))
        said = await results(await phone.push(raws))
        assert [one["outcome"] for one in said] == [outcome] * 2, said


async def returned(phone: Phone) -> set[str]:
    """The changes that lie in the inbox of the phone's specialist."""
    phone.since.pop(f"me:{phone.person}", None)
    held = await phone.pull_all()
    return {row["body"]["set"]["change"] for row in held.values() if row["type"] == "returned" and "body" in row}


@must(24, "refuse a change above 256 KiB by its own receipt and let the rest through; take at most 500 in one push", 25, 27)
async def limits(scene: Scene) -> None:
    phone = await scene.phone()
    person = await scene.participant(phone)
    _, big = phone.note(person, "w" * 300_000)
    said = await results(await phone.push([big, phone.note(person)[1]]))
    assert [(one["outcome"], one.get("code")) for one in said] == [("rejected", "TOO_LARGE_CHANGE"), ("applied", None)]
    many = [phone.note(person, "x")[1] for _ in range(501)]
    assert problem(await phone.push(many)) in {(400, "UNREADABLE"), (413, "TOO_LARGE")}
    assert len(await results(await phone.push(many[:500]))) == 500
    phone.n -= 1
