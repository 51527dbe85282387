"""The organisation that is measured: twenty specialists with fifteen people each, a reader who may see them all."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Final

import msgspec

from server.bench import content
from server.bench.wire import BenchPhone
from server.clock import now_ms
from server.pokes import Pokes
from server.storage.devices import NewPhone, add_phone
from server.storage.forms import forms
from server.storage.ids import new_id
from server.storage.migrations import migrate
from server.storage.organisations import add_organisation, current_epoch
from server.storage.port import OfficeChange, Submission, Transaction
from server.storage.sqlite import SqliteStorage

PHONES: Final = 20
PEOPLE: Final = 15
CROWD: Final = 500
SITE: Final = {"name": "Harbour House", "zone": "America/New_York", "setting": "drop_in_center"}


class Setting(msgspec.Struct):
    """`writers`, each with its `people`; `crowd` share one specialist and one person; `reader` may see the writers'."""

    database: Path
    epoch: str
    org: int
    site: str
    writers: list[BenchPhone]
    people: dict[str, list[str]]
    crowd: list[BenchPhone]
    reader: BenchPhone
    dice: Random
    prose: content.Prose

    def notes(self, phone: BenchPhone, count: int, now: int) -> list[bytes]:
        """The next notes of a phone, about its people."""
        people = self.people[phone.person]
        first, phone.n = phone.n, phone.n + count
        return [
            content.note(
                self.prose, self.dice, n, person=self.dice.choice(people), author=phone.person, site=self.site, now=now
            )
            for n in range(first, phone.n)
        ]


@contextmanager
def folder() -> Iterator[Path]:
    """A directory on the disk where databases usually live, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="alongside-bench-") as made:
        yield Path(made)


async def make(directory: Path, seed: int) -> Setting:
    """A fresh database with everybody in it and no note yet."""
    database, now, dice = directory / "office.sqlite3", now_ms(), Random(seed)  # noqa: S311 - a benchmark's dice
    migrate(database, now)
    async with SqliteStorage.open(database, Pokes(), forms()) as storage:
        org = await storage.write(lambda tx: add_organisation(tx, "Harbour", now))
        async with storage.read() as rows:
            epoch = await current_epoch(rows)
        if epoch is None:
            raise RuntimeError("the first organisation begins an epoch")
        crowd_person, site = new_id(now), new_id(now)
        setting = Setting(
            database, epoch.epoch, org, site,
            writers=[BenchPhone(new_id(now), now) for _ in range(PHONES)],
            people={},
            crowd=[BenchPhone(crowd_person, now) for _ in range(CROWD)],
            reader=BenchPhone(new_id(now), now),
            dice=dice,
            prose=content.Prose(),
        )  # fmt: skip
        await storage.write(lambda tx: _enrol(tx, setting, now))
        made = OfficeChange("create", "site", site, "org", SITE)
        await storage.submit_office(org, new_id(now), "administrator", [made], now)
        for phone, count in [*((writer, PEOPLE) for writer in setting.writers), (setting.crowd[0], 1)]:
            await _meet(storage, setting, phone, count, now)
    return setting


async def _enrol(tx: Transaction, setting: Setting, now: int) -> None:
    for phone in [*setting.writers, *setting.crowd, setting.reader]:
        await add_phone(tx, NewPhone(phone.device, setting.org, phone.person, phone.point, "0" * 64, now))


async def _meet(storage: SqliteStorage, setting: Setting, phone: BenchPhone, count: int, now: int) -> None:
    """A phone's people, whom the reader may see too."""
    people = setting.people[phone.person] = [new_id(now) for _ in range(count)]
    raws = [
        content.participant(setting.dice, n, doc, author=phone.person, now=now) for n, doc in enumerate(people, phone.n)
    ]
    phone.n += count
    await storage.submit(Submission(setting.org, phone.device, phone.person, "specialist", 1, raws, now))
    if phone in setting.writers:
        reader = setting.reader.person
        changes = [
            OfficeChange(
                "create", "assignment", new_id(now), f"me:{reader}", {"specialist": reader, "participant": doc}
            )
            for doc in people
        ]
        await storage.submit_office(setting.org, new_id(now), "supervisor", changes, now)
