"""The demo organisation inside a test's office, and ways to look at all of it without the dashboard's own queries."""

from __future__ import annotations

from dataclasses import dataclass
from html import unescape
from typing import Any

import httpx

from server.demo import founding_day, make
from server.demo.cast import Cast, cast
from server.storage.records import record_by_doc
from sync.state import Record
from tests.server.auth.office import Office

NOTES = 240
SEED = 11


@dataclass
class Harbor:
    """`org`: the demo organisation; `office` also holds two others, north and south."""

    office: Office
    people: Cast
    org: int

    async def get(self, path: str, **more: Any) -> httpx.Response:
        return await self.office.get(path, **more)

    async def post(self, path: str, fields: dict[str, str] | None = None, **more: Any) -> httpx.Response:
        return await self.office.post(path, fields, **more)

    async def page(self, path: str) -> str:
        """The words of a page that must be there."""
        answer = await self.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return unescape(answer.text)

    async def enter(self, name: str = "ruth") -> None:
        member = next(one for one in self.people.members if one.sign_in == name)
        answer = await self.post("/sign-in", {"sign_in": name, "passphrase": member.passphrase or ""})
        assert answer.status_code == 303

    async def records(self, noun: str = "note") -> list[Record]:
        """Every record of a kind, one by one: what the figures must agree with."""
        async with self.office.storage.read() as rows:
            found = await rows._connection.execute_fetchall(
                "SELECT doc FROM record WHERE org = ? AND type = ? ORDER BY doc", (self.org, noun)
            )
            records = [await record_by_doc(rows, self.org, row["doc"]) for row in found]
        return [record for record in records if record]

    async def reads(self) -> list[dict[str, Any]]:
        return [entry for entry in await self.office.log() if entry["action"] == "read"]


async def harbor(office: Office) -> Harbor:
    now = office.clock()
    people = cast(SEED, founding_day(now), NOTES)
    org = await make(office.access, people, now, notes=NOTES, seed=SEED)
    return Harbor(office, people, org)
