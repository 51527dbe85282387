"""Sites, participants and assignments: every edit goes the way of every change, so phones receive it."""

import pytest

from server.storage import participants, sites
from tests.server.auth.office import Office

SITE = {"name": "Harbor", "setting": "prison", "zone": "America/New_York", "is_open": "yes"}


async def the_site(desk: Office, doc: str):
    async with desk.storage.read() as rows:
        return await sites.site(rows, desk.here.org, doc)


async def the_participant(desk: Office):
    async with desk.storage.read() as rows:
        return await participants.participant(rows, desk.here.org, desk.here.participant)


async def holders(desk: Office, doc: str) -> list[str]:
    async with desk.storage.read() as rows:
        return [held.specialist for held in await participants.assignments(rows, desk.here.org, doc)]


async def test_a_supervisor_is_refused(desk: Office):
    await desk.sign_in("supervisor")
    assert (await desk.post("/administration/sites/new", SITE)).status_code == 403
    assert (await desk.post("/administration/participants/new", {"name": "Bo"})).status_code == 403


async def test_a_new_site_is_a_record(desk: Office):
    assert (await desk.post("/administration/sites/new", SITE)).status_code == 303
    async with desk.storage.read() as rows:
        found = {site.fields.name: site.fields for site in await sites.sites(rows, desk.here.org)}
    assert (found["Harbor"].zone, found["Harbor"].setting, found["Harbor"].is_billable) == (
        "America/New_York", "prison", False,
    )  # fmt: skip


async def test_an_edit_changes_only_what_was_edited(desk: Office):
    path = f"/administration/sites/{desk.here.site}"
    fields = {"name": "Site north", "setting": "community", "zone": "America/Chicago", "is_billable": "yes"}
    head = (await desk.rows("organisations.by_id", org=desk.here.org))[0]["head"]
    await desk.post(path, {**fields, "is_open": "yes"})
    assert (await desk.rows("organisations.by_id", org=desk.here.org))[0]["head"] == head
    await desk.post(path, fields)
    assert (await the_site(desk, desk.here.site)).fields.is_open is False
    assert "Closed" in (await desk.get("/administration/sites")).text


@pytest.mark.parametrize(("changed", "field"), [({"name": ""}, "name"), ({"zone": "Mars/Base"}, "zone"), ({"setting": "x"}, "setting")])
async def test_a_site_that_makes_no_sense_is_refused_and_kept_as_typed(desk: Office, changed, field: str):
    answer = await desk.post("/administration/sites/new", SITE | changed)
    assert answer.status_code == 422
    assert f'id="f-{field}-error"' in answer.text
    assert ('value="Harbor"' in answer.text) == (field != "name")


async def test_a_new_person_is_on_the_specialists_caseload_at_once(desk: Office):
    fields = {"name": "Bo", "code": "B2", "site": desk.here.site, "language": "es", "specialist": desk.here.people["specialist"]}
    answer = await desk.post("/administration/participants/new", fields)
    doc = answer.headers["location"].rpartition("/")[2]
    assert await holders(desk, doc) == [desk.here.people["specialist"]]
    page = (await desk.get("/administration/participants")).text
    assert "Bo" in page
    assert "specialist north" in page


async def test_a_code_belongs_to_one_person(desk: Office):
    assert (await desk.post("/administration/participants/new", {"name": "Bo", "code": "p1"})).status_code == 422
    path = f"/administration/participants/{desk.here.participant}"
    assert (await desk.post(path, {"name": "Person north", "code": "P1", "status": "active"})).status_code == 303


async def test_editing_keeps_what_the_form_does_not_show(desk: Office):
    path = f"/administration/participants/{desk.here.participant}"
    await desk.post(path, {"name": "New name", "code": "P9", "status": "closed", "pronouns": "she"})
    fields = (await the_participant(desk)).fields
    assert (fields.name, fields.code, fields.status, fields.pronouns, fields.goals) == ("New name", "P9", "closed", "she", [])


async def test_support_ends_and_begins_again(desk: Office):
    path = f"/administration/participants/{desk.here.participant}"
    assert (await desk.post(f"{path}/assignments/{desk.here.assignment}/end")).status_code == 303
    assert await holders(desk, desk.here.participant) == []
    assert (await desk.post(f"{path}/assignments/{desk.here.assignment}/end")).status_code == 404
    for _ in range(2):
        await desk.post(f"{path}/assign", {"specialist": desk.here.people["specialist"]})
    assert await holders(desk, desk.here.participant) == [desk.here.people["specialist"]]
    assert (await desk.post(f"{path}/assign", {"specialist": ""})).status_code == 422


async def test_no_name_ever_stands_in_an_address(desk: Office):
    answer = await desk.post("/administration/participants/search", {"search": "north"})
    assert "Person north" in answer.text
    assert "search=" not in answer.text
    assert "Nobody found" in (await desk.post("/administration/participants/search", {"search": "%"})).text


async def test_reading_people_leaves_a_trace_without_a_word(desk: Office):
    await desk.get("/administration/participants")
    await desk.get(f"/administration/participants/{desk.here.participant}")
    entries = (await desk.log())[-2:]
    assert [(e["action"], e["subject"], e["detail"], e["number"]) for e in entries] == [
        ("list", None, "participants", 1),
        ("read", desk.here.participant, "participant", None),
    ]
    assert "Person north" not in str(await desk.log())
