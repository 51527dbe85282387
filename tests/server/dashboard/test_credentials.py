"""Certificates and clearances: strangers see none, reminders come when the organisation says, nothing is blocked."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from tests.server.dashboard.harbor import Harbor

PATH = "/dashboard/credentials"


def day(desk: Harbor, days: int) -> str:
    return (datetime.fromtimestamp(desk.office.clock() / 1000, UTC) + timedelta(days=days)).date().isoformat()


async def test_a_stranger_and_another_organisation_see_nothing(desk: Harbor) -> None:
    ana = desk.people.specialists[0].id
    for path in (PATH, f"{PATH}/{ana}"):
        assert (await desk.get(path)).status_code == 303
    await desk.enter()
    elsewhere = next(one.people["specialist"] for one in desk.office.organisations if one.name == "north")
    assert (await desk.get(f"{PATH}/{elsewhere}")).status_code == 404
    assert (await desk.post(f"{PATH}/{elsewhere}", {"sort": "certificate", "name": "x"})).status_code == 404
    assert (await desk.post(f"{PATH}/{ana}/{ana}/end")).status_code == 404


async def test_what_ends_soon_waits_on_attention_until_it_is_replaced(desk: Harbor) -> None:
    await desk.enter()
    ana = desk.people.specialists[1].id
    far = {"sort": "certificate", "name": "Far away", "ends_on": day(desk, 91)}
    assert (await desk.post(f"{PATH}/{ana}", far)).status_code == 303
    assert "Far away" not in await desk.page("/dashboard")
    near = {"sort": "clearance", "name": "Gate pass", "ends_on": day(desk, 29), "site": desk.people.sites[0].id}
    assert (await desk.post(f"{PATH}/{ana}", near)).status_code == 303
    assert (await desk.post(f"{PATH}/{ana}", {**near, "name": "Old pass", "ends_on": day(desk, -3)})).status_code == 303
    words = await desk.page("/dashboard")
    assert "Gate pass ends in 29 days" in words
    assert "Old pass ended 3 days ago" in words
    page = await desk.page(f"{PATH}/{ana}")
    record = next(one for one in await desk.records("credential") if one.fields["name"] == "Old pass")
    assert f"{PATH}/{ana}/{record.doc}/end" in page
    assert (await desk.post(f"{PATH}/{ana}/{record.doc}/end")).status_code == 303
    assert "Old pass" not in await desk.page("/dashboard")
    assert "Old pass" in await desk.page(f"{PATH}/{ana}")
    assert [entry["action"] for entry in await desk.office.log()].count("credential_changed") == 4


async def test_what_cannot_be_kept_is_said_and_stays_typed(desk: Harbor) -> None:
    await desk.enter()
    ana = desk.people.specialists[0].id
    before = len(await desk.records("credential"))
    whole = {"sort": "education", "name": "Ethics", "hours": "6", "got_on": "2026-05-02", "ends_on": "2027-05-02"}
    for wrong in (
        {"name": ""},
        {"hours": "six"},
        {"ends_on": "2025-01-01"},
        {"site": "nowhere"},
        {"sort": "x"},
        {"ends_on": "soon"},
    ):
        refused = await desk.post(f"{PATH}/{ana}", {**whole, **wrong})
        assert refused.status_code == 422, wrong
        assert "2026-05-02" in refused.text
    assert len(await desk.records("credential")) == before
    assert (await desk.post(f"{PATH}/{ana}", whole)).status_code == 303
    assert re.search(r"Ethics</th><td class=\"number\">6 h", await desk.page(f"{PATH}/{ana}"))
