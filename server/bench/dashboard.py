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
PAGES: Final = {
    "units against limits": "/dashboard/units",  # first: what it counts is counted beside the others otherwise
    "needs attention": "/dashboard",
    "activity, 12 weeks": "/dashboard/activity",
    "notes, newest": "/dashboard/notes",
    "notes of a kind, late": "/dashboard/notes?kind=one_on_one&state=late",
    "notes, open flags": "/dashboard/notes?state=flag_open",
    "people not seen": "/dashboard/unseen",
    "phones": "/dashboard/phones",
}


class PageTime(msgspec.Struct, frozen=True):
    """Milliseconds of one page: the first time in a running office, then the middle and the 95th of many."""

    page: str
    first_ms: float
    p50_ms: float
    p95_ms: float


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


async def pages(made: Made) -> list[PageTime]:
    """Times of every page of a real office, over its socket: guard, queries, template and all."""
    async with office(made.database) as (port, _):
        return await asyncio.to_thread(look, port, made.supervisor)


def look(port: int, supervisor: SignIn) -> list[PageTime]:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    cookie = _sign_in(connection, supervisor)
    return [_times(connection, cookie, name, path) for name, path in PAGES.items()]


def _sign_in(connection: HTTPConnection, account: SignIn) -> str:
    body = urlencode({"sign_in": account.sign_in, "passphrase": account.passphrase})
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
    connection.request("POST", "/sign-in", body, headers)
    answer = connection.getresponse()
    answer.read()
    return "; ".join(value.partition(";")[0] for value in answer.headers.get_all("Set-Cookie") or [])


def _times(connection: HTTPConnection, cookie: str, name: str, path: str) -> PageTime:
    times = []
    for _ in range(ROUNDS):
        begun = perf_counter()
        connection.request("GET", path, headers={"Cookie": cookie, "Alongside-Background": "1"})
        answer = connection.getresponse()
        answer.read()
        times.append((perf_counter() - begun) * 1000)
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}")
    return PageTime(name, times[0], median(times), quantiles(times, n=20)[-1])
