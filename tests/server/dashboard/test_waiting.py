"""The first page: every row is there for a reason, and leaves when the reason is gone."""

from __future__ import annotations

import re

from tests.server.auth.office import HOUR, START
from tests.server.dashboard.harbor import Harbor


async def rows(desk: Harbor) -> list[str]:
    """What stands in the first column, from the top."""
    return re.findall(r'<tr class="waiting">\s*<th scope="row"><span class="tag \w+">([^<]+)</span>', await desk.page("/dashboard"))


async def test_it_tells_what_waits_and_safety_comes_first(desk: Harbor) -> None:
    await desk.enter()
    flagged = [note for note in await desk.records() if note.fields.get("flags")]
    still_open = [note for note in flagged if not note.flag_closed]
    due = [d for d in await desk.records("draft") if d.state == "open" and d.fields["started_at"] < START - 24 * HOUR]
    assert still_open
    found = await rows(desk)
    consents = found.count("Consent ends")  # tests/server/dashboard/test_person.py says which
    assert found == [
        *["Safety flag open"] * len(still_open), *["Returned, waiting"] * 2, "To read",
        "Unsent work", "Unsent work", *["Note due"] * len(due),
        "Came back", "Came back", "Two versions", *["Consent ends"] * consents, "Not seen", "Certificate",
    ]  # fmt: skip
    words = await desk.page("/dashboard")
    assert f'<span class="count">{len(await rows(desk))}</span>' in words
    assert "6 changes not sent, storage not protected, last heard 2 days ago" in words
    assert "the note was signed already" in words
    assert "the person is not on that caseload" in words


async def test_words_of_a_draft_are_nobodys_but_its_authors(desk: Harbor) -> None:
    await desk.enter()
    for path in ("/dashboard", "/dashboard/notes"):
        assert "ride to the clinic" not in await desk.page(path)


async def test_closing_a_flag_takes_a_reason_and_keeps_what_was_typed(desk: Harbor) -> None:
    await desk.enter()
    before = await rows(desk)
    note = next(n for n in await desk.records() if n.fields.get("flags") and not n.flag_closed)
    refused = await desk.post(f"/dashboard/notes/{note.doc}/close-flag", {"reason": "   "})
    assert refused.status_code == 422
    assert "Say what was done" in refused.text
    long = "long " * 500
    refused = await desk.post(f"/dashboard/notes/{note.doc}/close-flag", {"reason": long})
    assert refused.status_code == 422
    assert long.strip() in refused.text
    done = await desk.post(f"/dashboard/notes/{note.doc}/close-flag", {"reason": "Called, and they are safe."})
    assert done.status_code == 303
    again = await desk.post(f"/dashboard/notes/{note.doc}/close-flag", {"reason": "Twice."})
    assert again.status_code == 303
    (closed,) = [n for n in await desk.records() if n.doc == note.doc]
    assert (closed.flag_closed.reason, closed.flag_closed.by) == (
        "Called, and they are safe.",
        desk.people.supervisors[0].id,
    )
    assert closed.signed == note.signed
    assert len(await rows(desk)) == len(before) - 1
    assert "close-flag" not in await desk.page(f"/dashboard/notes/{note.doc}")


async def test_people_not_seen_are_those_without_a_contact_for_three_weeks(desk: Harbor) -> None:
    await desk.enter()
    last: dict[str, int] = {}
    for note in await desk.records():
        last[note.bucket] = max(last.get(note.bucket, 0), note.fields["started_at"])
    before = START - 21 * 24 * HOUR
    expected = {
        person.fields["name"]
        for person in await desk.records("participant")
        if person.received < before and last.get(person.bucket, 0) < before
    }
    words = await desk.page("/dashboard/unseen")
    assert set(re.findall(r'<th scope="row" translate="no">([^<]+)</th>', words)) == expected


async def test_phones_say_what_they_last_said(desk: Harbor) -> None:
    await desk.enter()
    words = await desk.page("/dashboard/phones")
    assert words.count('<tr id="phone-') == 7
    assert ">11 changes not sent yet<" in words
    assert words.count("Locked<") == 1
    assert words.count("Not protected") == 2
