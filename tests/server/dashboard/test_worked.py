"""Sessions with many people and own time at the office: listed, scoped, in order of names, each reading noted."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import pytest

from server.storage.port import Decided, OfficeChange, Submission
from sync.canonical import content_hash
from sync.clock import ClockReading
from sync.messages import Change
from tests.server.auth.office import START
from tests.server.dashboard.harbor import Harbor

HOUR = 3_600_000
SESSION = "018f0000-0000-7000-8000-0000000000f1"
NOTES = ("018f0000-0000-7000-8000-0000000000f2", "018f0000-0000-7000-8000-0000000000f3")
SPAN = {"started_at": START - 2 * HOUR, "ended_at": START - HOUR, "zone": "America/New_York"}
PLACE = {"setting": "drop_in_center", "mode": "in_person"}
PAGES = ("/dashboard/sessions", f"/dashboard/sessions/{SESSION}", "/dashboard/sessions/own-time")


async def push(desk: Harbor, specialist: int, changes: list[dict[str, Any]]) -> Decided:
    """What one specialist's phone captured, as it sends it."""
    person = desk.people.specialists[specialist].id
    phones = await desk.office.rows("devices.phones", org=desk.org)
    device = next(row for row in phones if row["state"] == "active" and row["person"] == person)
    raws = [
        msgspec.json.encode(Change(n=device["next_n"] + at, author=person, captured=ClockReading(START), **change))
        for at, change in enumerate(changes)
    ]
    return await desk.office.storage.submit(
        Submission(desk.org, device["id"], person, "specialist", device["next_n"], raws, START)
    )


def caseload(desk: Harbor, specialist: int) -> list[str]:
    return [one.id for one in desk.people.participants if one.specialist == specialist and not one.is_newcomer]


def note(doc: str, participant: str, number: int, **more: Any) -> list[dict[str, Any]]:
    """One person's note of the session: a bundle of its own."""
    words = {"did": "We went around the circle.", "went": f"Line {number}."}
    fields = {"participant": participant, "contact_kind": "group", "form": "group@1", **SPAN, **PLACE, **more}
    fields |= {"answers": words, "session": SESSION}
    at = {"type": "note", "doc": doc, "bucket": f"p:{participant}", "bundle": doc, "bundle_size": 2}
    return [
        {**at, "kind": "create", "set": fields},
        {**at, "kind": "sign", "content_hash": content_hash(fields)},
    ]


def session(desk: Harbor, specialist: int, **more: Any) -> dict[str, Any]:
    fields = {"sort": "group", "title": "Evening circle", **SPAN, **PLACE, "headcount": 3, "notes": list(NOTES), **more}
    bucket = f"me:{desk.people.specialists[specialist].id}"
    return {"kind": "create", "type": "session", "doc": SESSION, "bucket": bucket, "set": fields}


async def group(desk: Harbor, specialist: int = 3) -> list[str]:
    people = caseload(desk, specialist)[:2]
    changes = [session(desk, specialist, description="We went around the circle.")]
    for number, (doc, person) in enumerate(zip(NOTES, people, strict=True)):
        changes += note(doc, person, number)
    decided = await push(desk, specialist, changes)
    assert [receipt.outcome for receipt in decided.receipts] == ["applied"] * 5
    return people


@pytest.mark.parametrize("path", PAGES)
async def test_strangers_and_specialists_are_kept_out(desk: Harbor, path: str) -> None:
    await group(desk)
    answer = await desk.get(path)
    assert (answer.status_code, answer.headers["location"][:8]) == (303, "/sign-in")
    await desk.enter(desk.people.specialists[0].sign_in)
    assert (await desk.get(path)).status_code == 403


async def test_another_organisation_sees_none_of_it(desk: Harbor) -> None:
    await group(desk)
    await own_time(desk)
    await desk.office.sign_in("supervisor")
    assert "Evening circle" not in await desk.page("/dashboard/sessions")
    assert (await desk.get(f"/dashboard/sessions/{SESSION}")).status_code == 404
    assert "No own time in this range" in await desk.page("/dashboard/sessions/own-time")


async def test_a_session_is_listed_and_leads_to_its_notes(desk: Harbor) -> None:
    people = await group(desk)
    await desk.enter()
    listed = await desk.page("/dashboard/sessions")
    assert "Evening circle" in listed
    assert ">3</td>" in listed
    page = await desk.page(f"/dashboard/sessions/{SESSION}")
    names = [one.name for one in desk.people.participants if one.id in people]
    assert all(name in page for name in names)
    assert all(f"/dashboard/notes/{doc}" in page for doc in NOTES)
    assert SESSION in {entry["subject"] for entry in await desk.reads()}
    assert ("list", "session") in {(entry["action"], entry["detail"]) for entry in await desk.office.log()}


