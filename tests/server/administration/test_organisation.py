"""The organisation's own words and rules: patched as a record, so that every phone learns them."""

from __future__ import annotations

import pytest

from server.storage.organisation_settings import organisation_settings
from server.storage.organisations import organisation
from sync.records.organisation import OnCall, OrganisationFields
from tests.server.auth.office import Office

PATH = "/administration/organisation"


def typed(**changed: str) -> dict[str, str]:
    return {
        "name": "north", "zone": "America/Chicago", "lock_after_s": "120", "lease_days": "10", "remind_days": "90, 60, 30",
        "call_name_0": "Night line", "call_number_0": "+1 312 555 0100", **changed,
    }  # fmt: skip


async def settings(desk: Office, org: int | None = None) -> OrganisationFields:
    async with desk.storage.read() as rows:
        found = await organisation_settings(rows, org or desk.here.org)
    assert found
    return found


async def test_a_stranger_changes_nothing(desk: Office):
    before = await settings(desk), await settings(desk, desk.elsewhere.org)
    desk.forget_cookies()
    assert (await desk.post(PATH, typed(name="Mine"))).status_code == 401
    for role in ("specialist", "supervisor"):
        await desk.sign_in(role)
        assert (await desk.post(PATH, typed(name="Mine"))).status_code == 403
        assert (await desk.get(PATH)).status_code == 403
    assert (await settings(desk), await settings(desk, desk.elsewhere.org)) == before


async def test_what_is_saved_reaches_the_record_and_the_frame(desk: Office):
    answer = await desk.post(PATH, typed(name="North Star", lease_days="7", call_name_3="Ruth", call_number_3="555-0101"))
    assert answer.status_code == 200
    assert "Saved." in answer.text
    now = await settings(desk)
    assert (now.name, now.lease_days, now.lock_after_s) == ("North Star", 7, 120)
    assert now.on_call == [OnCall("Night line", "+1 312 555 0100"), OnCall("Ruth", "555-0101")]
    async with desk.storage.read() as rows:
        assert (await organisation(rows, desk.here.org)).name == "North Star"
    assert "North Star" in (await desk.get("/administration/people")).text
    assert (await desk.actions())[-1] == "organisation_changed"
    assert (await settings(desk, desk.elsewhere.org)).name == "south"


async def test_an_emptied_line_falls_out_and_nothing_changed_is_no_change(desk: Office):
    await desk.post(PATH, typed())
    await desk.post(PATH, typed(call_name_0="", call_number_0=""))
    assert (await settings(desk)).on_call == []
    noted = len(await desk.actions())
    assert "Saved." in (await desk.post(PATH, typed(call_name_0="", call_number_0=""))).text
    assert len(await desk.actions()) == noted


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": " "}, "name"),
        ({"zone": "Moon/Base"}, "zone"),
        ({"lock_after_s": "0"}, "lock_after_s"),
        ({"lock_after_s": "²"}, "lock_after_s"),
        ({"lease_days": "91"}, "lease_days"),
        ({"lock_after_s": "5"}, "lock_after_s"),
        ({"call_number_0": "call me"}, "call_number_0"),
        ({"call_name_0": ""}, "call_name_0"),
    ],
)
async def test_what_is_wrong_stands_at_its_field_and_nothing_is_kept(desk: Office, changed, field: str):
    before = await settings(desk)
    answer = await desk.post(PATH, typed(**{"name": "Typed", **changed}))
    assert answer.status_code == 422
    assert f'id="f-{field}-error"' in answer.text
    assert 'value="Night line"' in answer.text or "call_name_0" in changed
    assert await settings(desk) == before
