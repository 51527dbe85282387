"""The stream of an open dashboard, over a real socket: it says that something changed, at once, and nothing else."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from tests.support.office import Office
from tests.support.phone import Phone

OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}
SAID_WITHIN_S = 3.0


class Served(Office):
    """An office with a small demo organisation; `facts` is what demo.json says."""

    facts: dict[str, Any]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    made = Served(tmp_path_factory.mktemp("live"))
    made.run("demo", "--only-generate", "--notes", "60")
    made.facts = json.loads((made.directory / "demo.json").read_text())
    made.start()
    try:
        yield made
    finally:
        made.stop()


@asynccontextmanager
async def entered(office: Served, name: str = "ruth") -> AsyncIterator[httpx.AsyncClient]:
    account = next(one for one in office.facts["accounts"] if one["sign_in"] == name)
    async with httpx.AsyncClient(base_url=office.url, timeout=10) as client:
        fields = {"sign_in": name, "passphrase": account["passphrase"]}
        assert (await client.post("/sign-in", data=fields, headers=OWN_PAGE)).status_code == 303
        yield client


async def enrolled(office: Served, http: httpx.AsyncClient) -> Phone:
    """The phone that the demo offers its visitor."""
    offered = office.facts["enrolment"]
    phone = Phone(http, "", "")
    asked = {
        "code": offered["code"], "passphrase": offered["passphrase"], "deposit_hash": hashlib.sha256(b"token").hexdigest(),
        "public_key": base64.urlsafe_b64encode(phone.point).decode().rstrip("="),
    }  # fmt: skip
    answer = (await http.post("/sync/v1/enrol", json=asked)).raise_for_status().json()
    phone.device, phone.person, phone.epoch = answer["device"], answer["specialist"], answer["epoch"]
    return phone


async def heard(stream: httpx.Response, told: asyncio.Event) -> None:
    """Notes when the stream says that something changed; anything else it says would be too much."""
    async for line in stream.aiter_lines():
        assert line in {"", "event: opened", ": beat", "event: changed", "id: 1", "data:"}, line
        if line == "event: changed":
            told.set()


async def test_an_open_dashboard_learns_of_a_push_at_once(office: Served) -> None:
    async with entered(office) as ruth, httpx.AsyncClient(base_url=office.url) as http:
        phone = await enrolled(office, http)
        person, first = phone.participant("Ana")
        told = asyncio.Event()
        async with ruth.stream("GET", "/dashboard/live", timeout=30) as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            listening = asyncio.create_task(heard(stream, told))
            await asyncio.sleep(0.3)
            assert not told.is_set()
            doc, note = phone.note(person)
            assert (await phone.push([first, note])).status_code == 200
            await asyncio.wait_for(told.wait(), SAID_WITHIN_S)
            listening.cancel()
        assert doc in (await ruth.get("/dashboard/notes", headers={"Alongside-Background": "1"})).text


async def test_who_lost_the_stream_is_told_to_look_again(office: Served) -> None:
    back = {"Last-Event-ID": "1"}
    async with entered(office, "walter") as walter, walter.stream("GET", "/dashboard/live", headers=back) as stream:
        assert await anext(stream.aiter_lines()) == "event: changed"


async def test_the_stream_ends_with_the_session(office: Served) -> None:
    async with entered(office, "walter") as walter, walter.stream("GET", "/dashboard/live", timeout=30) as stream:
        chunks = stream.aiter_bytes()
        assert await anext(chunks) == b"event: opened\nid: 1\ndata:\n\n"
        assert (await walter.post("/sign-out", headers=OWN_PAGE)).status_code in {200, 303}
        async with entered(office, "ruth") as ruth:
            await stir(ruth)
        assert b"changed" not in b"".join([chunk async for chunk in chunks])


async def stir(ruth: httpx.AsyncClient) -> None:
    """Change something in the organisation."""
    page = (await ruth.get("/dashboard")).text
    doc = page.split('href="/dashboard/kept/')[1].split('"')[0]
    seen = (await ruth.get(f"/dashboard/kept/{doc}")).text.split('name="seen" value="')[1].split('"')[0]
    chosen = {"field": "about", "choice": "standing", "seen": seen}
    assert (await ruth.post(f"/dashboard/kept/{doc}", data=chosen, headers=OWN_PAGE)).status_code == 303
