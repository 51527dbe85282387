"""What the checks have to do with: an office somewhere, its administrator at the screens, phones enrolled over HTTP."""

from __future__ import annotations

from typing import Any

import httpx
import msgspec

from tests.support.desk import Desk
from tests.support.phone import Phone
from tests.support.sealing import base64url, from_base64url


class Scene:
    """`accounts`: as in demo.json: role, name, sign_in, passphrase."""

    def __init__(self, http: httpx.AsyncClient, accounts: list[dict[str, str]]) -> None:
        self.http = http
        self.accounts = accounts
        self.desk = Desk(http)
        self.people: dict[str, str] = {}
        self._phones: dict[tuple[int, int], Phone] = {}

    async def begin(self) -> None:
        """The administrator signs in and learns who the specialists are."""
        (administrator, *_) = [one for one in self.accounts if one["role"] == "administrator"]
        await self.desk.sign_in(administrator["sign_in"], administrator["passphrase"])
        self.people = await self.desk.specialists()

    def specialist(self, place: int) -> dict[str, str]:
        staff = [one for one in self.accounts if one["role"] == "specialist"]
        return staff[place % len(staff)]

    def person(self, place: int) -> str:
        return self.people[self.specialist(place)["name"]]

    async def phone(self, place: int = 0, which: int = 0) -> Phone:
        """The `which`th phone of the specialist at `place`; the same each time it is asked for."""
        if (place, which) not in self._phones:
            self._phones[place, which] = await self.new_phone(place)
        return self._phones[place, which]

    async def new_phone(self, place: int = 0) -> Phone:
        """A phone that nobody else of the checks touches."""
        account = self.specialist(place)
        phone = Phone(self.http, "", "")
        code = await self.desk.phone_code(self.person(place))
        answer = await self.enrol(phone, code, account["passphrase"])
        assert answer.status_code == 200, answer.text
        said = answer.json()
        phone.device, phone.person, phone.epoch, phone.n = said["device"], said["specialist"], said["epoch"], said["next_n"]
        phone.seal_kid, phone.seal_point = said["seal_kid"], from_base64url(said["seal_key"])
        return phone

    async def recover(self) -> None:
        """After a check that broke off: every phone goes on where the office awaits it."""
        for phone in self._phones.values():
            answer = await phone.pull()
            if answer.status_code == 200:
                phone.n = answer.json()["next_n"]

    async def enrol(self, phone: Phone, code: str, passphrase: str) -> httpx.Response:
        asked = {
            "code": code, "passphrase": passphrase, "app": "conformance",
            "public_key": base64url(phone.point), "deposit_hash": phone.deposit_hash,
        }  # fmt: skip
        return await self.http.post("/sync/v1/enrol", json=asked)

    async def participant(self, phone: Phone, name: str = "Ana") -> str:
        """Somebody whom this phone's specialist supports, made by the phone."""
        doc, raw = phone.participant(name)
        (receipt,) = await results(await phone.push([raw]))
        assert receipt["outcome"] == "applied", receipt
        return doc


async def results(answer: httpx.Response) -> list[dict[str, Any]]:
    assert answer.status_code == 200, (answer.status_code, answer.text[:300])
    return list(answer.json()["results"])


def problem(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of a refusal."""
    return answer.status_code, answer.json()["code"]


def fields_of(raw: bytes) -> dict[str, Any]:
    return dict(msgspec.json.decode(raw)["set"])
