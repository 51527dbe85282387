"""The one writer: repeats decided once, one bad change that blocks nobody, a full disk that acknowledges nothing."""

from __future__ import annotations

import asyncio

import pytest

from server.errors import StorageFullError
from server.storage.access_log import note_access
from server.storage.port import Decided, OfficeChange, Transaction
from tests.support.core import Core
from tests.support.phone import CORE, Phone, new_id


async def test_a_repeat_that_overtakes_its_original_is_decided_once(core: Core, phone: Phone) -> None:
    person, first = phone.participant()
    raws = [first, phone.note(person)[1]]
    await phone.pull()
    twins = []
    for _ in range(4):
        twin = Phone(core.http, phone.person, phone.epoch, phone.device)
        twin.key = phone.key
        twins.append(twin)
    answers = await asyncio.gather(*(twin.push(raws) for twin in twins))
    assert len({str(answer.json()["results"]) for answer in answers}) == 1
    assert await core.count("change") == 2


async def test_a_poison_change_is_quarantined_and_everybody_elses_goes_through(core: Core, org: int) -> None:
    phones = [await core.phone(org) for _ in range(3)]
    people = [phone.participant() for phone in phones]
    poison, bad = phones[1].note(people[1][0])
    await core.execute(
        f"CREATE TRIGGER choke BEFORE INSERT ON record WHEN NEW.doc = '{poison}' BEGIN SELECT RAISE(ABORT, 'x'); END"
    )
    pushes = [
        [people[0][1], phones[0].note(people[0][0])[1]],
        [people[1][1], bad, phones[1].note(people[1][0])[1]],
        [people[2][1], phones[2].note(people[2][0])[1]],
    ]
    answers = await asyncio.gather(*(phone.push(raws) for phone, raws in zip(phones, pushes, strict=True)))
    outcomes = [[result["outcome"] for result in answer.json()["results"]] for answer in answers]
    assert outcomes == [["applied"] * 2, ["applied", "quarantined", "applied"], ["applied"] * 2]
    assert answers[1].json()["results"][1]["code"] == "INTERNAL"
    (row,) = await core.rows("SELECT raw, why FROM quarantine")
    assert (row["raw"], row["why"]) == (bad, "IntegrityError")
    held = await phones[1].pull_all()
    assert [r["body"]["set"]["change"] for r in held.values() if r["type"] == "returned"] == [bad.decode()]
    seqs = [row["seq"] for row in await core.rows("SELECT seq FROM change ORDER BY seq")]
    assert seqs == list(range(1, 8))


async def test_a_poison_bundle_goes_as_one(core: Core, phone: Phone) -> None:
    person, first = phone.participant()
    note, _ = phone.note(person)
    phone.n -= 1
    more = {"bundle": "b", "bundle_size": 2}
    fields = {"participant": person, **CORE}
    fields |= {"started_at": 1, "ended_at": 2}
    one = phone.capture("create", "note", note, f"p:{person}", set=fields, **more)
    other = new_id()
    two = phone.capture("create", "note", other, f"p:{person}", set=fields, **more)
    await core.execute(
        f"CREATE TRIGGER choke BEFORE INSERT ON record WHEN NEW.doc = '{other}' BEGIN SELECT RAISE(ABORT, 'x'); END"
    )
    results = (await phone.push([first, one, two])).json()["results"]
    assert [r["outcome"] for r in results] == ["applied", "quarantined", "quarantined"]
    assert await core.rows(f"SELECT 1 FROM record WHERE doc IN ('{note}', '{other}')") == []


async def test_a_failing_job_fails_alone(core: Core, org: int, phone: Phone) -> None:
    async def fails(tx) -> None:
        await tx.run("organisations.add_epoch", epoch="x", parent=None, fork_seq=0, now=1, reason="never")
        raise LookupError("mine")

    async def counts(tx) -> int:
        return len(await tx.all("organisations.all"))

    failed, counted, pushed = await asyncio.gather(
        core.storage.write(fails),
        core.storage.write(counts),
        phone.push([phone.participant()[1]]),
        return_exceptions=True,
    )
    assert isinstance(failed, LookupError)
    assert counted == 1
    assert pushed.status_code == 200
    assert await core.rows("SELECT 1 FROM sync_epoch WHERE reason = 'never'") == []


