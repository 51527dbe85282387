"""Two versions of one thing: both are shown whole, one is chosen, and nothing is put together by a machine."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from server.storage.office import OfficeWork
from server.storage.port import OfficeChange, Submission, Transaction
from server.storage.records import record_by_doc
from sync.canonical import content_hash
from sync.records.note import content
from sync.state import Record
from tests.server.dashboard.harbor import Harbor
from tests.server.dashboard.test_waiting import rows


async def the_one(desk: Harbor) -> Record:
    (person,) = [record for record in await desk.records("participant") if record.kept]
    return person


async def fresh(desk: Harbor, doc: str) -> Record:
    async with desk.office.storage.read() as found:
        record = await record_by_doc(found, desk.org, doc)
    assert record is not None
    return record


async def choose(desk: Harbor, record: Record, field: str, choice: str) -> Any:
    form = {"field": field, "choice": choice, "seen": str(record.seq)}
    return await desk.post(f"/dashboard/kept/{record.doc}", form)


def shown(words: str) -> str:
    """A page's words without the marks of what differs."""
    return re.sub(r"</?mark>", "", words)


async def test_a_stranger_and_another_organisation_choose_nothing(desk: Harbor) -> None:
    person = await the_one(desk)
    assert (await choose(desk, person, "about", "standing")).status_code == 401
    await desk.office.sign_in("administrator", desk.office.elsewhere)
    assert (await choose(desk, person, "about", "standing")).status_code == 404
    assert "Nothing to choose" in await desk.page("/dashboard/kept")
    assert (await fresh(desk, person.doc)).kept == person.kept


async def test_both_are_shown_whole_with_who_and_when(desk: Harbor) -> None:
    await desk.enter()
    person = await the_one(desk)
    words = shown(await desk.page(f"/dashboard/kept/{person.doc}"))
    assert f">{person.fields['about']}</p>" in words
    assert f">{person.kept[0].value}</p>" in words
    writers = re.findall(r'<p class="detail">([^,<]+), \w', words)
    assert writers == [desk.people.supervisors[0].name, desk.people.specialists[1].name]
    assert [entry["subject"] for entry in await desk.reads()] == [person.doc]
    assert person.fields["name"] in await desk.page("/dashboard/kept")


async def test_one_is_chosen_and_the_choice_is_noted(desk: Harbor) -> None:
    await desk.enter()
    person = await the_one(desk)
    nonsense = await choose(desk, person, "about", "999999")
    assert nonsense.status_code == 422
    assert "Two versions" in await rows(desk)
    assert (await choose(desk, person, "about", str(person.kept[0].seq))).headers["location"] == "/dashboard"
    settled = await fresh(desk, person.doc)
    assert (settled.fields["about"], settled.kept) == (person.kept[0].value, [])
    assert "Two versions" not in await rows(desk)
    (noted,) = [entry for entry in await desk.office.log() if entry["action"] == "kept_settled"]
    assert (noted["subject"], noted["detail"]) == (person.doc, "about")
    assert (await choose(desk, settled, "about", "standing")).status_code == 404


async def test_keeping_what_stands_settles_too(desk: Harbor) -> None:
    await desk.enter()
    person = await the_one(desk)
    await choose(desk, person, "about", "standing")
    settled = await fresh(desk, person.doc)
    assert (settled.fields["about"], settled.kept) == (person.fields["about"], [])


async def test_a_choice_made_over_an_older_page_changes_nothing(desk: Harbor) -> None:
    await desk.enter()
    person = await the_one(desk)
    change = OfficeChange("patch", "participant", person.doc, person.bucket, {"pronouns": "they"})
    boss = desk.people.supervisors[0].id
    await desk.office.storage.submit_office(desk.org, boss, "supervisor", [change], desk.office.clock())
    answer = await choose(desk, person, "about", str(person.kept[0].seq))
    assert answer.status_code == 422
    assert "Somebody changed this just now" in answer.text
    now = await fresh(desk, person.doc)
    assert (now.fields["about"], now.kept) == (person.fields["about"], person.kept)


