"""Trouble for the office's screens to show: sealed work, a change that cannot be read, alarms. Written as phones would."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import msgspec

from server.auth import deposits
from server.pokes import Pokes
from server.settings import from_environment
from server.storage import accounts, alarms, devices, organisations, participants, salvage
from server.storage.devices import NewPhone
from server.storage.forms import forms
from server.storage.port import Submission
from server.storage.salvage import Deposit
from server.storage.salvage_filing import Opened, settle
from server.storage.sqlite import SqliteStorage
from sync.messages import SealedItem
from tests.support.office import Office
from tests.support.phone import Phone, new_id, now
from tests.support.sealing import from_base64url

WORDS = (
    "We sat in the park and went through the letter from the housing office. He read it aloud himself.",
    "Called the clinic together. The ride is set for Thursday at nine.",
    "Short talk on the steps. She has the key to her room now.",
)


def make_trouble(office: Office) -> None:
    """Once for an office, while it runs."""
    if getattr(office, "has_trouble", False):
        return
    office.has_trouble = True
    with ThreadPoolExecutor(1) as pool:  # the browser's driver keeps a loop of its own in this thread
        pool.submit(lambda: asyncio.run(_make(office))).result()


async def _make(office: Office) -> None:
    settings = from_environment({"DATABASE": office.environment["DATABASE"], "PORT": str(office.port)})
    async with SqliteStorage.open(settings.database, Pokes(), forms()) as storage, httpx.AsyncClient() as http:
        async with storage.read() as rows:
            (house,) = await organisations.organisations(rows)
            staff = await accounts.specialists(rows, house.id)
            boss = next(p for p, name in (await accounts.names(rows, house.id)).items() if p not in {s[0] for s in staff})
            people = await participants.participants(rows, house.id, "", 400, offset=0)
            known = [phone for phone in await devices.phones(rows, house.id) if phone["state"] == "active"]

        async def locked(person: str) -> Phone:
            phone = Phone(http, person, "e")
            phone.seal_kid, phone.seal_point = house.seal_kid, from_base64url(house.seal_key)
            new = NewPhone(phone.device, house.id, person, phone.point, phone.deposit_hash, now() - 40 * 86_400_000)

            async def enrol(tx: Any) -> None:
                await devices.add_phone(tx, new)
                await devices.revoke(tx, house.id, phone.device, mode="lock", by=boss, now=now() - 86_400_000)

            await storage.write(enrol)
            return phone

        async def deliver(phone: Phone, raws: list[bytes], **more: Any) -> None:
            async with storage.read() as rows:
                owner = await salvage.keeper(rows, house.id, phone.device)
            assert owner
            items = msgspec.convert([phone.sealed(raw) for raw in raws], list[SealedItem])
            await deposits.receive(storage, owner, items, Deposit([], now(), phone.person, **more))

        theirs = {person: [p for p in people if name in p.supporters] for person, name, _ in staff}
        first, second = staff[1][0], staff[2][0]
        phone = await locked(first)
        raws = [phone.note(one.id, words)[1] for one, words in zip(theirs[first], WORDS, strict=False)]
        raws.append(phone.capture(
            "patch", "participant", theirs[first][0].id, f"p:{theirs[first][0].id}",
            set={"contact": "Ring twice, then call the shelter desk."},
        ))  # fmt: skip
        draft = {"form": "one_on_one@1", "content": "{}"}
        raws.append(phone.capture("create", "draft", new_id(), f"me:{first}", set=draft))
        await deliver(phone, raws[:1], left=4)
        async with storage.read() as rows:
            (one,) = await salvage.items(rows, house.id, phone.device)
        await settle(storage, house.id, phone.device, [Opened(one.id, raws[0])], boss, now())
        await deliver(phone, raws[1:], left=1)
        other = await locked(second)
        await deliver(other, [other.note(theirs[second][0].id, WORDS[0])[1]], via="file", brought_by=boss)
        sender = known[0]
        torn = b'{"n": 1, "kind": "create", "type": "note", "set": {"answers": {"did": "We walked to the cli'
        await storage.submit(
            Submission(house.id, sender["id"], sender["person"], "specialist", sender["next_n"], [torn], now())
        )

        async def ring(tx: Any) -> None:
            row = await tx.one("devices.by_id", id=sender["id"])
            await alarms.ring(tx, house.id, "cursor_ahead", row["key"], now=now(), detail="1")

        await storage.write(ring)
