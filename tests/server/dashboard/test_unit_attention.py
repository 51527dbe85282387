"""Units against limits on the first page: said where there is something to say, and never at the price of waiting."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest

from server.dashboard import unit_counts, warming
from server.dashboard.projection import Projections
from server.dashboard.unit_counts import AllUnitCounts
from server.dashboard.unit_limits import Reached, since, used
from server.dashboard.unit_sums import HUNDRED, UnitSums
from server.storage import activity
from server.storage.port import OfficeChange
from sync.records.rules import UnitRule
from tests.server.auth.office import START
from tests.server.dashboard.harbor import Harbor
from tests.server.dashboard.test_figures import written
from tests.server.dashboard.test_unit_limits import DAY, LIMITED, limit, pieces, settings

NONE = {"max_per_day": 0, "period": "none", "max_per_period": 0}


async def row(desk: Harbor) -> str:
    """The words of the row, '' where there is none."""
    words = re.sub(r"\s+", " ", await desk.page("/dashboard"))
    found = [one for one in re.findall(r'<tr class="waiting">.*?</tr>', words) if ">Unit limit</span>" in one]
    assert len(found) <= 1
    return found[0] if found else ""


async def test_it_says_how_many_are_near_and_past_and_leads_to_them(desk: Harbor) -> None:
    await limit(desk, **LIMITED)
    await desk.enter()
    words = await desk.page("/dashboard/units")
    said = re.findall(r"\d+ (?:person is|people are) (?:past|near) a limit\.", words)
    assert said
    found = await row(desk)
    assert re.findall(r"\d+ (?:person is|people are) (?:past|near) a limit\.", found) == said
    assert f">{sum(int(one.split()[0]) for one in said)} people<" in found
    assert 'href="/dashboard/units"' in found
    await limit(desk, **NONE)
    assert not await row(desk)


async def test_strangers_and_another_organisation_learn_nothing(desk: Harbor) -> None:
    await limit(desk, **LIMITED)
    assert (await desk.get("/dashboard")).headers["location"].startswith("/sign-in")
    await desk.office.sign_in("supervisor", desk.office.elsewhere)
    assert not await row(desk)


async def test_a_single_person_is_named(desk: Harbor) -> None:
    year = {"max_per_day": 0, "period": "rolling_months", "rolling_months": 12}
    await limit(desk, **year, max_per_period=9_999)
    sums, rules = UnitSums(desk.org), await settings(desk)
    async with desk.office.storage.read() as rows:
        await sums.catch_up(rows, rules)
    paid = {bucket: used(found, rules.units, DAY, 80).period.paid // HUNDRED for bucket, found in sums.people.items()}
    (first, most), (_, second), *_ = sorted(paid.items(), key=lambda pair: -pair[1])
    assert most > second, "two people share the most; take another seed"
    await limit(desk, **year, max_per_period=most * 100 // 80)
    await desk.enter()
    person = next(one for one in await desk.records("participant") if one.bucket == first)
    found = await row(desk)
    assert person.fields["name"] in found
    assert "Near the limit" in found


async def test_a_large_organisation_is_counted_beside_and_open_pages_are_told(
    desk: Harbor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unit_counts, "AT_ONCE", 3)
    await desk.office.app.state.units.of(desk.org).count(await settings(desk))  # as the office does when it starts
    await limit(desk, **LIMITED)
    await desk.enter()
    with desk.office.app.state.pokes.listen(desk.org) as ear:
        assert not await row(desk)
        assert await ear.wait(60)
    assert await row(desk)


async def test_activity_is_shown_while_units_are_counted_and_says_so(
    desk: Harbor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unit_counts, "AT_ONCE", 3)
    await desk.office.app.state.units.of(desk.org).count(await settings(desk))
    await desk.enter()
    before = await desk.page("/dashboard/activity")
    await limit(desk, **LIMITED)
    with desk.office.app.state.pokes.listen(desk.org) as ear:
        meanwhile = await desk.page("/dashboard/activity")
        assert await ear.wait(60)
    after = await desk.page("/dashboard/activity")
    counting = "Units are still being counted."
    assert (counting in before, counting in meanwhile, counting in after) == (False, True, False)
    made, contacts = r"[\d,]+ units in this range", r"[\d,]+ contacts in this range"
    assert [bool(re.search(made, page)) for page in (before, meanwhile, after)] == [True, False, True]
    assert re.findall(contacts, meanwhile) == re.findall(contacts, after) == re.findall(contacts, before) != []


async def test_an_office_that_starts_counts_before_anybody_asks(desk: Harbor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unit_counts, "AT_ONCE", 0)
    projections, units = Projections(), AllUnitCounts(desk.office.storage, desk.office.app.state.pokes)
    await warming.warm(desk.office.storage, projections, units)
    async with desk.office.storage.read() as rows:
        head = await activity.head(rows, desk.org)
        sums = await units.of(desk.org).counted(rows, await settings(desk), head)
        fresh = UnitSums(desk.org)
        await fresh.catch_up(rows, await settings(desk))
    assert sums is not None
    assert (sums.head, sums.people) == (head, fresh.people)
    assert projections._by_org[desk.org].head == head


async def test_what_changed_alone_is_looked_at_and_makes_no_difference(desk: Harbor) -> None:
    """New, void, other rules, another day: the same people as if everybody had been looked at."""
    await limit(desk, **LIMITED)
    sums, reached = UnitSums(desk.org), Reached()
    note = max(await desk.records(), key=lambda one: one.fields["started_at"])
    ruth = desk.people.supervisors[0].id
    new = written(desk, note)

    async def submit(one: OfficeChange) -> None:
        decided = await desk.office.storage.submit_office(desk.org, ruth, "supervisor", [one], START)
        assert [receipt.outcome for receipt in decided.receipts] == ["applied"]

    async def agree(day: int = DAY) -> dict[str, Any]:
        rules = await settings(desk)
        async with desk.office.storage.read() as rows:
            await sums.catch_up(rows, rules)
        reached.look_again(sums, rules.units, day, 80)
        assert not sums.changed
        standings = {bucket: used(found, rules.units, day, 80).standing for bucket, found in sums.people.items()}
        assert {bucket: one for bucket, (one, _) in reached.people.items()} == {
            bucket: one for bucket, one in standings.items() if one != "within"
        }
        return dict(reached.people)

    seen = [await agree()]
    await submit(new)
    seen.append(await agree())
    await submit(OfficeChange("void", "note", new.doc, new.bucket, reason="wrong person"))
    seen.append(await agree())
    await limit(desk, max_per_day=1)
    seen.append(await agree())
    seen.append(await agree(DAY + 400))
    assert seen[0]
    assert seen[0] == seen[2]
    assert not seen[-1]


async def test_where_nothing_changed_nothing_is_asked(desk: Harbor) -> None:
    await limit(desk, **LIMITED)
    await desk.enter()
    assert await row(desk)
    counts = desk.office.app.state.units.of(desk.org)
    head = counts._sums.head
    nobody_asks: Any = SimpleNamespace()
    first = await counts.reached(nobody_asks, await settings(desk), DAY, head)
    assert first.people
    with pytest.raises(AttributeError):
        await counts.reached(nobody_asks, await settings(desk), DAY, head + 1)


def test_since_the_day_when_most_of_it_was_used() -> None:
    year = UnitRule(max_per_day=4, period="calendar_year", max_per_period=10)
    told = pieces((DAY - 400, 9, 9), (DAY - 9, 4, 4), (DAY - 5, 4, 4), (DAY, 2, 2))
    assert since(told, year, DAY, 80) == DAY - 5
    assert since(told[:2], year, DAY, 80) == DAY
    assert since(told, UnitRule(max_per_day=2), DAY, 80) == DAY
