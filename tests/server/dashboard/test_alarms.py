"""Alarms stand on top of an administrator's first page until one of them has seen them."""

from __future__ import annotations

from server.storage import alarms
from server.storage.port import Transaction
from tests.server.dashboard.harbor import Harbor

BOSS = "administrator"


async def ring(desk: Harbor) -> None:
    """One alarm of each kind, about phones of the demo organisation."""

    async def write(tx: Transaction) -> None:
        rows = await tx._connection.execute_fetchall(
            "SELECT key FROM device WHERE org = ? AND kind = 'phone' ORDER BY key", (desk.org,)
        )
        first, second = rows[0]["key"], rows[1]["key"]
        await alarms.ring(tx, desk.org, "cursor_ahead", first, now=desk.office.clock(), detail="9")
        await alarms.ring(tx, desk.org, "device_forked", second, now=desk.office.clock(), detail="9")
        await tx._connection.execute(
            "INSERT INTO lost_change (org, device, first_n, last_n, at) VALUES (?, ?, 7, 9, ?)",
            (desk.org, second, desk.office.clock()),
        )

    await desk.office.storage.write(write)


async def left(desk: Harbor) -> tuple[int, int]:
    async with desk.office.storage.read() as rows:
        return len(await alarms.alarms(rows, desk.org)), len(await alarms.lost(rows, desk.org))


async def test_only_an_administrator_of_this_organisation_sees_and_quiets_them(desk: Harbor) -> None:
    await ring(desk)
    async with desk.office.storage.read() as rows:
        found = await alarms.alarms(rows, desk.org)
    form = {"alarm": str(found[0].id)}
    assert (await desk.post("/dashboard/alarms/seen", form)).status_code == 401
    await desk.enter()
    assert "knows more than the office" not in await desk.page("/dashboard")
    assert (await desk.post("/dashboard/alarms/seen", form)).status_code == 403
    await desk.office.sign_in(BOSS, desk.office.elsewhere)
    assert "knows more than the office" not in await desk.page("/dashboard")
    assert (await desk.post("/dashboard/alarms/seen", form)).status_code == 404
    lost = {"phone": found[0].device, "first": "7"}
    assert (await desk.post("/dashboard/alarms/seen", lost)).status_code == 404
    assert await left(desk) == (2, 1)


async def test_each_is_told_in_plain_words_and_goes_once_seen(desk: Harbor) -> None:
    await ring(desk)
    await desk.enter(next(one.sign_in for one in desk.people.members if one.role == BOSS))
    words = await desk.page("/dashboard")
    assert "knows more than the office" in words
    assert "came up twice" in words
    assert "3 changes by" in words
    async with desk.office.storage.read() as rows:
        found, lost = await alarms.alarms(rows, desk.org), await alarms.lost(rows, desk.org)
    for form in ({"alarm": str(found[0].id)}, {"phone": lost[0].device, "first": "7"}):
        assert (await desk.post("/dashboard/alarms/seen", form)).status_code == 303
        assert (await desk.post("/dashboard/alarms/seen", form)).status_code == 404
    assert await left(desk) == (1, 0)
    assert "are gone" not in await desk.page("/dashboard")
    assert [entry["action"] for entry in await desk.office.log()].count("alarm_acknowledged") == 2
    for wrong in ({}, {"alarm": "x"}, {"alarm": "9" * 40}, {"first": "-1"}):
        assert (await desk.post("/dashboard/alarms/seen", wrong)).status_code == 404


async def test_everybody_learns_that_the_office_is_out_of_service(desk: Harbor) -> None:
    await desk.enter()
    assert "older than it should be" not in await desk.page("/dashboard")
    desk.office.app.state["behind"] = "older"
    assert "older than it should be" in await desk.page("/dashboard")
