"""The storage does what the simulation's model of it does: the same histories, the same receipts, records, caseloads."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import Any

import msgspec
import pytest

from server.pokes import Pokes
from server.storage.devices import Device, NewPhone, add_phone
from server.storage.feed import Ahead, held, page
from server.storage.migrations import migrate
from server.storage.organisations import add_organisation
from server.storage.port import Submission
from server.storage.records import record_by_doc
from server.storage.sqlite import SqliteStorage
from sync.simulation.history import play
from sync.simulation.world import FORMS, START_MS, World
from tests.sync.desk import ALEX, BEN, SUE_DESK, an_id, assignment

POINT = b"\x04" + bytes(64)


async def _retell(storage: SqliteStorage, org: int, world: World) -> list[Any]:
    """Submit a finished history, one submission for each run of changes of one device; the receipts."""
    for asker in world.office.devices.values():
        phone = NewPhone(asker.device, org, asker.person, POINT, "0" * 64, START_MS)
        await storage.write(lambda tx, phone=phone: add_phone(tx, phone))
    receipts: list[Any] = []
    for (device, now), run in groupby(world.office.history, key=lambda entry: (entry.device, entry.receipt.at)):
        entries = list(run)
        asker = world.office.devices[device]
        raws = [entry.parsed.raw for entry in entries]
        first_n = entries[0].parsed.n
        # A hole in the numbering, as of an epoch that ended.
        at = entries[0].receipt.seq - 1
        await storage._writer._tx._connection.execute(f"UPDATE org_head SET head = {at} WHERE head < {at}")
        decided = await storage.submit(Submission(org, device, asker.person, asker.role, first_n, raws, now))
        receipts += decided.receipts
    return receipts


@pytest.mark.parametrize("seed", range(12))
async def test_histories_of_the_simulation(tmp_path: Path, seed: int) -> None:
    """Receipts, every record with its versions and kept values, the conflict table, caseloads, the feed."""
    world = play(seed, is_plain=True)
    path = tmp_path / "office.sqlite3"
    migrate(path, START_MS)
    async with SqliteStorage.open(path, Pokes(), FORMS) as storage:
        org = await storage.write(lambda tx: add_organisation(tx, "Harbour", START_MS))
        assert await _retell(storage, org, world) == [entry.receipt for entry in world.office.history]
        async with storage.read() as rows:
            for doc, record in world.office.records.items():
                assert await record_by_doc(rows, org, doc) == record
            await _check_tables(rows, org, world)
        await storage.look(lambda rows: _check_feed(rows, org, world))


async def test_an_assignment_ended_and_given_again_in_one_transaction(tmp_path: Path) -> None:
    """The rows of the caseload are written in the order of the decisions, not by statement."""
    path = tmp_path / "office.sqlite3"
    migrate(path, START_MS)
    async with SqliteStorage.open(path, Pokes(), {}) as storage:
        org = await storage.write(lambda tx: add_organisation(tx, "Harbour", START_MS))
        phone = NewPhone(SUE_DESK.device, org, SUE_DESK.person, POINT, "0" * 64, START_MS)
        await storage.write(lambda tx: add_phone(tx, phone))
        changes = [assignment(), assignment("void"), assignment(doc=an_id(52))]
        raws = [
            msgspec.json.encode({**change, "n": n, "author": SUE_DESK.person}) for n, change in enumerate(changes, 1)
        ]
        await storage.submit(Submission(org, SUE_DESK.device, SUE_DESK.person, "supervisor", 1, raws, START_MS))
        ahead = await storage.look(lambda rows: held(rows, reader(org, BEN), {}))
        assert f"p:{ALEX}" in {one.bucket for one in ahead}


def reader(org: int, person: str, head: int = 0) -> Device:
    """A phone of a person, as a pull sees it."""
    return Device(0, an_id(90), org, person, "active", None, 1, POINT, head, an_id(91))


def _check_feed(rows: Any, org: int, world: World) -> None:
    for bucket, docs in world.office.feed.items():
        ahead = [Ahead(bucket, 0, len(docs))]
        found = page(rows, reader(org, BEN, world.office.head), ahead, limit_docs=500, limit_bytes=10**9)
        assert {row.doc: row.seq for row in found.rows} == {doc: seq for doc, (seq, _) in docs.items()}
        for row in found.rows:
            assert row.gone == "void" or bytes(row.body) == bytes(world.office.body(world.office.records[row.doc]))


async def _check_tables(rows: Any, org: int, world: World) -> None:
    connection = rows._connection
    spans = await connection.execute_fetchall("SELECT specialist, bucket, from_seq, to_seq FROM caseload")
    assert {tuple(row) for row in _plain(spans)} == {
        (specialist, bucket, *span)
        for specialist, buckets in world.office.caseload.items()
        for bucket, held in buckets.items()
        for span in held
    }
    kept = await connection.execute_fetchall("SELECT doc, field, value, by_person, at, seq FROM conflict ORDER BY id")
    assert [tuple(row) for row in _plain(kept)] == [
        (doc, one.field, msgspec.json.encode(one.value).decode(), one.by, one.at, one.seq)
        for doc, one in world.office.conflicts
    ]


def _plain(rows: Any) -> list[Any]:
    return [row.values() if isinstance(row, dict) else row for row in rows]
