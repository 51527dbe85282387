"""Covers end by themselves: once a cover's last day is over, the office voids the assignment.

The clock only says when to ask. What ends the cover is a change like any other, of the office's own device of whoever
gave it, with a position of its own: nothing that a phone wrote before it is judged by the day.
"""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from datetime import date
from typing import Final

from server.clock import Clock
from server.log import event
from server.storage import accounts, review
from server.storage.access_log import note_access
from server.storage.organisation_settings import organisation_settings
from server.storage.port import Decided, OfficeChange, Rows, Storage, Transaction
from server.storage.records import service_day
from server.storage.repeating import repeating
from server.storage.review import Held
from sync.records.kind import Role

FIRST_AFTER_S: Final = 20.0
EVERY_S: Final = 900.0
_EPOCH_DAY: Final = 719_163


async def end_covers(storage: Storage, now: int) -> int:
    """End every cover whose last day is over where its organisation is; how many."""
    async with storage.read() as rows:
        over = [(org, one) for org in await review.organisations(rows) for one in await _over(rows, org, now)]
        roles = {one.author: await _role(rows, org, one.author) for org, one in over}
    for org, cover in over:
        await _end(storage, org, cover, roles[cover.author], now)
    return len(over)


def regularly(storage: Storage, now: Clock) -> AbstractAsyncContextManager[None]:
    """Look soon after the start, and every quarter of an hour from then on."""

    async def job() -> None:
        if ended := await end_covers(storage, now()):
            event("covers_ended", covers=ended)

    return repeating("covers", job, FIRST_AFTER_S, EVERY_S)


def today(now: int, zone: str) -> str:
    """The day (`YYYY-MM-DD`) of an instant (ms) in an IANA zone."""
    return date.fromordinal(service_day(now, zone) + _EPOCH_DAY).isoformat()


async def _over(rows: Rows, org: int, now: int) -> list[Held]:
    settings = await organisation_settings(rows, org)
    day = today(now, settings.zone if settings else "UTC")
    return [one for one in await review.held(rows, org) if one.until and one.until < day]


async def _role(rows: Rows, org: int, person: str) -> Role:
    """Of the member who gave a cover; who has left gave it as a supervisor."""
    account = await accounts.by_person(rows, org, person)
    return account.role if account and account.role != "specialist" else "supervisor"


async def _end(storage: Storage, org: int, cover: Held, role: Role, now: int) -> None:
    async def note(tx: Transaction, decided: Decided) -> None:
        if decided.receipts and decided.receipts[0].outcome == "applied":
            await note_access(tx, org, cover.author, "assignment_changed", cover.participant, now, "cover_ended")

    change = OfficeChange("void", "assignment", cover.doc, cover.bucket, reason="the cover is over")
    await storage.submit_office(org, cover.author, role, [change], now, note)
