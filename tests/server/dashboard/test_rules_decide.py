"""Numbers of the field are the organisation's: who is expiring, unseen, near a limit or to be read follows its rules."""

from __future__ import annotations

import re
from typing import Any

import pytest

from server.storage.port import OfficeChange
from sync.ids import ORG_BUCKET, participant_bucket
from tests.server.dashboard.harbor import Harbor
from tests.server.dashboard.test_person import day, hold, theirs
from tests.sync.test_consents import fields as consent_fields


async def rules(desk: Harbor, **changed: Any) -> None:
    (organisation,) = await desk.records("organisation")
    told = {**organisation.fields.get("rules", {}), **changed}
    one = OfficeChange("patch", "organisation", organisation.doc, ORG_BUCKET, {"rules": told})
    decided = await desk.office.storage.submit_office(
        desk.org, desk.people.administrator.id, "administrator", [one], desk.office.clock()
    )
    assert decided.receipts[0].outcome == "applied"


@pytest.mark.parametrize(("days", "is_warned"), [(30, True), (11, False), (12, True), (0, False)])
async def test_a_consent_is_warned_of_so_many_days_before(desk: Harbor, days: int, is_warned: bool) -> None:
    """On the first page, on the person's and on the consent's own: all say the same."""
    await rules(desk, consent_warn_days=days)
    person = theirs(desk)
    fields = consent_fields(participant=person.id, recipient="Clinic soon", expires_on=day(desk, 12))
    await hold(desk, ("consent", participant_bucket(person.id), fields))
    await desk.enter()
    assert ("Clinic soon" in await desk.page("/dashboard")) == is_warned
    words = await desk.page(f"/dashboard/people/{person.id}")
    row = words[words.index("Clinic soon") :].partition("</li>")[0]
    assert ("Ends soon" in row) == is_warned


async def test_who_has_not_been_seen_follows_the_rule(desk: Harbor) -> None:
    await desk.enter()
    found = []
    for days in (1, 21, 365):
        await rules(desk, unseen_days=days)
        words = await desk.page("/dashboard/unseen")
        assert f"{days} day" in words
        found.append(set(re.findall(r"person=([0-9a-f-]{36})", words)))
    assert found[0] > found[1] > found[2]


async def test_notes_leave_the_queue_after_the_days_of_the_rule(desk: Harbor) -> None:
    await desk.enter()
    counts = []
    for days in (7, 60, 366):
        await rules(desk, cosign={"who": "all"}, review_days=days)
        counts.append((await desk.page("/dashboard/review")).count(">Read<"))
    assert counts[0] < counts[1] < counts[2]


async def test_near_a_limit_is_where_the_rule_says(desk: Harbor) -> None:
    await desk.enter()
    (organisation,) = await desk.records("organisation")
    limits = {"units": {**organisation.fields["units"], "max_per_period": 20}}
    one = OfficeChange("patch", "organisation", organisation.doc, ORG_BUCKET, limits)
    await desk.office.storage.submit_office(desk.org, desk.people.administrator.id, "administrator", [one], desk.office.clock())
    counts = []
    for percent in (100, 50):
        await rules(desk, near_percent=percent)
        words = await desk.page("/dashboard/units")
        assert f"Near means {percent} of 100" in words
        counts.append(words.count(">Near the limit<"))
    assert counts[0] < counts[1]
