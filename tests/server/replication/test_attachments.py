"""Photos and scans come in pieces, sealed; whatever is cut off goes on; nobody else's is read, and nothing is kept twice."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

import pytest

from server.storage import attachments
from server.storage.devices import revoke
from sync.messages import ATTACHMENT_LIMIT_BYTES, PIECE_LIMIT_BYTES
from sync.salvage import WITHOUT_BACKUP_MS
from tests.server.replication.test_salvage import back_up
from tests.support.core import Core
from tests.support.phone import Phone, new_id

PATH = "/sync/v1/attachment"


def name(sealed: bytes) -> str:
    return hashlib.sha256(sealed).hexdigest()


async def send(phone: Phone, sealed: bytes, begins: int, ends: int, **more: Any) -> dict[str, Any]:
    answer = await phone.send_piece(sealed, begins, ends, **more)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_stranger_is_refused_and_nothing_is_kept(core: Core, org: int, phone: Phone) -> None:
    sealed = secrets.token_bytes(100)
    thief = Phone(core.http, phone.person, core.epoch, device=phone.device)
    headers = {"alongside-device": phone.device, "alongside-deposit": "not the token"}
    for answer in (
        await core.http.post(PATH, content=phone.piece_body(sealed, 0, 100)),
        await thief.post(PATH, phone.piece_body(sealed, 0, 100)),
        await core.http.post(PATH, content=phone.piece_body(sealed, 0, 100), headers=headers),
    ):
        assert (answer.status_code, answer.json()["code"]) == (401, "NOT_SIGNED")
    assert await core.count("attachment") == 0


async def test_a_phone_speaks_for_itself_alone(core: Core, org: int, phone: Phone) -> None:
    other = await core.phone(org)
    sealed = secrets.token_bytes(100)
    signed = await phone.post(PATH, other.piece_body(sealed, 0, 100))
    headers = {"alongside-device": phone.device, "alongside-deposit": phone.deposit}
    by_token = await core.http.post(PATH, content=other.piece_body(sealed, 0, 100), headers=headers)
    for answer in (signed, by_token):
        assert (answer.status_code, answer.json()["code"]) == (400, "UNREADABLE")
    assert await core.count("attachment") == 0


@pytest.mark.parametrize("cut", [1, 40, 99])
async def test_what_was_cut_off_goes_on_where_it_ended(core: Core, org: int, phone: Phone, cut: int) -> None:
    sealed = secrets.token_bytes(100)
    first = await send(phone, sealed, 0, cut)
    assert (first["have"], first["seq"]) == (cut, 0)
    # The answer was lost: the same piece again changes nothing, and tells how far it is.
    assert (await send(phone, sealed, 0, cut))["have"] == cut
    assert (await send(phone, sealed, 100, 100))["have"] == cut
    last = await send(phone, sealed, cut, 100)
    assert (last["have"], last["seq"], last["epoch"]) == (100, 1, core.epoch)
    async with core.storage.read() as rows:
        assert await attachments.whole(rows, org, name(sealed)) == sealed
    (head,) = await core.rows("SELECT head FROM org_head")
    assert head["head"] == 1
    again = await send(phone, sealed, 0, cut)
    assert (again["have"], again["seq"]) == (100, 1)


async def test_a_hole_is_not_taken(core: Core, org: int, phone: Phone) -> None:
    sealed = secrets.token_bytes(100)
    await send(phone, sealed, 0, 20)
    assert (await send(phone, sealed, 30, 60))["have"] == 20
    assert (await send(phone, sealed, 10, 60))["have"] == 20
    assert (await send(phone, sealed, 20, 60, size=70))["have"] == 20, "another size is another upload"
    assert (await send(phone, sealed, 20, 100))["seq"] == 1


async def test_bytes_that_are_not_what_their_name_says_are_thrown_away(core: Core, org: int, phone: Phone) -> None:
    sealed, other = secrets.token_bytes(100), secrets.token_bytes(100)
    await send(phone, sealed, 0, 50)
    wrong = await send(phone, other, 50, 100, id=name(sealed))
    assert (wrong["have"], wrong["seq"]) == (0, 0)
    assert await core.count("attachment") == 0
    assert await core.count("attachment_piece") == 0
    assert (await send(phone, sealed, 0, 100))["seq"] == 1


async def test_another_organisation_holds_its_own(core: Core, org: int, phone: Phone) -> None:
    sealed = secrets.token_bytes(100)
    await send(phone, sealed, 0, 60)
    elsewhere = await core.organisation("Elsewhere")
    stranger = await core.phone(elsewhere)
    assert (await send(stranger, sealed, 100, 100))["have"] == 0, "what another organisation has is not told"
    assert (await send(stranger, sealed, 0, 100))["seq"] == 1
    async with core.storage.read() as rows:
        assert await attachments.whole(rows, org, name(sealed)) is None


async def test_two_phones_may_bring_the_same_one(core: Core, org: int, phone: Phone) -> None:
    sealed = secrets.token_bytes(100)
    await send(phone, sealed, 0, 60)
    second = await core.phone(org)
    assert (await send(second, sealed, 60, 100))["seq"] == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"size": ATTACHMENT_LIMIT_BYTES + 1},
        {"size": 3},
        {"id": "0" * 63},
        {"data": "!!!!"},
        {"data": "A"},
        {"offset": -1},
        {"v": 2},
        {"more": 1},
    ],
)
async def test_what_no_phone_sends_is_unreadable(core: Core, org: int, phone: Phone, wrong: dict[str, Any]) -> None:
    answer = await phone.send_piece(secrets.token_bytes(100), 0, 100, **wrong)
    assert (answer.status_code, answer.json()["code"]) == (400, "UNREADABLE")
    assert await core.count("attachment") == 0


async def test_a_piece_has_a_limit(core: Core, org: int, phone: Phone) -> None:
    sealed = secrets.token_bytes(PIECE_LIMIT_BYTES + 100)
    answer = await phone.send_piece(sealed, 0, len(sealed))
    assert answer.status_code in {400, 413}
    assert (await send(phone, sealed, 0, PIECE_LIMIT_BYTES))["have"] == PIECE_LIMIT_BYTES


async def test_one_who_begins_and_never_ends_is_told_to_wait(
    core: Core, org: int, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "UNFINISHED_LIMIT", 2)
    for _ in range(2):
        await send(phone, secrets.token_bytes(100), 0, 10)
    answer = await phone.send_piece(secrets.token_bytes(100), 0, 10)
    assert (answer.status_code, answer.json()["code"]) == (429, "THROTTLED")
    assert await core.count("attachment") == 2


async def test_a_locked_phone_delivers_its_photos_and_is_wiped_only_when_they_are_safe(
    core: Core, org: int, phone: Phone
) -> None:
    await phone.push([phone.participant()[1]])
    await core.storage.write(lambda tx: revoke(tx, org, phone.device, mode="lock", by=new_id(), now=core.clock()))
    sealed = secrets.token_bytes(100)
    headers = {"alongside-device": phone.device, "alongside-deposit": phone.deposit}
    await back_up(core, org)
    assert (await phone.salvage([])).json()["is_wipe_due"] is True
    for begins in (0, 50):
        answer = await core.http.post(PATH, content=phone.piece_body(sealed, begins, begins + 50), headers=headers)
        assert answer.status_code == 200
    assert answer.json()["seq"] == 2
    assert (await phone.salvage([])).json()["is_wipe_due"] is False
    await back_up(core, org)
    assert (await phone.salvage([])).json()["is_wipe_due"] is True


async def test_without_backups_a_photo_counts_by_its_age(core: Core, org: int, phone: Phone) -> None:
    await send(phone, secrets.token_bytes(100), 0, 100)
    assert (await phone.salvage([])).json()["is_wipe_due"] is False
    later = core.clock() + WITHOUT_BACKUP_MS + 1000
    core.clock = lambda: later
    assert (await phone.salvage([])).json()["is_wipe_due"] is True
