"""Units at the office: every figure equals a recount over the records, and limits are met where the rules say."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import Any

import msgspec
import pytest

from server.dashboard.unit_limits import used
from server.dashboard.unit_sums import HUNDRED, Piece, UnitSums
from server.storage.organisation_settings import organisation_settings
from server.storage.port import OfficeChange
from server.storage.records import service_day
from sync.ids import ORG_BUCKET
from sync.records.organisation import OrganisationFields
from sync.records.rules import UnitRule
from sync.state import Record
from sync.units import Contact, contact_of, count
from tests.server.auth.office import START
from tests.server.dashboard.harbor import Harbor
from tests.server.dashboard.test_figures import written

DAY = service_day(START, "America/New_York")
LIMITED = {"max_per_day": 4, "period": "calendar_year", "max_per_period": 12}


async def change(desk: Harbor, noun: str, doc: str, fields: dict[str, Any], bucket: str = ORG_BUCKET) -> None:
    one = OfficeChange("patch", noun, doc, bucket, fields)
    by = desk.people.administrator.id
    decided = await desk.office.storage.submit_office(desk.org, by, "administrator", [one], desk.office.clock())
    assert [receipt.outcome for receipt in decided.receipts] == ["applied"]


async def limit(desk: Harbor, **units: Any) -> None:
    (organisation,) = await desk.records("organisation")
    await change(desk, "organisation", organisation.doc, {"units": units})


async def settings(desk: Harbor) -> OrganisationFields:
    async with desk.office.storage.read() as rows:
        found = await organisation_settings(rows, desk.org)
    assert found
    return found


async def recount(desk: Harbor) -> tuple[Counter[Any], Counter[str]]:
    """Hundredths made and paid by day, site and kind, and paid by person; from the records one by one."""
    sites = {site.doc: site.fields.get("is_billable", True) for site in await desk.records("site")}
    volunteers = {one.doc for one in await desk.records("member") if one.fields.get("is_volunteer")}
    sizes = {
        one.doc: len(one.fields.get("notes", ())) + one.fields.get("headcount", 0)
        for one in await desk.records("session")
    }
    notes = [note for note in await desk.records() if note.state != "void"]
    replaced = {note.fields.get("supersedes") for note in notes}
    of_person: defaultdict[str, list[Contact]] = defaultdict(list)
    site_of = {note.doc: note.fields.get("site") for note in notes}
    for note in notes:
        if note.doc not in replaced:
            site, day = note.fields.get("site"), service_day(note.fields["started_at"], note.fields["zone"])
            of_person[note.bucket].append(
                contact_of(
                    note.doc, note.author, note.fields, day, sites.get(site, True) if site else None,
                    sizes.get(note.fields.get("session"), 0), is_volunteer=note.author in volunteers,
                )
            )  # fmt: skip
    rules = await settings(desk)
    made: Counter[Any] = Counter()
    people: Counter[str] = Counter()
    for bucket, contacts in of_person.items():
        counted = count(contacts, rules.units, rules.rules.billing)
        for one in contacts:
            told = counted[one.doc]
            made[one.day, site_of[one.doc], one.kind, "made"] += round(told.units * HUNDRED)
            made[one.day, site_of[one.doc], one.kind, "paid"] += round(told.paid * HUNDRED)
            people[bucket] += round(told.paid * HUNDRED)
    return +made, +people


async def told(desk: Harbor, sums: UnitSums) -> tuple[Counter[Any], Counter[str]]:
    async with desk.office.storage.read() as rows:
        await sums.catch_up(rows, await settings(desk))
    made: Counter[Any] = Counter()
    for one in sums.between(-40_000, 3_000_000):
        made[one.day, one.site, one.kind, "made"] += one.tally.made
        made[one.day, one.site, one.kind, "paid"] += one.tally.paid
    people = Counter({bucket: sum(one.paid for one in pieces) for bucket, pieces in sums.people.items()})
    return +made, +people


async def test_strangers_and_another_organisation_learn_nothing(desk: Harbor) -> None:
    assert (await desk.get("/dashboard/units")).headers["location"].startswith("/sign-in")
    names = [one.fields["name"] for one in await desk.records("participant")]
    await desk.office.sign_in("supervisor", desk.office.elsewhere)
    words = await desk.page("/dashboard/units")
    assert not [name for name in names if name in words]


async def test_sums_equal_a_recount_whatever_changes(desk: Harbor) -> None:
    """Limits, a place that stops paying, a volunteer, a new note, an edit, a void: counted anew, and only then."""
    sums = UnitSums(desk.org)
    assert await told(desk, sums) == await recount(desk)
    notes, site = await desk.records(), (await desk.records("site"))[0]
    member = (await desk.records("member"))[0]
    new = written(desk, notes[0])
    ruth = desk.people.supervisors[0].id

    async def submit(one: OfficeChange) -> None:
        decided = await desk.office.storage.submit_office(desk.org, ruth, "supervisor", [one], START)
        assert [receipt.outcome for receipt in decided.receipts] == ["applied"]

    seen = [await recount(desk)]
    for act in (
        limit(desk, **LIMITED),
        limit(desk, rounding="exact", aggregate="per_person_day"),
        change(desk, "site", site.doc, {"is_billable": not site.fields.get("is_billable", True)}),
        change(desk, "member", member.doc, {"is_volunteer": True}),
        submit(new),
        submit(OfficeChange("patch", "note", new.doc, new.bucket, {"ended_at": START - 60_000})),
        submit(OfficeChange("void", "note", new.doc, new.bucket, reason="wrong person")),
    ):
        await act
        expected = await recount(desk)
        assert await told(desk, sums) == expected
        seen.append(expected)
    fresh = UnitSums(desk.org)
    assert await told(desk, fresh) == seen[-1]
    assert len({str(sorted(map(str, one[0].items()))) for one in seen}) >= 5, "the changes changed nothing"


async def test_a_head_count_that_is_put_right_counts(desk: Harbor) -> None:
    """A group that turns out too large is not paid any more, though none of its notes changed."""
    note = next(one for one in await desk.records() if one.fields.get("goals"))
    author, session = desk.people.specialists[0].id, "018f0000-0000-7000-8000-00000000ab01"
    new = paid_for(desk, note, contact_kind="group", session=session)
    group = {
        "sort": "group", "started_at": START - 3_600_000, "ended_at": START - 1_800_000, "zone": note.fields["zone"], "title": "Circle",
        "setting": "community", "mode": "in_person", "headcount": 3, "notes": [new.doc],
    }  # fmt: skip
    made = [new, OfficeChange("create", "session", session, f"me:{author}", group)]
    await put(desk, author, made)
    sums = UnitSums(desk.org)
    before = await told(desk, sums)
    await put(desk, author, [OfficeChange("patch", "session", session, f"me:{author}", {"headcount": 90})])
    after = await told(desk, sums)
    assert after == await recount(desk)
    assert before[1][note.bucket] - after[1][note.bucket] == 2 * HUNDRED


async def put(desk: Harbor, by: str, changes: list[OfficeChange]) -> None:
    decided = await desk.office.storage.submit_office(desk.org, by, "specialist", changes, START)
    assert {receipt.outcome for receipt in decided.receipts} == {"applied"}, decided


async def test_a_new_note_changes_the_page_at_once(desk: Harbor) -> None:
    await limit(desk, max_per_day=0, period="rolling_months", rolling_months=36, max_per_period=1000)
    await desk.enter()
    paid = (await recount(desk))[1]
    note = next(one for one in await desk.records() if paid[one.bucket] and one.fields.get("goals"))
    name = next(one.fields["name"] for one in await desk.records("participant") if f"p:{one.doc}" == note.bucket)
    assert f"{paid[note.bucket] // HUNDRED} of 1,000" in row_of(await desk.page("/dashboard/units"), name)
    await put(desk, note.author, [paid_for(desk, note)])
    after = (await recount(desk))[1][note.bucket]
    assert after > paid[note.bucket]
    assert f"{after // HUNDRED} of 1,000" in row_of(await desk.page("/dashboard/units"), name)


def paid_for(desk: Harbor, like: Record, **more: Any) -> OfficeChange:
    """A new note of half an hour that the demo's rules pay: with a goal, in a place of its own."""
    new = written(desk, like)
    kept = {name: value for name, value in new.set.items() if name not in {"site", "session", "supersedes", "answers"}}
    fields = {**kept, "contact_kind": "one_on_one", "setting": "community", "mode": "in_person", "answers": {}, **more}
    return msgspec.structs.replace(new, set=fields)


