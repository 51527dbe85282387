"""A line that cuts, swallows, repeats and replays between phone and office: work arrives once, and is known to have."""

from __future__ import annotations

import contextlib
import json
import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.faults.crowd import Crowd, connected, enrolled
from tests.support.carrier import Carrier, NoAnswer
from tests.support.line import Fate, Line
from tests.support.office import Office
from tests.support.proof import often, tell

CAPTIVE = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 21\r\n\r\n<h1>Free Wi-Fi</h1>.."
HALF = b'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 14\r\n\r\n{"results":[]}'
BROKEN = b'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 12\r\n\r\n{"results":['


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[tuple[Office, Line, Crowd]]:
    """An office, a line that is good until the test says otherwise, and three phones on it."""
    phones = await enrolled(tmp_path, 3)
    crowd, office = Crowd(phones), Office(tmp_path).start()
    try:
        async with Line(office.port) as line, connected(phones, line.url):
            for phone in phones:
                crowd.capture(phone, 3)
            await crowd.empty()
            yield office, line, crowd
    finally:
        office.stop()


async def test_answers_cut_after_the_commit(place: tuple[Office, Line, Crowd]) -> None:
    """Requests vanish, answers vanish or break off, proxies send twice: each change once, each receipt as it was."""
    office, line, crowd = place
    dice = random.Random(5)
    fates: list[Fate] = [*["through"] * 5, "lose request", "lose answer", "lose answer", "cut answer", "repeat"]
    line.fate = lambda _: dice.choice(fates)
    for _ in range(often(8, 80)):
        for phone in crowd.phones:
            crowd.capture(phone, dice.randrange(1, 12))
        await crowd.empty()
    line.fate = lambda _: "through"
    await crowd.empty()
    lost, duplicated = crowd.lost_and_duplicated(office)
    tell(
        "requests and answers swallowed, cut, sent twice", acknowledged=len(crowd.acknowledged), swallowed=line.lost,
        lost=lost, duplicated=duplicated,
    )  # fmt: skip
    assert line.lost > 20
    assert (lost, duplicated) == (0, 0)
    assert set(crowd.acknowledged) == set(crowd.raws)


async def test_old_answers_replayed_to_the_phone(place: tuple[Office, Line, Crowd]) -> None:
    """A proxy that answers from its memory settles nothing, takes nothing back, and is not believed."""
    _, line, crowd = place
    phone = crowd.phones[0]
    recorded = []
    for _ in range(3):
        crowd.capture(phone, 2)
        await phone.send()
        recorded.append(line.last_answer)
        await phone.exchange()
        recorded.append(line.last_answer)
    cursors, rows = dict(phone.since), dict(phone.rows)
    settled = len(phone.receipts)
    crowd.capture(phone, 2)
    for old in recorded:
        line.instead = [old]
        with pytest.raises(NoAnswer):
            await phone.send()
        assert len(phone.receipts) == settled
        assert len(phone.outbox) == 2
    for old in recorded[1::2]:
        line.instead = [old]
        with contextlib.suppress(NoAnswer):
            await phone.fetch()
        assert all(phone.since[bucket] >= seq for bucket, seq in cursors.items())
        assert {doc: row["seq"] for doc, row in phone.rows.items()} == {doc: row["seq"] for doc, row in rows.items()}
    await phone.exchange()
    assert len(phone.receipts) == settled + 2
    tell("old answers replayed to the phone", replayed=len(recorded) * 3 // 2, settled_wrongly=len(phone.receipts) - settled - 2)


@pytest.mark.parametrize("answer", [CAPTIVE, HALF, BROKEN], ids=["captive portal", "fields missing", "cut JSON"])
async def test_what_is_not_the_offices_answer_is_none(place: tuple[Office, Line, Crowd], answer: bytes) -> None:
    """200 is not enough: nothing is settled by it, and everything arrives later."""
    _, line, crowd = place
    phone: Carrier = crowd.phones[0]
    crowd.capture(phone, 4)
    line.instead = [answer] * 2
    for _ in range(2):
        with pytest.raises(NoAnswer):
            await phone.send()
    assert len(phone.outbox) == 4
    await phone.exchange()
    assert not phone.outbox


async def test_a_receipt_for_other_bytes_is_a_fork(place: tuple[Office, Line, Crowd]) -> None:
    """A clone pushed first under this number: the phone learns it from the hash and settles nothing."""
    _, line, crowd = place
    phone = crowd.phones[0]
    clone = Carrier(phone.http, phone.person, phone.epoch, phone.device)
    clone.key, clone.n = phone.key, phone.n
    person = crowd.people[phone.device]
    phone.keep(phone.note(person, "mine")[1])
    assert (await clone.push([clone.note(person, "the clone's")[1]])).status_code == 200
    phone.is_in_doubt = True
    for step in (phone.resolve, phone.send):
        with pytest.raises(Exception, match="DEVICE_FORKED"):
            await step()
    assert len(phone.outbox) == 1
    assert [json.loads(request.body)["first_n"] for request in line.heard if request.path.endswith("push")][-1] == clone.n - 1