async def test_a_session_names_only_notes_that_say_so_themselves(desk: Harbor) -> None:
    stranger = next(record for record in await desk.records() if record.state == "signed")
    decided = await push(desk, 3, [session(desk, 3, notes=[stranger.doc])])
    assert [receipt.outcome for receipt in decided.receipts] == ["applied"]
    await desk.enter()
    page = await desk.page(f"/dashboard/sessions/{SESSION}")
    assert f"/dashboard/notes/{stranger.doc}" not in page
    assert "1 note has not been received, or came back." in page


async def test_one_refused_note_takes_no_other_with_it(desk: Harbor) -> None:
    """Somebody of another caseload on the roster: that note alone comes back."""
    mine, theirs = caseload(desk, 3)[0], caseload(desk, 1)[0]
    changes = [session(desk, 3), *note(NOTES[0], mine, 0), *note(NOTES[1], theirs, 1)]
    decided = await push(desk, 3, changes)
    assert [(one.outcome, one.code) for one in decided.receipts] == [
        ("applied", None), ("applied", None), ("applied", None),
        ("rejected", "OUT_OF_SCOPE"), ("rejected", "BUNDLE_FAILED"),
    ]  # fmt: skip


async def test_somebody_reassigned_while_the_roster_was_open_is_late_work(desk: Harbor) -> None:
    """The phone had not heard of it: the note of that group is taken, it happened."""
    person = caseload(desk, 3)[0]
    held = next(record for record in await desk.records("assignment") if record.fields["participant"] == person)
    ruth = desk.people.supervisors[0].id
    ended = await desk.office.storage.submit_office(
        desk.org, ruth, "supervisor", [OfficeChange("void", "assignment", held.doc, held.bucket)], START
    )
    assert [receipt.outcome for receipt in ended.receipts] == ["applied"]
    decided = await push(desk, 3, note(NOTES[0], person, 0))
    assert [receipt.outcome for receipt in decided.receipts] == ["applied", "applied"]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"ended_at": START - 2 * HOUR}, "ended_at"),
        ({"ended_at": START + 15 * HOUR}, "ended_at"),
        ({"title": ""}, "title"),
        ({"sort": "party"}, "sort"),
        ({"headcount": -1}, "headcount"),
        ({"beside": ["Marcus"]}, "beside"),
    ],
)
async def test_what_no_session_can_be_is_refused_by_its_field(desk: Harbor, more: dict[str, Any], field: str) -> None:
    decided = await push(desk, 3, [session(desk, 3, **more)])
    assert [(one.code, one.field) for one in decided.receipts] == [("INVALID_FIELD", field)]


async def test_a_session_is_its_authors_alone(desk: Harbor) -> None:
    await group(desk)
    bucket = f"me:{desk.people.specialists[3].id}"
    patch = {"kind": "patch", "type": "session", "doc": SESSION, "bucket": bucket, "set": {"title": "Other"}}
    assert [one.code for one in (await push(desk, 1, [patch])).receipts] == ["OUT_OF_SCOPE"]


async def own_time(desk: Harbor) -> None:
    for specialist, minutes in ((3, 90), (1, 30)):
        bucket = f"me:{desk.people.specialists[specialist].id}"
        span = {"started_at": START - 3 * HOUR, "ended_at": START - 3 * HOUR + minutes * 60_000, "zone": "UTC"}
        fields = {"form": "own_time@1", "activity": "supervision", **span}
        doc = f"018f0000-0000-7000-8000-0000000001f{specialist}"
        change = {"kind": "create", "type": "work_time", "doc": doc, "bucket": bucket, "set": fields}
        assert [one.outcome for one in (await push(desk, specialist, [change])).receipts] == ["applied"]


async def test_own_time_is_a_plain_table_in_order_of_names(desk: Harbor) -> None:
    await own_time(desk)
    await desk.enter()
    page = await desk.page("/dashboard/sessions/own-time")
    names = [one.name for one in desk.people.specialists if f'translate="no">{one.name}</th>' in page]
    assert len(names) >= 2
    assert sorted(names) == sorted(names, key=page.index)
    assert re.search(r"From \d of 6 phones", page)


async def test_figures_about_notes_know_nothing_of_own_time(desk: Harbor) -> None:
    await desk.enter()
    before = await desk.page("/dashboard/activity")
    await own_time(desk)
    after = await desk.page("/dashboard/activity")
    assert [line for line in after.splitlines() if "contacts in this range" in line] == [
        line for line in before.splitlines() if "contacts in this range" in line
    ]
