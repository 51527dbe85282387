"""Work on hold: what could not be decided is shown whole, reading it leaves a trace, dealing with it takes a reason."""

from __future__ import annotations

from html import unescape
from typing import Any

import msgspec

from server.storage import devices, quarantine
from server.storage.port import Submission
from tests.server.auth.office import Office
from tests.server.dashboard.harbor import Harbor
from tests.server.dashboard.test_waiting import rows


async def send(desk: Harbor, raw: bytes) -> quarantine.Held:
    """One change from a phone of the second specialist; what is held of it."""
    person = desk.people.specialists[1].id
    async with desk.office.storage.read() as found:
        phone = next(p for p in await devices.phones(found, desk.org) if p["person"] == person and p["state"] == "active")
    whole = Submission(desk.org, phone["id"], person, "specialist", phone["next_n"], [raw], desk.office.clock())
    decided = await desk.office.storage.submit(whole)
    assert decided.receipts[0].outcome == "quarantined", decided
    async with desk.office.storage.read() as found:
        return (await quarantine.held(found, desk.org))[-1]


def note(desk: Harbor, **more: Any) -> dict[str, Any]:
    return {
        "n": 999_999, "kind": "create", "type": "note", "doc": "018f0000-0000-7000-8000-00000000000a",
        "bucket": f"p:{desk.people.participants[0].id}", "author": desk.people.specialists[1].id,
        "captured": {"wall": desk.office.clock()}, "set": {"answers": {"did": "We <b>walked</b> to the clinic."}}, **more,
    }  # fmt: skip


async def actions(desk: Harbor, word: str) -> list[dict[str, Any]]:
    return [entry for entry in await desk.office.log() if entry["action"] == word]


async def test_another_organisation_and_a_specialist_read_nothing(desk: Harbor) -> None:
    held = await send(desk, b'{"secret": "words"}')
    path = f"/dashboard/quarantine/{held.id}"
    for who in (lambda: desk.office.sign_in("supervisor", desk.office.elsewhere), lambda: desk.enter("dana")):
        await who()
        assert (await desk.get(path)).status_code in {403, 404}
        assert (await desk.post(f"{path}/settle", {"reason": "mine"})).status_code in {403, 404}
    await desk.office.sign_in("supervisor", desk.office.elsewhere)
    assert "No work is on hold" in await desk.page("/dashboard/quarantine")
    assert await actions(desk, "quarantine_read") == []
    for wrong in ("abc", "-1", "9" * 30, "0"):
        assert (await desk.get(f"/dashboard/quarantine/{wrong}")).status_code == 404


async def test_what_cannot_be_read_is_shown_as_it_came_and_the_reading_is_noted(desk: Harbor) -> None:
    held = await send(desk, b'{"torn": "We <b>walked</b> to the cli')
    await desk.enter()
    listed = await desk.page("/dashboard/quarantine")
    assert "The office could not read it" in listed
    assert "walked" not in listed
    assert "On hold" in await rows(desk)
    answer = await desk.get(f"/dashboard/quarantine/{held.id}")
    assert "&lt;b&gt;walked&lt;/b&gt; to the cli" in answer.text
    (noted,) = await actions(desk, "quarantine_read")
    assert (noted["actor"], noted["subject"]) == (desk.people.supervisors[0].id, str(held.id))


async def test_what_can_be_read_is_told_field_by_field(desk: Harbor) -> None:
    held = await send(desk, msgspec.json.encode(note(desk)))
    await desk.enter()
    words = await desk.page(f"/dashboard/quarantine/{held.id}")
    assert "New: a note" in words
    assert desk.people.participants[0].name in words
    assert "<dt>What we did</dt>" in words
    assert "We <b>walked</b> to the clinic." in words


async def test_words_of_a_draft_stay_its_authors(desk: Harbor) -> None:
    for change in (note(desk, type="draft"), {"type": "draft", "content": "We walked."}):
        held = await send(desk, msgspec.json.encode(change))
        await desk.enter()
        words = await desk.page(f"/dashboard/quarantine/{held.id}")
        assert "walked" not in words
        assert "for its author only" in words


async def test_dealing_with_it_takes_a_reason_and_keeps_its_text(desk: Harbor) -> None:
    held = await send(desk, b"torn")
    await desk.enter()
    path = f"/dashboard/quarantine/{held.id}/settle"
    for wrong in ("  ", "x" * 201):
        refused = await desk.post(path, {"reason": wrong})
        assert refused.status_code == 422
        assert 'id="f-reason-error"' in refused.text
    done = await desk.post(path, {"reason": "She wrote it again."})
    assert "Taken off the list" in unescape(done.text)
    assert "No work is on hold" in unescape(done.text)
    assert "On hold" not in await rows(desk)
    assert "She wrote it again." in await desk.page(f"/dashboard/quarantine/{held.id}")
    assert (await desk.post(path, {"reason": "Twice."})).status_code == 404
    (noted,) = await actions(desk, "quarantine_settled")
    assert (noted["subject"], noted["detail"]) == (str(held.id), None)


async def test_no_other_organisation_takes_it_off(desk: Harbor) -> None:
    held = await send(desk, b"torn")
    office: Office = desk.office
    await office.sign_in("administrator", office.elsewhere)
    assert (await desk.post(f"/dashboard/quarantine/{held.id}/settle", {"reason": "mine"})).status_code == 404
    async with office.storage.read() as found:
        assert [one.id for one in await quarantine.held(found, desk.org)] == [held.id]