def row_of(words: str, name: str) -> str:
    return words[words.index(f">{name}</a>") :].partition("</tr>")[0]


async def test_the_page_says_what_is_allowed_and_how_fresh_it_is(desk: Harbor) -> None:
    await limit(desk, **LIMITED)
    await desk.enter()
    words = await desk.page("/dashboard/units")
    assert "4 units a person and day." in words
    assert "12 units a person and year" in words
    assert "From 4 of 6 phones, oldest 2 days" in words
    order = [("Past", "Near", "Within").index(one) for one in re.findall(r">(Past|Near|Within)(?: the limit)?</span>", words)]
    assert order == sorted(order)
    assert 0 in order
    assert (await desk.get("/dashboard/units?on=soon")).status_code == 422
    entry = [one for one in await desk.office.log() if one["detail"] == "units"]
    assert entry


async def test_without_a_limit_nobody_is_near_one(desk: Harbor) -> None:
    await limit(desk, max_per_day=0, period="none", max_per_period=0)
    await desk.enter()
    words = await desk.page("/dashboard/units")
    assert "Your rules set no limit" in words
    assert "the limit</span>" not in words


async def test_the_activity_page_counts_units_beside_contacts(desk: Harbor) -> None:
    """By site, by kind and over all: what the records add up to."""
    await limit(desk, **LIMITED)
    await desk.enter()
    words = await desk.page("/dashboard/activity")
    made, _ = await recount(desk)
    in_range = {key: n for key, n in made.items() if DAY - 84 < key[0] <= DAY}
    total = {name: sum(n for key, n in in_range.items() if key[3] == name) // HUNDRED for name in ("made", "paid")}
    assert f"{total['made']:,} units in this range, {total['paid']:,} of them billable." in words
    site = desk.people.sites[0]
    of_site = [sum(n for key, n in in_range.items() if key[1] == site.id and key[3] == name) // HUNDRED for name in ("made", "paid")]
    row = words[words.index(f'<th scope="row">{site.name}</th>') :].partition("</tr>")[0]
    assert re.findall(r'class="number">([\d,]+)</td>', row)[-2:] == [f"{n:,}" for n in of_site]


async def test_a_persons_page_shows_their_days(desk: Harbor) -> None:
    await limit(desk, **LIMITED)
    await desk.enter()
    people = (await recount(desk))[1]
    bucket, paid = people.most_common(1)[0]
    words = await desk.page(f"/dashboard/people/{bucket[2:]}")
    part = words[words.index('id="units"') :]
    assert f"{paid // HUNDRED} of 12" in part
    assert "From 4 of 6 phones" in part


def pieces(*told: tuple[int, int, int]) -> list[Piece]:
    """Day, units made, units paid."""
    return [Piece(day, None, "one_on_one", made * 100, paid * 100, paid < made) for day, made, paid in told]


@pytest.mark.parametrize(
    ("rule", "contacts", "expected"),
    [
        (UnitRule(), pieces((DAY, 40, 40)), ("within", "within")),
        (UnitRule(max_per_day=10), pieces((DAY, 7, 7)), ("within", "within")),
        (UnitRule(max_per_day=10), pieces((DAY, 4, 4), (DAY, 4, 4)), ("near", "within")),
        (UnitRule(max_per_day=10), pieces((DAY, 10, 10)), ("near", "within")),
        (UnitRule(max_per_day=10), pieces((DAY, 10, 10), (DAY, 1, 0)), ("over", "within")),
        (UnitRule(max_per_day=10), pieces((DAY - 1, 12, 10)), ("within", "within")),
        (UnitRule(period="calendar_year", max_per_period=10), pieces((DAY - 9, 4, 4), (DAY, 3, 3)), ("within", "within")),
        (UnitRule(period="calendar_year", max_per_period=10), pieces((DAY - 9, 4, 4), (DAY, 4, 4)), ("within", "near")),
        (UnitRule(period="calendar_year", max_per_period=10), pieces((DAY - 9, 8, 8), (DAY, 4, 2)), ("within", "over")),
        (UnitRule(period="calendar_year", max_per_period=10), pieces((DAY - 400, 10, 10)), ("within", "within")),
        (UnitRule(period="rolling_months", rolling_months=1, max_per_period=10), pieces((DAY - 20, 9, 9)), ("within", "near")),
        (UnitRule(period="rolling_months", rolling_months=1, max_per_period=10), pieces((DAY - 40, 9, 9)), ("within", "within")),
        (UnitRule(period="fiscal_year", fiscal_month=10, max_per_period=10), pieces((DAY - 1, 9, 9)), ("within", "near")),
        (
            UnitRule(max_per_day=4, period="calendar_year", max_per_period=10),
            pieces((DAY - 1, 6, 4), (DAY, 4, 4)),
            ("near", "near"),
        ),
    ],
)  # fmt: skip
def test_near_and_past(rule: UnitRule, contacts: list[Piece], expected: tuple[str, str]) -> None:
    """A limit of the day never reads as one of the period, nor the other way round."""
    one = used(contacts, rule, DAY, 80)
    assert (one.day.standing, one.period.standing) == expected
    assert one.standing == min(expected, key=("over", "near", "within").index)
    assert msgspec.structs.replace(one.day, limit=0).percent == 0