async def test_a_full_disk_acknowledges_nothing_and_passes(core: Core, org: int, phone: Phone) -> None:
    person, first = phone.participant()
    await phone.push([first])
    (pages,) = await core.rows("PRAGMA page_count")
    await core.storage._writer._tx._connection.execute_fetchall(f"PRAGMA max_page_count={pages['page_count'] + 3}")
    raws = [phone.note(person, "w" * 15_000)[1] for _ in range(20)]
    answer = await phone.push(raws)
    assert (answer.status_code, answer.json()["code"]) == (503, "STORAGE_FULL")
    assert answer.headers["retry-after"] == "300"
    assert await core.count("change") == 1
    doc = new_id()
    big = OfficeChange("create", "participant", doc, f"p:{doc}", {"name": "A", "about": "x" * 40_000})
    with pytest.raises(StorageFullError):
        await core.storage.submit_office(org, new_id(), "supervisor", [big] * 2, core.clock())
    await core.storage._writer._tx._connection.execute_fetchall("PRAGMA max_page_count=1000000000")
    results = (await phone.push(raws)).json()["results"]
    assert [r["outcome"] for r in results] == ["applied"] * 20


async def test_an_asker_who_went_away_does_not_stop_the_writer(core: Core, phone: Phone) -> None:
    _, first = phone.participant()
    task = asyncio.create_task(phone.push([first]))
    await asyncio.sleep(0)
    task.cancel()
    assert (await phone.push([first])).status_code == 200
    assert await core.count("change") == 1


async def test_the_log_and_the_audit_cannot_be_rewritten(core: Core, phone: Phone) -> None:
    await phone.push([phone.participant()[1]])
    for sql in ("UPDATE change SET at = 0", "DELETE FROM change", "UPDATE access_log SET at = 0", "DELETE FROM access_log"):
        with pytest.raises(Exception, match="append-only"):
            await core.execute(sql)


async def test_a_change_at_a_screen_takes_the_same_way(core: Core, org: int, phone: Phone) -> None:
    person, first = phone.participant("Ana")
    await phone.push([first])
    office, now = new_id(), core.clock()
    rename = OfficeChange("patch", "participant", person, f"p:{person}", {"name": "Ana M."})
    for _ in range(2):
        decided = await core.storage.submit_office(org, office, "supervisor", [rename], now)
    assert [(r.n, r.outcome, r.seq) for r in decided.receipts] == [(2, "noop", 3)]
    assert (await phone.pull_all())[person]["body"]["set"]["name"] == "Ana M."
    refused = await core.storage.submit_office(org, office, "supervisor", [OfficeChange("void", "site", new_id(), "org")], now)
    assert refused.receipts[0].outcome == "rejected"


async def test_what_is_written_along_with_a_change_is_kept_or_lost_with_it(core: Core, org: int) -> None:
    office, now = new_id(), core.clock()
    site = OfficeChange("create", "site", new_id(), "org", {"name": "Hall", "zone": "UTC", "setting": "community"})

    async def write(tx: Transaction, decided: Decided) -> None:
        assert decided.receipts[0].outcome == "applied"
        await note_access(tx, org, office, "site_changed", site.doc, now)

    async def fail(tx: Transaction, decided: Decided) -> None:
        await write(tx, decided)
        raise LookupError

    work = [core.storage.submit_office(org, office, "administrator", [site], now, fail)]
    other = OfficeChange("create", "site", new_id(), "org", {"name": "Shed", "zone": "UTC", "setting": "community"})
    work.append(core.storage.submit_office(org, new_id(), "administrator", [other], now))
    failed, went = await asyncio.gather(*work, return_exceptions=True)
    assert isinstance(failed, LookupError)
    assert isinstance(went, Decided)
    assert went.receipts[0].outcome == "applied"
    assert (await core.count("change"), await core.count("access_log WHERE action = 'site_changed'")) == (1, 0)
    decided = await core.storage.submit_office(org, office, "administrator", [site], now, write)
    assert decided.receipts[0].outcome == "applied"
    assert (await core.count("change"), await core.count("access_log WHERE action = 'site_changed'")) == (2, 1)


async def test_a_screen_says_which_version_it_showed(core: Core, org: int, phone: Phone) -> None:
    person, first = phone.participant()
    (receipt,) = (await phone.push([first])).json()["results"]
    await phone.push([phone.capture("patch", "participant", person, f"p:{person}", base=receipt["seq"], set={"about": "One."})])
    late = OfficeChange("patch", "participant", person, f"p:{person}", {"about": "Two."}, base=receipt["seq"])
    decided = await core.storage.submit_office(org, new_id(), "supervisor", [late], core.clock())
    assert (decided.receipts[0].outcome, decided.receipts[0].conflicts) == ("merged", ["about"])
