"""How far a locked phone has come, as far as the office can know: said in words, never more than is known."""

from __future__ import annotations

import re

from server.storage import devices
from server.storage.devices import report_row
from server.storage.port import Transaction
from sync.messages import Report
from sync.salvage import WITHOUT_BACKUP_MS
from tests.server.dashboard.harbor import Harbor
from tests.server.dashboard.lost_phone import delivered, lost_phone, note_of
from tests.support.phone import Phone


async def said(desk: Harbor, phone: Phone) -> str:
    """The last cell of a phone's row."""
    page = await desk.page("/dashboard/phones")
    row = page.split(f'<tr id="phone-{phone.device}"')[1].split("</tr>")[0]
    return " ".join(re.sub(r"<[^>]*>", " ", row.rsplit("<td", 1)[1].partition(">")[2]).split())


async def test_a_locked_phone_from_its_lock_to_its_wipe(desk: Harbor) -> None:
    phone = await lost_phone(desk)
    await desk.enter()
    assert await said(desk, phone) == "Locked, work still on it Since today. It never said what it holds."
    first, second = note_of(desk, phone), note_of(desk, phone, "Another day.")
    await delivered(desk, phone, [first], left=1)
    assert await said(desk, phone) == (
        "Locked, sending its work Since today. 1 sealed change arrived. 1 is still on the phone. 1 waits for you"
    )
    await delivered(desk, phone, [second], left=0)
    assert (await said(desk, phone)).startswith("Locked, waits for a backup Since today. 2 sealed changes arrived.")
    desk.office.clock.pass_by(WITHOUT_BACKUP_MS)
    await desk.enter()
    assert (await said(desk, phone)).startswith("Wipes itself at its next start")
    assert "Phone silent" not in await desk.page(f"/dashboard/quarantine/phones/{phone.device}")


async def test_what_was_last_reported_stands_there_until_it_arrives(desk: Harbor) -> None:
    phone = await lost_phone(desk)
    row = report_row(phone.device, desk.office.clock(), Report(unsent=3))

    async def report(tx: Transaction) -> None:
        sql = (
            "UPDATE device SET reported_at = ?2, reported_unsent = ?3, reported_oldest = ?4, reported_drafts = ?5,"
            " is_storage_protected = ?6, app = ?7 WHERE id = ?1"
        )
        await tx._connection.execute(sql, row)

    await desk.office.storage.write(report)
    await desk.enter()
    assert "3 changes were still on it when last heard." in await said(desk, phone)


async def test_a_phone_told_to_wipe_and_one_that_missed_a_restore(desk: Harbor) -> None:
    boss = desk.people.administrator.id
    async with desk.office.storage.read() as rows:
        active = [phone for phone in await devices.phones(rows, desk.org) if phone["state"] == "active"]
    wiped, behind = active[0]["id"], active[1]["id"]

    async def act(tx: Transaction) -> None:
        await devices.revoke(tx, desk.org, wiped, mode="wipe_now", by=boss, now=desk.office.clock())
        sql = "INSERT INTO sync_epoch (epoch, fork_seq, made_at, reason) VALUES ('e2', 1, ?, 'restore')"
        await tx._connection.execute(sql, (desk.office.clock() + 1,))

    await desk.office.storage.write(act)
    await desk.enter()
    page = await desk.page("/dashboard/phones")
    rows_by_id = {part.split('"')[0]: part.split("</tr>")[0] for part in page.split('<tr id="phone-')[1:]}
    assert "Told to wipe itself" in rows_by_id[wiped]
    assert "Not heard since the restore" in rows_by_id[behind]
