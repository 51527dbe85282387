"""A file from a phone: taken for what its signatures prove, and nothing else."""

from __future__ import annotations

from html import unescape
from typing import Any

import msgspec
import pytest

from server.storage import salvage
from tests.server.auth.office import OWN_PAGE
from tests.server.dashboard.harbor import Harbor
from tests.server.dashboard.lost_phone import lost_phone, note_of
from tests.support.phone import Phone
from tests.support.sealing import base64url

PATH = "/dashboard/quarantine/import"


def file_of(phone: Phone, raws: list[bytes], **more: Any) -> bytes:
    return msgspec.json.encode({
        "v": 1, "device": phone.device, "public_key": base64url(phone.point), "made_at": 1_790_000_000_000,
        "items": [phone.sealed(raw) for raw in raws], **more,
    })  # fmt: skip


async def bring(desk: Harbor, content: bytes | None, **fields: str) -> Any:
    files = {"file": ("alongside.json", content, "application/json")} if content is not None else None
    return await desk.office.client.post(PATH, data=fields, files=files, headers=OWN_PAGE, follow_redirects=False)


async def kept(desk: Harbor, phone: Phone) -> list[salvage.Item]:
    async with desk.office.storage.read() as rows:
        return await salvage.items(rows, desk.org, phone.device)


async def test_a_stranger_brings_nothing_in(desk: Harbor) -> None:
    phone = await lost_phone(desk)
    file = file_of(phone, [note_of(desk, phone)])
    assert (await bring(desk, file)).status_code == 401
    await desk.enter("dana")
    assert (await bring(desk, file)).status_code == 403
    await desk.office.sign_in("supervisor", desk.office.elsewhere)
    answer = await bring(desk, file)
    assert answer.status_code == 422
    assert "phone of another organization" in unescape(answer.text)
    assert await kept(desk, phone) == []


async def test_it_is_kept_item_by_item_and_known_the_second_time(desk: Harbor) -> None:
    phone = await lost_phone(desk)
    raws = [note_of(desk, phone), note_of(desk, phone, "Another day.")]
    forged = phone.sealed(note_of(desk, phone, "Forged."))
    forged["sig"] = phone.sealed(raws[0])["sig"]
    whole = msgspec.json.decode(file_of(phone, raws))
    whole["items"].append(forged)
    await desk.enter()
    words = unescape((await bring(desk, msgspec.json.encode(whole))).text)
    assert "2 wait to be filed." in words
    assert "1 is not signed by this phone" in words
    assert f"/dashboard/quarantine/phones/{phone.device}" in words
    assert [(one.n, one.via, one.brought_by) for one in await kept(desk, phone)] == [
        (1, "file", desk.people.supervisors[0].id), (2, "file", desk.people.supervisors[0].id),
    ]  # fmt: skip
    assert "brought in by" in await desk.page("/dashboard/quarantine")
    await bring(desk, msgspec.json.encode(whole))
    assert len(await kept(desk, phone)) == 2
    await bring(desk, file_of(phone, raws))  # the same work, sealed once more
    filed = await desk.post(f"/dashboard/quarantine/phones/{phone.device}/file")
    assert "4 changes are settled" in unescape(filed.text)
    assert {(one.state, one.outcome) for one in await kept(desk, phone)} == {("filed", "applied")}
    assert "2 were here already." in unescape((await bring(desk, msgspec.json.encode(whole))).text)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "Choose the file first"),
        (b"PK\x03\x04", "not a file that a phone wrote"),
        (b'{"v": 1}', "not a file that a phone wrote"),
        (b"[" * 100_000, "not a file that a phone wrote"),
    ],
)
async def test_what_is_no_such_file_is_told_plainly(desk: Harbor, content: bytes | None, words: str) -> None:
    await desk.enter()
    answer = await bring(desk, content)
    assert answer.status_code == 422
    assert words in unescape(answer.text)
    assert 'id="f-file-error"' in answer.text


async def test_an_empty_a_forged_and_a_huge_file_are_refused(desk: Harbor) -> None:
    phone, thief = await lost_phone(desk), Phone(desk.office.client, "somebody", "e")
    thief.device, thief.seal_kid, thief.seal_point = phone.device, phone.seal_kid, phone.seal_point
    await desk.enter()
    assert "There is no work in this file" in unescape((await bring(desk, file_of(phone, []))).text)
    forged = await bring(desk, file_of(thief, [note_of(desk, thief)]))
    assert "Nothing in this file is signed by its phone" in unescape(forged.text)
    assert (await bring(desk, b" " * (9 * 1024 * 1024))).status_code in {413, 422}
    assert await kept(desk, phone) == []


async def test_a_phone_that_a_restore_has_forgotten_needs_a_name(desk: Harbor) -> None:
    person = desk.people.specialists[1].id
    phone = Phone(desk.office.client, person, "e")
    model = await lost_phone(desk)
    phone.seal_kid, phone.seal_point = model.seal_kid, model.seal_point
    file = file_of(phone, [note_of(desk, phone)])
    await desk.enter()
    asked = await bring(desk, file)
    assert asked.status_code == 422
    assert 'id="f-person"' in asked.text
    assert (await bring(desk, file, person=desk.office.here.people["specialist"])).status_code == 422
    assert await kept(desk, phone) == []
    assert "1 waits to be filed." in unescape((await bring(desk, file, person=person)).text)
    assert [(one.n, one.person) for one in await kept(desk, phone)] == [(1, person)]
    broken = msgspec.json.decode(file_of(Phone(desk.office.client, person, "e"), []))
    broken |= {"public_key": "A" * 87, "items": msgspec.json.decode(file)["items"]}
    assert (await bring(desk, msgspec.json.encode(broken), person=person)).status_code == 422
