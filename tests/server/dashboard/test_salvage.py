"""Sealed work: opened only on purpose, filed in order or set aside with a reason; gaps and damage told, nothing lost."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import msgspec
import pytest

from server.storage import salvage
from sync.ids import is_id
from tests.server.dashboard.harbor import Harbor
from tests.server.dashboard.lost_phone import WORDS, delivered, lost_phone, note_of
from tests.server.dashboard.test_waiting import rows
from tests.support.phone import Phone


async def items(desk: Harbor, phone: Phone) -> list[salvage.Item]:
    async with desk.office.storage.read() as found:
        return await salvage.items(found, desk.org, phone.device)


async def states(desk: Harbor, phone: Phone) -> list[tuple[str, str | None]]:
    return [(one.state, one.outcome) for one in await items(desk, phone)]


async def post(desk: Harbor, phone: Phone, act: str, **fields: str) -> Any:
    return await desk.post(f"/dashboard/quarantine/phones/{phone.device}/{act}", fields)


async def noted(desk: Harbor, word: str) -> list[tuple[str, str | None]]:
    return [(entry["subject"], entry["detail"]) for entry in await desk.office.log() if entry["action"] == word]


async def test_a_stranger_opens_and_files_nothing(desk: Harbor) -> None:
    phone = await lost_phone(desk)
    await delivered(desk, phone, [note_of(desk, phone)])
    (one,) = await items(desk, phone)
    acts = ({"act": "open", "item": str(one.id)}, {"act": "file"})
    for act in acts:
        assert (await post(desk, phone, **act)).status_code == 401
    await desk.enter("dana")
    for act in acts:
        assert (await post(desk, phone, **act)).status_code == 403
    await desk.office.sign_in("supervisor", desk.office.elsewhere)
    assert (await desk.get(f"/dashboard/quarantine/phones/{phone.device}")).status_code == 404
    assert (await post(desk, phone, "open", item=str(one.id))).status_code == 404
    await post(desk, phone, "file")
    assert await states(desk, phone) == [("waiting", None)]
    assert await noted(desk, "salvage_opened") == []


async def test_it_stays_sealed_until_it_is_opened_and_that_is_noted(desk: Harbor) -> None:
    phone = await lost_phone(desk)
    await delivered(desk, phone, [note_of(desk, phone), note_of(desk, phone, "Another day.")])
    await desk.enter()
    assert "Sealed work" in await rows(desk)
    assert "2 changes" in await desk.page("/dashboard/quarantine")
    page = await desk.page(f"/dashboard/quarantine/phones/{phone.device}")
    assert WORDS not in page
    first, second = await items(desk, phone)
    opened = unescape((await post(desk, phone, "open", item=str(first.id), **{f"reason_{second.id}": "A test."})).text)
    assert WORDS in opened
    assert '<article class="note">' in opened
    assert "Another day." not in opened
    assert 'value="A test."' in opened
    assert await noted(desk, "salvage_opened") == [(phone.device, "1")]
    for wrong in ("", "0", "x", str(first.id + 1000)):
        assert (await post(desk, phone, "open", item=wrong)).status_code == 404


async def test_filed_as_written_in_order(desk: Harbor) -> None:
    phone = await lost_phone(desk)
    raws = [note_of(desk, phone), note_of(desk, phone, "Another day."), note_of(desk, phone, "Not mine.", specialist=0)]
    await delivered(desk, phone, raws, left=0)
    await desk.enter()
    words = unescape((await post(desk, phone, "file")).text)
    assert "3 changes are settled" in words
    assert "2 received, 1 came back, 0 set aside" in words
    assert "the person is not on that caseload" in words
    assert await states(desk, phone) == [("filed", "applied"), ("filed", "applied"), ("filed", "rejected")]
    notes = {record.doc: record for record in await desk.records()}
    sent = [msgspec.json.decode(raw) for raw in raws[:2]]
    assert [notes[one["doc"]].fields["answers"]["did"] for one in sent] == [WORDS, "Another day."]
    assert {notes[one["doc"]].author for one in sent} == {phone.person}
    assert "Sealed work" not in await rows(desk)
    assert await noted(desk, "salvage_opened") == []


async def test_set_aside_with_a_reason_goes_back_to_its_author(desk: Harbor) -> None:
    phone = await lost_phone(desk)
    await delivered(desk, phone, [note_of(desk, phone), note_of(desk, phone, "Another day.")])
    first, _ = await items(desk, phone)
    await desk.enter()
    refused = await post(desk, phone, "file", **{f"reason_{first.id}": "x" * 201})
    assert refused.status_code == 422
    assert await states(desk, phone) == [("waiting", None)] * 2
    words = unescape((await post(desk, phone, "file", **{f"reason_{first.id}": "Written twice."})).text)
    assert "1 received, 0 came back, 1 set aside" in words
    assert "Written twice." in words
    assert await states(desk, phone) == [("set_aside", "rejected"), ("filed", "applied")]
    back = [r for r in await desk.records("returned") if r.fields["device"] == phone.device]
    assert [(r.fields["code"], r.fields.get("reason")) for r in back] == [("SET_ASIDE", "Written twice.")]


async def test_a_gap_is_told_and_passed_only_on_purpose(desk: Harbor) -> None:
    phone = await lost_phone(desk)
    raws = [note_of(desk, phone, f"Day {day}.") for day in range(4)]
    await delivered(desk, phone, [raws[0], raws[3]])
    await desk.enter()
    words = unescape((await post(desk, phone, "file")).text)
    assert "Items 2 to 3 are missing" in words
    assert await states(desk, phone) == [("filed", "applied"), ("waiting", None)]
    await delivered(desk, phone, raws[1:2])
    assert "Items 3 to 3 are missing" in unescape((await post(desk, phone, "file")).text)
    assert "1 change is settled" in unescape((await post(desk, phone, "file", past_gaps="yes")).text)
    assert {state for state, _ in await states(desk, phone)} == {"filed"}


async def test_what_does_not_open_is_never_skipped_in_silence(desk: Harbor) -> None:
    phone = await lost_phone(desk)
    kid, point = phone.seal_kid, phone.seal_point
    other = Phone(desk.office.client, phone.person, phone.epoch)
    phone.seal_point = other.point
    await delivered(desk, phone, [note_of(desk, phone)])
    phone.seal_kid, phone.seal_point = kid, point
    await delivered(desk, phone, [note_of(desk, phone, "Another day.")])
    first, _ = await items(desk, phone)
    await desk.enter()
    assert "This one does not open" in (await post(desk, phone, "open", item=str(first.id))).text
    refused = await post(desk, phone, "file")
    assert refused.status_code == 422
    assert f'id="f-reason_{first.id}-error"' in refused.text
    assert await states(desk, phone) == [("waiting", None)] * 2
    await post(desk, phone, "file", **{f"reason_{first.id}": "Damaged."})
    assert [state for state, _ in await states(desk, phone)] == ["set_aside", "filed"]


async def test_without_the_key_nothing_is_done_and_it_says_so(desk: Harbor) -> None:
    phone = await lost_phone(desk)
    await delivered(desk, phone, [note_of(desk, phone)])
    (one,) = await items(desk, phone)
    await desk.enter()
    (desk.office.access.settings.keys / f"seal-{phone.seal_kid}.pem").unlink()
    for act in ({"act": "open", "item": str(one.id)}, {"act": "file"}):
        answer = await post(desk, phone, **act)
        assert answer.status_code == 422
        assert "key file is not on the server" in unescape(answer.text)
    assert await states(desk, phone) == [("waiting", None)]


async def test_words_of_a_draft_stay_its_authors_and_still_arrive(desk: Harbor) -> None:
    phone = await lost_phone(desk)
    doc = note_of(desk, phone)  # only for a fresh id
    draft = {"form": "one_on_one@1", "content": '{"did":["We walked far."]}'}
    raw = phone.capture("create", "draft", msgspec.json.decode(doc)["doc"], f"me:{phone.person}", set=draft)
    await delivered(desk, phone, [doc, raw])
    await desk.enter()
    found = await items(desk, phone)
    opened = (await post(desk, phone, "open", item=str(found[1].id))).text
    assert "walked" not in opened
    assert "for its author only" in opened
    await post(desk, phone, "file")
    assert (await states(desk, phone))[0] == ("filed", "applied")


async def test_no_words_stand_in_an_address_or_the_log(desk: Harbor, caplog: pytest.LogCaptureFixture) -> None:
    phone = await lost_phone(desk)
    await delivered(desk, phone, [note_of(desk, phone)])
    await desk.enter()
    (one,) = await items(desk, phone)
    opened = (await post(desk, phone, "open", item=str(one.id))).text
    for address in re.findall(r'(?:href|action|formaction)="([^"]*)"', opened):
        parts = re.split(r"[/?#=&]", address)
        assert all(is_id(part) or re.fullmatch(r"[a-z0-9_.-]*", part) for part in parts), address
    assert WORDS not in caplog.text


async def test_what_was_signed_together_is_set_aside_together(desk: Harbor) -> None:
    phone = await lost_phone(desk)
    create = msgspec.json.decode(note_of(desk, phone)) | {"bundle": "b1", "bundle_size": 2}
    sign = msgspec.json.decode(
        phone.capture("sign", "note", create["doc"], create["bucket"], content_hash="0" * 64, bundle="b1", bundle_size=2)
    )
    await delivered(desk, phone, [msgspec.json.encode(create), msgspec.json.encode(sign), note_of(desk, phone, "Later.")])
    first, _, _ = await items(desk, phone)
    await desk.enter()
    words = unescape((await post(desk, phone, "file", **{f"reason_{first.id}": "Written twice."})).text)
    assert "1 received, 0 came back, 2 set aside" in words
    assert [state for state, _ in await states(desk, phone)] == ["set_aside", "set_aside", "filed"]
