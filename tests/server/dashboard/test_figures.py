"""Every figure equals a recount over the records themselves, also after they changed."""

from __future__ import annotations

import re
from collections import Counter

import msgspec

from server.dashboard.projection import FIRST_DAY, LAST_DAY, Projection
from server.storage import activity
from server.storage.port import OfficeChange, Submission
from server.storage.records import service_day
from sync.canonical import content_hash
from sync.clock import ClockReading
from sync.messages import Change
from sync.state import Record
from tests.server.auth.office import START
from tests.server.dashboard.harbor import NOTES, Harbor

DUE_MS = 24 * 3_600_000
SUPPORT = ("emotional", "informational", "instrumental", "affiliational")


def recount(records: list[Record]) -> Counter:
    counted: Counter = Counter()
    for record in records:
        if record.state == "void":
            continue
        fields = record.fields
        key = (service_day(fields["started_at"], fields["zone"]), fields.get("site"), fields["contact_kind"])
        counted[*key, "notes"] += 1
        counted[*key, "late"] += bool(record.signed and record.signed.at - fields["ended_at"] > DUE_MS)
        for kind in fields.get("support", ()):
            counted[*key, kind] += 1
    return +counted


def told(projection: Projection) -> Counter:
    counted: Counter = Counter()
    for group in projection.between(FIRST_DAY, LAST_DAY):
        key = (group.day, group.site, group.contact_kind)
        for name in ("notes", "late", *SUPPORT):
            counted[*key, name] += getattr(group, name)
    return +counted


async def current(desk: Harbor, projection: Projection) -> Counter:
    async with desk.office.storage.read() as rows:
        await projection.catch_up(rows, await activity.head(rows, projection.org), DUE_MS)
    return told(projection)


async def test_sums_equal_a_recount(desk: Harbor) -> None:
    projection = Projection(desk.org)
    found = await current(desk, projection)
    assert found == recount(await desk.records())
    assert {name for *_, name in found} == {"notes", "late", *SUPPORT}
    seen: dict[str, int] = {}
    for note in await desk.records():
        seen[note.bucket] = max(seen.get(note.bucket, 0), note.fields["started_at"])
    assert projection.last_seen == seen
    assert len(projection.people) == len(desk.people.participants)


async def test_sums_follow_every_kind_of_change(desk: Harbor) -> None:
    projection = Projection(desk.org)
    await current(desk, projection)
    notes = await desk.records()
    ruth = desk.people.supervisors[0].id
    new = written(desk, notes[0])
    person = notes[0].fields["participant"]
    for changes in (
        [new],
        [OfficeChange("patch", "note", new.doc, new.bucket, {"started_at": START - 40 * 86_400_000, "ended_at": START - 40 * 86_400_000 + 60_000})],
        [OfficeChange("void", "note", new.doc, new.bucket, reason="wrong person")],
        [OfficeChange("patch", "participant", person, f"p:{person}", {"name": "Somebody Else"})],
        [OfficeChange("addendum", "note", notes[1].doc, notes[1].bucket, {"text": "And this."})],
    ):
        decided = await desk.office.storage.submit_office(desk.org, ruth, "supervisor", changes, START)
        assert [receipt.outcome for receipt in decided.receipts] == ["applied"], changes
        assert await current(desk, projection) == recount(await desk.records())
    fresh = Projection(desk.org)
    await current(desk, fresh)
    assert (fresh.days, fresh.last_seen, fresh.people) == (
        {day: groups for day, groups in projection.days.items() if groups}, projection.last_seen, projection.people,
    )  # fmt: skip
    assert projection.people[person].name == "Somebody Else"


async def test_a_phones_note_counts_at_once(desk: Harbor) -> None:
    await desk.enter()
    assert f">{NOTES} notes<" in await desk.page("/dashboard/notes")
    await push_one(desk)
    assert f">{NOTES + 1} notes<" in await desk.page("/dashboard/notes")


async def test_the_page_shows_the_sums(desk: Harbor) -> None:
    await desk.enter()
    words = await desk.page("/dashboard/activity")
    counted = recount(await desk.records())
    by_site: Counter = Counter()
    for (_, site, _, name), n in counted.items():
        by_site[site] += n if name == "notes" else 0
    for site in desk.people.sites:
        assert re.search(rf'<th scope="row">{re.escape(site.name)}</th><td class="number">{by_site[site.id]}</td>', words)
    assert f"{NOTES} contacts in this range" in words
    assert words.count("From 4 of 6 phones, oldest 2 days") >= 2


async def test_ranges_are_read_with_care(desk: Harbor) -> None:
    await desk.enter()
    for query in ("from=yesterday", "from=2026-09-02&to=2026-09-01", "from=2020-01-01&to=2026-01-01"):
        answer = await desk.get(f"/dashboard/activity?{query}")
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text
    assert "No contacts in this range" in await desk.page("/dashboard/activity?from=2020-01-01&to=2020-01-05")


def written(desk: Harbor, like: Record) -> OfficeChange:
    """A new note, not signed, for the same person."""
    fields = {**like.fields, "started_at": START - 3_600_000, "ended_at": START - 1_800_000}
    return OfficeChange("create", "note", "018f0000-0000-7000-8000-00000000abcd", like.bucket, fields)


async def push_one(desk: Harbor) -> str:
    """A signed note from a specialist's phone that the office knows; the note's id."""
    device = next(
        row
        for row in await desk.office.rows("devices.phones", org=desk.org)
        if row["state"] == "active" and row["person"] == desk.people.specialists[3].id
    )
    note = next(r for r in await desk.records() if r.author == device["person"])
    doc = "018f0000-0000-7000-8000-00000000beef"
    fields = {**note.fields, "started_at": START - 3_600_000, "ended_at": START - 1_800_000}
    bundle = {"bundle": "b1", "bundle_size": 2, "captured": ClockReading(START), "author": device["person"]}
    changes = [
        Change(n=device["next_n"], kind="create", type="note", doc=doc, bucket=note.bucket, set=fields, **bundle),
        Change(n=device["next_n"] + 1, kind="sign", type="note", doc=doc, bucket=note.bucket, content_hash=content_hash(fields), **bundle),
    ]  # fmt: skip
    raws = [msgspec.json.encode(change) for change in changes]
    submission = Submission(desk.org, device["id"], device["person"], "specialist", device["next_n"], raws, START)
    decided = await desk.office.storage.submit(submission)
    assert [receipt.outcome for receipt in decided.receipts] == ["applied", "applied"], decided
    return doc
