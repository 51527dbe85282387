"""A phone in the large organisation: it pushes notes while the dashboard's pages are looked at."""

from __future__ import annotations

from pathlib import Path
from random import Random

from server.bench import content
from server.bench.wire import BenchPhone
from server.clock import now_ms
from server.pokes import Pokes
from server.storage import accounts, attention, review
from server.storage.devices import NewPhone, add_phone
from server.storage.forms import forms
from server.storage.organisations import current_epoch
from server.storage.sqlite import SqliteStorage


class NoteWriter:
    """A specialist's further phone, and a person of their caseload."""

    def __init__(self, phone: BenchPhone, epoch: str, participant: str, site: str) -> None:
        self.phone = phone
        self._epoch = epoch
        self._participant = participant
        self._site = site
        self._dice = Random(7)  # noqa: S311 - a benchmark's dice
        self._prose = content.Prose()

    async def push(self) -> None:
        """One note; it is taken when this returns."""
        phone, now = self.phone, now_ms()
        raw = content.note(
            self._prose, self._dice, phone.n, person=self._participant, author=phone.person, site=self._site, now=now
        )
        phone.n += 1
        answer = (await phone.send("/sync/v1/push", phone.push_body(self._epoch, [raw], now))).json()
        if answer["results"][0]["outcome"] != "applied":
            raise RuntimeError("a note was not taken")


async def note_writer(database: Path) -> NoteWriter:
    """Enrol the phone while no office runs."""
    async with SqliteStorage.open(database, Pokes(), forms()) as storage:
        async with storage.read() as rows:
            (org, *_), epoch = await review.organisations(rows), await current_epoch(rows)
            staff = {person for person, _, _ in await accounts.specialists(rows, org)}
            held = next(one for one in await review.held(rows, org) if one.specialist in staff)
            sites = await attention.sites(rows, org)
        if epoch is None:
            raise RuntimeError("an organisation has an epoch")
        phone, now = BenchPhone(held.specialist, now_ms()), now_ms()
        known = NewPhone(phone.device, org, phone.person, phone.point, "0" * 64, now)
        await storage.write(lambda tx: add_phone(tx, known))
    return NoteWriter(phone, epoch.epoch, held.participant, sites[0].doc)
