"""Assigning, handing over, covering for a while, tasks: at the dashboard, through the same reconcile."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from server.storage import covers, review
from server.storage.port import OfficeChange
from server.storage.review import Held
from sync.ids import participant_bucket
from tests.server.dashboard.harbor import Harbor

DAY_MS = 86_400_000


@pytest.fixture
async def busy(desk: Harbor) -> Harbor:
    await desk.enter()
    return desk


async def held(desk: Harbor, specialist: str) -> dict[str, Held]:
    async with desk.office.storage.read() as rows:
        return {one.participant: one for one in await review.held(rows, desk.org) if one.specialist == specialist}


def today(desk: Harbor) -> date:
    return date.fromisoformat(covers.today(desk.office.clock(), desk.people.zone))


async def spans(desk: Harbor, specialist: str) -> set[str]:
    """Buckets that the specialist's phone may hold now."""
    async with desk.office.storage.read() as rows:
        found = await rows.all("caseload.held", org=desk.org, specialist=specialist, limit=500)
    return {row["bucket"] for row in found}


async def test_somebody_new_has_no_specialist_until_one_is_given(busy: Harbor) -> None:
    """It stands on the first page until then."""
    person, at = "0190a000-0000-7000-8000-0000000000aa", busy.office.clock()
    change = OfficeChange("create", "participant", person, participant_bucket(person), {"name": "Zora New"})
    supervisor, to = busy.people.supervisors[0].id, busy.people.specialists[0].id
    await busy.office.storage.submit_office(busy.org, supervisor, "supervisor", [change], at)
    assert "No specialist" in await busy.page("/dashboard")
    assert "Zora New" in await busy.page("/dashboard/caseloads")
    for fields in ({"to": to}, {"people": person}, {"people": person, "to": supervisor}):
        assert (await busy.post("/dashboard/caseloads/assign", fields)).status_code == 422
    done = await busy.post("/dashboard/caseloads/assign", {"people": person, "to": to})
    assert done.status_code == 303
    assert person in await held(busy, to)
    assert "No specialist" not in await busy.page("/dashboard")


async def test_handing_over_ends_one_and_gives_the_other(busy: Harbor) -> None:
    """In one transaction, with one audit row."""
    one, other = (member.id for member in busy.people.specialists[2:4])
    theirs = await held(busy, other)
    person = next(doc for doc in await held(busy, one) if doc not in theirs)
    before = len([entry for entry in await busy.office.log() if entry["action"] == "assignment_changed"])
    path = f"/dashboard/caseloads/{one}/move"
    assert (await busy.post(path, {"people": person, "to": "nobody", "how": "over"})).status_code == 422
    assert (await busy.post(path, {"people": person, "to": other, "how": "over"})).status_code == 303
    assert person not in await held(busy, one)
    assert person in await held(busy, other)
    bucket = participant_bucket(person)
    assert bucket in await spans(busy, other)
    assert bucket not in await spans(busy, one)
    after = len([entry for entry in await busy.office.log() if entry["action"] == "assignment_changed"])
    assert after == before + 1


async def test_a_cover_ends_by_itself_after_its_last_day(busy: Harbor) -> None:
    """Not on the day itself; the specialist who was away keeps the person all the time."""
    one, other = (member.id for member in busy.people.specialists[2:4])
    theirs = await held(busy, other)
    person = next(doc for doc in await held(busy, one) if doc not in theirs)
    path, last = f"/dashboard/caseloads/{one}/move", today(busy) + timedelta(days=2)
    fields = {"people": person, "to": other, "how": "cover"}
    for until in ("", "tomorrow", (today(busy) - timedelta(days=1)).isoformat(), "2099-01-01"):
        assert (await busy.post(path, {**fields, "until": until})).status_code == 422, until
    assert (await busy.post(path, {**fields, "until": last.isoformat()})).status_code == 303
    assert (await held(busy, other))[person].until == last.isoformat()
    assert person in await held(busy, one)
    now, storage = busy.office.clock(), busy.office.storage
    assert await covers.end_covers(storage, now + 2 * DAY_MS) == 0
    assert await covers.end_covers(storage, now + 3 * DAY_MS) == 1
    assert person not in await held(busy, other)
    assert participant_bucket(person) not in await spans(busy, other)
    assert participant_bucket(person) in await spans(busy, one)
    assert await covers.end_covers(storage, now + 3 * DAY_MS) == 0
    log = await busy.office.log()
    assert [entry["detail"] for entry in log if entry["subject"] == person][-1] == "cover_ended"


async def test_a_task_is_sent_listed_and_withdrawn(busy: Harbor) -> None:
    """Its words stand on no other specialist's page."""
    one, other = (member.id for member in busy.people.specialists[2:4])
    path = f"/dashboard/caseloads/{one}"
    for fields in ({"text": " "}, {"text": "x" * 2001}, {"text": "Keep these words", "due_on": "soon"}):
        refused = await busy.post(f"{path}/tasks", fields)
        assert refused.status_code == 422
        assert fields["text"].strip() in refused.text
    fields = {"text": "Bring the bus passes.", "due_on": today(busy).isoformat()}
    assert (await busy.post(f"{path}/tasks", fields)).status_code == 303
    assert "Bring the bus passes." in await busy.page(path)
    assert "Bring the bus passes." not in await busy.page(f"/dashboard/caseloads/{other}")
    (task,) = [t for t in await busy.records("task") if t.fields["specialist"] == one]
    assert task.bucket == f"me:{one}"
    assert (await busy.post(f"/dashboard/caseloads/{other}/tasks/{task.doc}/withdraw")).status_code == 404
    assert (await busy.post(f"{path}/tasks/{task.doc}/withdraw")).status_code == 303
    assert "Bring the bus passes." not in await busy.page(path)


async def test_another_organisations_people_are_not_there(desk: Harbor) -> None:
    """Neither their specialists nor the people they support."""
    await desk.office.sign_in("supervisor")
    one, other = (member.id for member in desk.people.specialists[2:4])
    before = await held(desk, one)
    person = next(iter(before))
    assert (await desk.get(f"/dashboard/caseloads/{one}")).status_code == 404
    assert (await desk.post(f"/dashboard/caseloads/{one}/tasks", {"text": "Hello"})).status_code == 404
    answer = await desk.post("/dashboard/caseloads/assign", {"people": person, "to": other})
    assert answer.status_code == 422
    answer = await desk.post(f"/dashboard/caseloads/{one}/move", {"people": person, "to": other, "how": "over"})
    assert answer.status_code in (404, 422)
    assert await held(desk, one) == before
