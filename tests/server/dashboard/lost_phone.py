"""A specialist's phone that is locked with work still on it, in the demo organisation."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from server.storage import devices, organisations
from server.storage.devices import NewPhone
from tests.server.dashboard.harbor import Harbor
from tests.support.phone import Phone
from tests.support.sealing import from_base64url

WORDS = "We looked at three flats & wrote down what each costs."


async def lost_phone(desk: Harbor, *, org: int | None = None, person: str | None = None) -> Phone:
    """Enrolled for the second specialist, then locked."""
    whose = person or desk.people.specialists[1].id
    async with desk.office.storage.read() as rows:
        epoch = await organisations.current_epoch(rows)
        house = await organisations.organisation(rows, org or desk.org)
    assert epoch
    assert house
    phone = Phone(desk.office.client, whose, epoch.epoch)
    phone.seal_kid, phone.seal_point = house.seal_kid, from_base64url(house.seal_key)
    hashed = sha256(phone.deposit.encode()).hexdigest()
    new = NewPhone(phone.device, house.id, whose, phone.point, hashed, desk.office.clock())
    boss = desk.people.administrator.id

    async def enrol(tx: Any) -> None:
        await devices.add_phone(tx, new)
        await devices.revoke(tx, house.id, phone.device, mode="lock", by=boss, now=desk.office.clock())

    await desk.office.storage.write(enrol)
    return phone


def note_of(desk: Harbor, phone: Phone, words: str = WORDS, specialist: int = 1, **more: Any) -> bytes:
    """A note about somebody of that specialist's caseload."""
    person = next(p for p in desk.people.participants if p.specialist == specialist and not p.is_newcomer)
    return phone.note(person.id, words, **more)[1]


async def delivered(desk: Harbor, phone: Phone, raws: list[bytes], **more: Any) -> None:
    answer = await phone.salvage([phone.sealed(raw) for raw in raws], **more)
    assert answer.status_code == 200, answer.text
    assert {one["outcome"] for one in answer.json()["results"]} <= {"kept"}
