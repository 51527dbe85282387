"""Requests that are not what they should be: dripping, cut, wrongly packed, far too large, sent again.

All against the real office, byte by byte. Nothing of it is decided, every refusal has its stated code, memory stays
bounded, and the phones beside them are served.
"""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from server.bench.office import memory_mb
from tests.faults.crowd import Crowd, connected, enrolled
from tests.support.carrier import Carrier
from tests.support.office import Office
from tests.support.proof import often, tell

MIB = 1024 * 1024
PUSH = "/sync/v1/push"


class Scene(NamedTuple):
    office: Office
    phone: Carrier
    crowd: Crowd
    http: httpx.AsyncClient


@pytest.fixture
async def scene(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Scene]:
    """A real office (with the fault that the test names) and one phone that has been heard once."""
    phones = await enrolled(tmp_path, 1)
    crowd, office = Crowd(phones), Office(tmp_path, fault=getattr(request, "param", "")).start()
    try:
        async with connected(phones, office.url) as http:
            crowd.capture(phones[0], 2)
            await crowd.empty()
            yield Scene(office, phones[0], crowd, http)
    finally:
        office.stop()


def head_of(phone: Carrier, body: bytes, length: int, **more: str) -> bytes:
    """The head of a properly signed push of `body`, which claims `length`."""
    lines = {
        "host": "office", "content-type": "application/json", "content-length": str(length),
        "alongside-device": phone.device, "alongside-nonce": phone.nonce,
        "alongside-signature": phone.sign(PUSH, body, phone.nonce), **more,
    }  # fmt: skip
    return f"POST {PUSH} HTTP/1.1\r\n".encode() + b"".join(f"{k}: {v}\r\n".encode() for k, v in lines.items()) + b"\r\n"