async def note_with_two_versions(desk: Harbor, *, is_signed: bool) -> Record:
    """A note of the office's own, with an end time that two people changed unseen."""
    ruth, other = desk.people.supervisors[0].id, desk.people.supervisors[-1].id
    assert ruth != other
    model = next(note for note in await desk.records() if note.state == "signed")
    doc = "018f0000-0000-7000-8000-0000000000aa"
    fields = {key: value for key, value in model.fields.items() if key != "flags"}
    storage, now = desk.office.storage, desk.office.clock()
    create = OfficeChange("create", "note", doc, model.bucket, fields)
    made = await storage.submit_office(desk.org, ruth, "supervisor", [create], now)
    base = made.receipts[0].seq
    for who, minutes in ((ruth, 5), (other, 9)):
        patch = {"ended_at": fields["ended_at"] + minutes * 60_000}
        await storage.submit_office(
            desk.org, who, "supervisor", [OfficeChange("patch", "note", doc, model.bucket, patch, base=base)], now
        )
    if is_signed:
        await sign(desk, doc, model.bucket, ruth)
    return await fresh(desk, doc)


async def sign(desk: Harbor, doc: str, bucket: str, person: str) -> None:

    note = await fresh(desk, doc)
    device = OfficeWork(desk.org, person, "supervisor", [], 0).device
    async with desk.office.storage.read() as found:
        held = await found.one("devices.by_id", id=device)
    raw = {
        "n": held["next_n"], "kind": "sign", "type": "note", "doc": doc, "bucket": bucket, "author": person,
        "captured": {"wall": desk.office.clock()}, "base": note.seq, "content_hash": content_hash(content(note.fields)),
    }  # fmt: skip


    whole = Submission(desk.org, device, person, "supervisor", held["next_n"], [msgspec.json.encode(raw)], desk.office.clock())
    decided = await desk.office.storage.submit(whole)
    assert decided.receipts[0].outcome == "applied", decided


async def test_a_signed_note_keeps_every_word_and_is_settled_by_reading(desk: Harbor) -> None:
    await desk.enter()
    note = await note_with_two_versions(desk, is_signed=True)
    words = await desk.page(f"/dashboard/kept/{note.doc}")
    assert "This note is signed" in words
    assert "Take this instead" not in words
    assert (await choose(desk, note, "ended_at", str(note.kept[0].seq))).status_code == 422
    assert (await fresh(desk, note.doc)).seq == note.seq
    assert (await choose(desk, note, "ended_at", "standing")).status_code == 303
    settled = await fresh(desk, note.doc)
    assert (settled.fields, settled.signed, settled.kept) == (note.fields, note.signed, [])


async def test_a_time_reads_as_a_time_and_an_administrator_only_reads(desk: Harbor) -> None:
    note = await note_with_two_versions(desk, is_signed=False)
    await desk.enter(next(one.sign_in for one in desk.people.members if one.role == "administrator"))
    words = await desk.page(f"/dashboard/kept/{note.doc}")
    assert str(note.fields["ended_at"]) not in words
    assert re.search(r"\w{3} \d+, \d{4}, \d+:\d\d [ap]m</p>", shown(words))
    assert (await choose(desk, note, "ended_at", "standing")).status_code == 422
    assert (await fresh(desk, note.doc)).kept == note.kept


async def test_a_draft_is_its_authors_alone(desk: Harbor) -> None:
    await desk.enter()
    draft = next(record for record in await desk.records("draft") if record.state == "open")
    async def force(tx: Transaction) -> None:
        kept = '[{"field":"content","value":"secret words","by":"x","at":1,"seq":1}]'
        await tx._connection.execute("UPDATE record SET kept = ? WHERE doc = ?", (kept, draft.doc))
        await tx._connection.execute(
            "INSERT INTO conflict (org, doc, field, value, by_person, at, seq) VALUES (?, ?, 'content', '\"w\"', 'x', 1, 1)",
            (desk.org, draft.doc),
        )

    await desk.office.storage.write(force)
    assert (await desk.get(f"/dashboard/kept/{draft.doc}")).status_code == 404
    assert draft.doc not in await desk.page("/dashboard/kept")
    assert (await rows(desk)).count("Two versions") == 1

