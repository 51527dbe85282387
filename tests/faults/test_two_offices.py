"""Two office processes on one database file, as when somebody starts a second one by mistake or during an update.

Both answer, or the second refuses to start; either way nothing is lost, doubled or out of order.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import httpx
import pytest

from tests.faults.crowd import Crowd, enrolled
from tests.support.carrier import Carrier
from tests.support.office import Office
from tests.support.proof import often, tell


@pytest.mark.filterwarnings("ignore::ResourceWarning")
async def test_two_offices_on_one_file(tmp_path: Path) -> None:
    """Phones speak to one and the other in turn, the same bytes go to both at once: one history comes of it."""
    phones = await enrolled(tmp_path, 4)
    crowd = Crowd(phones)
    offices = [Office(tmp_path), Office(tmp_path)]
    rounds, twice = often(12, 120), 0
    try:
        for office in offices:
            office.start()
        async with httpx.AsyncClient(timeout=60) as http:

            async def work(phone: Carrier) -> None:
                nonlocal twice
                for turn in range(rounds):
                    crowd.capture(phone, 4)
                    other = Carrier(phone.http, phone.person, phone.epoch, phone.device)
                    other.key = phone.key
                    raws = [phone.outbox[n] for n in sorted(phone.outbox)]
                    phone.http, other.http = (At(http, office.url) for office in (offices[turn % 2], offices[1 - turn % 2]))
                    answers = await asyncio.gather(phone.push(raws), other.push(raws))
                    said = {json.dumps(a.json()["results"]) for a in answers if a.status_code == 200}
                    assert len(said) <= 1, "two receipts for one change"
                    twice += sum(a.status_code == 200 for a in answers) - 1
                    await phone.exchange()

            await asyncio.gather(*map(work, phones))
    finally:
        for office in offices:
            office.stop()
    lost, duplicated = crowd.lost_and_duplicated(offices[0])
    tell(
        "two offices on one file", acknowledged=len(crowd.acknowledged), pushed_to_both=twice, lost=lost,
        duplicated=duplicated,
    )  # fmt: skip
    assert twice > 0
    assert set(crowd.acknowledged) == set(crowd.raws)
    assert (lost, duplicated) == (0, 0)


class At:
    """One client for several offices."""

    def __init__(self, http: httpx.AsyncClient, url: str) -> None:
        self.http = http
        self.url = url

    async def post(self, path: str, **more) -> httpx.Response:
        return await self.http.post(self.url + path, **more)