async def answer_to(port: int, *pieces: bytes, is_ended: bool = False) -> tuple[int, bytes]:
    """Status and body of what the office answers to these bytes; (0, b"") if it hangs up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        if is_ended:
            writer.write_eof()
        said = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 20)
        length = next((int(line[15:]) for line in said.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
        return int(said.split()[1]), await reader.readexactly(length)
    except (asyncio.IncompleteReadError, ConnectionError):
        return 0, b""
    finally:
        writer.close()


async def test_what_is_not_a_request_is_refused_and_nothing_is_decided(scene: Scene) -> None:
    """Truncated, wrongly compressed, a bomb, too large, nested without end, not UTF-8, not JSON, for somebody else."""
    office, phone, crowd, _ = scene
    good = phone.push_body([phone.note(crowd.people[phone.device])[1]], phone.n - 1)
    bomb = gzip.compress(bytes(500 * MIB), 9)
    other = json.dumps({**json.loads(good), "device": "01a052d1-a159-76b5-bf6b-acda21c76d84"}).encode()
    packed = {"content-encoding": "gzip"}
    cases = [
        ("cut gzip", gzip.compress(good)[:-9], packed, 400, "UNREADABLE"),
        ("two gzip members", gzip.compress(good) + gzip.compress(b"{}"), packed, 400, "UNREADABLE"),
        ("gzip that is none", good, packed, 400, "UNREADABLE"),
        ("another packing", good, {"content-encoding": "br"}, 400, "UNREADABLE"),
        ("a bomb", bomb, packed, 413, "TOO_LARGE"),
        ("2 MiB and a byte", b"[" + b" " * (2 * MIB), {}, 413, "TOO_LARGE"),
        ("over 1 MiB of changes", good[:-1] + b" " * MIB + b"}", {}, 413, "TOO_LARGE"),
        ("no JSON", b"changes", {}, 400, "UNREADABLE"),
        ("nothing", b"", {}, 400, "UNREADABLE"),
        ("not UTF-8", good.replace(b"We talked", b"\xff\xfe talked"), {}, 200, "SCHEMA_UNREADABLE"),
        ("nested without end", b'{"v":' + b"[" * 300_000, {}, 400, "UNREADABLE"),
        ("a field too many", good[:-1] + b',"more":1}', {}, 400, "UNREADABLE"),
        ("a fraction", good.replace(b'"schema":1', b'"schema":1.5'), {}, 400, "UNREADABLE"),
        ("for another device", other, {}, 400, "UNREADABLE"),
    ]  # fmt: skip
    before = memory_mb(office.process.pid)
    for name, body, more, status, code in cases:
        await phone.pull()
        found, said = await answer_to(office.port, head_of(phone, body, len(body), **more), body)
        assert (found, code.encode() in said) == (status, True), (name, found, said[:300])
    assert memory_mb(office.process.pid) - before < 100
    assert (await phone.pull()).json()["next_n"] == phone.n, "only the unreadable change has its place, in quarantine"
    assert (await phone.push([crowd_note(phone, crowd)])).json()["results"][0]["outcome"] == "applied"
    tell("requests that are none", refused=len(cases) - 1, in_quarantine=1)


def crowd_note(phone: Carrier, crowd: Crowd) -> bytes:
    return phone.note(crowd.people[phone.device])[1]


async def test_a_body_that_breaks_off_is_not_decided(scene: Scene) -> None:
    """Cut at any byte, the connection gone: the office decides nothing of it; whole, it decides it once."""
    office, phone, crowd, _ = scene
    raw = crowd_note(phone, crowd)
    body = gzip.compress(phone.push_body([raw], phone.n - 1))
    cuts = range(0, len(body), max(1, len(body) // often(12, 200)))
    await phone.pull()
    for cut in cuts:
        head = head_of(phone, body, len(body), **{"content-encoding": "gzip"})
        status, _ = await answer_to(office.port, head, body[:cut], is_ended=True)
        assert status in {0, 400}, status
        assert (await phone.pull(open=[phone.n - 1])).json()["receipts"] == []
    assert (await phone.push([raw])).json()["results"][0]["outcome"] == "applied"
    tell("bodies that break off", cuts=len(cuts), then_decided_once=1)


async def test_a_body_without_a_length_is_held_no_further_than_its_limit(scene: Scene) -> None:
    """Chunks without end: refused once they are too many, not when memory is gone."""
    office, phone, _, _ = scene
    head = head_of(phone, b"", 0).replace(b"content-length: 0\r\n", b"transfer-encoding: chunked\r\n")
    before = memory_mb(office.process.pid)
    chunk = b"10000\r\n" + bytes(65_536) + b"\r\n"
    status, said = await answer_to(office.port, head, *[chunk] * 100)
    assert status in {0, 413}, (status, said)
    assert memory_mb(office.process.pid) - before < 50


async def test_a_recorded_request_is_worth_nothing_later(scene: Scene) -> None:
    """Replayed at once, after others, after a restart: 401 with a fresh nonce, and nothing changes."""
    office, phone, crowd, _ = scene
    raw = crowd_note(phone, crowd)
    body = phone.push_body([raw], phone.n - 1)
    await phone.pull()
    recorded = head_of(phone, body, len(body)) + body
    statuses = [(await answer_to(office.port, recorded))[0] for _ in range(3)]
    assert statuses == [200, 401, 401]
    office.stop()
    office.start()
    status, said = await answer_to(office.port, recorded)
    assert (status, json.loads(said)["code"]) == (401, "STALE_NONCE")
    assert (await phone.pull()).json()["next_n"] == phone.n


@pytest.mark.parametrize("scene", ["slow-disk"], indirect=True)
async def test_the_same_bytes_while_the_first_are_still_being_decided(scene: Scene) -> None:
    """A phone that gave up too early and asks again, several times over: decided once, one receipt for all."""
    _, phone, crowd, http = scene
    raws = [crowd_note(phone, crowd) for _ in range(5)]
    twins = []
    for _ in range(6):
        twin = Carrier(http, phone.person, phone.epoch, phone.device)
        twin.key = phone.key
        await twin.pull()
        twins.append(twin)
    answers = await asyncio.gather(*(twin.push(raws) for twin in twins))
    assert {answer.status_code for answer in answers} == {200}
    assert len({json.dumps(answer.json()["results"]) for answer in answers}) == 1
    assert (await phone.pull()).json()["next_n"] == phone.n


@pytest.mark.parametrize("scene", ["impatient"], indirect=True)
async def test_dripping_requests_stop_nobody_and_are_hung_up(scene: Scene) -> None:
    """Heads and bodies that never end, on many connections: phones are served meanwhile, the connections are closed."""
    office, phone, crowd, _ = scene
    count = often(150, 1_000)
    body = b"{" + b" " * 60_000
    head = head_of(phone, body, len(body))
    hung_up = 0

    async def drip(text: bytes) -> None:
        nonlocal hung_up
        reader, writer = await asyncio.open_connection("127.0.0.1", office.port)
        gone = asyncio.create_task(reader.read())
        try:
            for at in range(len(text)):
                writer.write(text[at : at + 1])
                await writer.drain()
                if (await asyncio.wait({gone}, timeout=0.05))[0]:
                    break
            await asyncio.wait_for(gone, 30)
            hung_up += 1
        except ConnectionError:
            hung_up += 1
        finally:
            gone.cancel()
            writer.close()

    kinds = [b"", head[:200], head + body]
    drips = [asyncio.create_task(drip(kinds[number % 3])) for number in range(count)]
    served = 0
    while not all(task.done() for task in drips):
        crowd.capture(phone, 1)
        await phone.exchange()
        served += 1
        await asyncio.sleep(0.02)
    await asyncio.gather(*drips)
    tell("dripping connections", connections=count, hung_up=hung_up, pushes_meanwhile=served)
    assert hung_up == count
    assert served > 0
