"""Referrals that wait and answers that changed: strangers see neither, few people are never averaged."""

from __future__ import annotations

import re

import pytest

from server.dashboard.outcomes import LEAST_PEOPLE, Value, outcome
from server.storage.queries import sql
from sync.records.referral import ENDED, newest_step
from tests.server.dashboard.harbor import Harbor

PAGES = ("/dashboard/referrals", "/dashboard/outcomes")
DAY = 24 * 3_600_000


@pytest.mark.parametrize("path", PAGES)
async def test_a_stranger_and_a_specialist_see_nothing(desk: Harbor, path: str) -> None:
    answer = await desk.get(path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")
    await desk.enter("dana")
    assert (await desk.get(path)).status_code == 403


async def test_another_organisation_sees_nothing(desk: Harbor) -> None:
    await desk.office.sign_in("supervisor", desk.office.elsewhere)
    assert "No referral is waiting" in await desk.page("/dashboard/referrals")
    assert "Nothing to compare yet" in await desk.page("/dashboard/outcomes")


async def test_whoever_waits_is_listed_and_nobody_else(desk: Harbor) -> None:
    await desk.enter()
    words = await desk.page("/dashboard/referrals")
    table = words.partition("<tbody>")[2].partition("</tbody>")[0]
    everyone = await desk.records("referral")
    waits = [one for one in everyone if (newest_step(one.fields["steps"]) or ("", ""))[1] not in ENDED]
    assert 0 < len(waits) < len(everyone)
    assert table.count("<tr") == len(waits)
    for one in waits:
        assert one.fields["need"] in table
    assert f"{len(waits)} referrals wait" in words
    assert [entry["detail"] for entry in await desk.office.log() if entry["action"] == "list"] == ["referrals"]


async def test_change_is_from_each_persons_first_answer_to_their_newest(desk: Harbor) -> None:
    await desk.enter()
    words = await desk.page("/dashboard/outcomes")
    by_person: dict[str, list[tuple[int, int]]] = {}
    for one in await desk.records("checkin"):
        if "mood" in one.fields["answers"]:
            pair = (one.fields["taken_at"], one.fields["answers"]["mood"])
            by_person.setdefault(one.fields["participant"], []).append(pair)
    pairs = [(min(found)[1], max(found)[1]) for found in by_person.values() if len(found) > 1]
    assert len(pairs) >= LEAST_PEOPLE
    mean = sum(last - first for first, last in pairs) / len(pairs)
    row = re.search(r"<tr[^>]*>\s*<th scope=\"row\">Mood.*?</tr>", words, re.DOTALL)
    assert row is not None
    cells = re.findall(r'class="number"[^>]*>([^<]*)<', row.group())
    assert cells[0] == str(len(pairs))
    assert abs(float(cells[3].replace("−", "-")) - mean) <= 0.05 + 1e-9
    for person in desk.people.participants:
        assert len(person.name) < 4 or person.name not in words


def values(*pairs: tuple[int, int]) -> list[Value]:
    """Two answers of as many people."""
    return [Value(f"person {n}", at, value) for n, pair in enumerate(pairs) for at, value in enumerate(pair)]


def test_fewer_than_five_people_have_no_average() -> None:
    four = outcome("Mood", (0, 10), values(*[(2, 8)] * 4), is_more_better=True)
    assert (four.people, four.first, four.newest, four.change, four.higher) == (4, None, None, None, None)
    five = outcome("Mood", (0, 10), values(*[(2, 8)] * 5), is_more_better=True)
    assert (five.people, five.first, five.newest, five.change, five.higher, five.lower) == (5, 20, 80, 60, 5, 0)


def test_somebody_asked_once_does_not_count() -> None:
    once = [Value("somebody", 1, 10)]
    assert outcome("Mood", (0, 10), [*values(*[(2, 8)] * 4), *once], is_more_better=True).people == 4


def test_a_part_that_would_point_at_somebody_is_hidden() -> None:
    row = outcome("Mood", (0, 10), values(*[(2, 8)] * 9, (8, 2)), is_more_better=True)
    assert (row.change, row.higher, row.lower) == (48, None, None)


def test_falling_means_are_rounded_like_rising_ones() -> None:
    row = outcome("Mood", (0, 10), values((5, 4), (5, 5), (5, 5), (5, 5), (5, 5), (5, 5)), is_more_better=True)
    assert row.change == -2


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("links.referrals", "referral_record"),
        ("links.checkins", "checkin_record"),
        ("credentials.with_an_end", "record_ending"),
    ],
)
async def test_lists_go_by_an_index(desk: Harbor, query: str, index: str) -> None:
    async with desk.office.storage.read() as rows:
        steps = await rows._connection.execute_fetchall(f"EXPLAIN QUERY PLAN {sql(query)}", {"org": 1, "limit": 1})
    assert any(f"INDEX {index} " in step["detail"] for step in steps)
