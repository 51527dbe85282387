"""The dashboard's pages over a large demo organisation: how long the office takes for each, beginning to end."""

from __future__ import annotations

import asyncio
from http.client import HTTPConnection
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Final
from urllib.parse import urlencode

import msgspec

from server import demo
from server.bench.note_writer import note_writer
from server.bench.office import office
from server.clock import now_ms
from server.demo.sign_ins import SignIn
from server.pokes import Pokes
from server.settings import from_environment
from server.storage.forms import forms
from server.storage.migrations import migrate
from server.storage.sqlite import SqliteStorage

ROUNDS: Final = 40
NOTES: Final = 100_000
ATTENTION: Final = "/dashboard"
ACTIVITY: Final = "/dashboard/activity"
PAGES: Final = {
    "units against limits": "/dashboard/units",  # first: it waits for what the office counts at its start
    "needs attention": ATTENTION,
    "activity, 12 weeks": ACTIVITY,
    "notes, newest": "/dashboard/notes",
    "notes of a kind, late": "/dashboard/notes?kind=one_on_one&state=late",
    "notes, open flags": "/dashboard/notes?state=flag_open",
    "people not seen": "/dashboard/unseen",
    "phones": "/dashboard/phones",
    "review queue": "/dashboard/review",
    "caseloads": "/dashboard/caseloads",
    "credentials": "/dashboard/credentials",
    "referrals": "/dashboard/referrals",
    "outcomes": "/dashboard/outcomes",
    "exports": "/dashboard/exports",
}


class PageTime(msgspec.Struct, frozen=True):
    """Milliseconds of one page: the first time in a running office, then the middle and the 95th of many."""

    page: str
    first_ms: float
    p50_ms: float
    p95_ms: float


class Times(msgspec.Struct, frozen=True):
    """`pages`: while nothing changes. `first_ms`: of activity, asked for as soon as the office stands.

    `after_note`: the first page, each time right after a phone has pushed a note.
    """

    first_ms: float
    pages: list[PageTime]
    after_note: PageTime


class Made(msgspec.Struct, frozen=True):
    """A demo organisation, its supervisor, and how long it took to make."""

    database: Path
    supervisor: SignIn
    notes: int
    seconds: float


async def organisation(folder: Path, notes: int = NOTES) -> Made:
    """A demo organisation of `notes` notes in a new database."""
    database = folder / "dashboard.sqlite3"
    settings = from_environment({"DATABASE": str(database)})
    migrate(database, now_ms())
    begun = perf_counter()
    async with SqliteStorage.open(database, Pokes(), forms()) as storage:
        made = await demo.prepare(storage, settings, now_ms(), notes=notes, tell=len)
    supervisor = next(account for account in made.accounts if account.role == "supervisor")
    return Made(database, supervisor, notes, perf_counter() - begun)


async def times(made: Made) -> Times:
    """Times of the pages of a real office, over its socket: guard, queries, template and all."""
    writer = await note_writer(made.database)
    async with office(made.database) as (port, _):
        reader = await asyncio.to_thread(Reader, port, made.supervisor)
        first = await asyncio.to_thread(reader.ms, ACTIVITY)
        pages = await asyncio.to_thread(reader.look)
        await writer.phone.connect(port)
        after = []
        for _ in range(ROUNDS):
            await writer.push()
            after.append(await asyncio.to_thread(reader.ms, ATTENTION))
        writer.phone.close()
    return Times(first, pages, _told("needs attention, right after a note", after))


class Reader:
    """A signed-in supervisor with one connection."""

    def __init__(self, port: int, account: SignIn) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=30)
        self._cookie = _sign_in(self._connection, account)

    def look(self) -> list[PageTime]:
        """Every page, again and again."""
        return [_told(name, [self.ms(path) for _ in range(ROUNDS)]) for name, path in PAGES.items()]

    def ms(self, path: str) -> float:
        """How long one page takes."""
        begun = perf_counter()
        self._connection.request("GET", path, headers={"Cookie": self._cookie, "Alongside-Background": "1"})
        answer = self._connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}")
        return (perf_counter() - begun) * 1000


def _sign_in(connection: HTTPConnection, account: SignIn) -> str:
    body = urlencode({"sign_in": account.sign_in, "passphrase": account.passphrase})
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
    connection.request("POST", "/sign-in", body, headers)
    answer = connection.getresponse()
    answer.read()
    return "; ".join(value.partition(";")[0] for value in answer.headers.get_all("Set-Cookie") or [])


def _told(page: str, found: list[float]) -> PageTime:
    return PageTime(page, found[0], median(found), quantiles(found, n=20)[-1])
