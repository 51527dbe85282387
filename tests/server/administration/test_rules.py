"""The rules on a screen, and the example profiles: sources, marks, previews; nothing is lost by a mistake."""

from __future__ import annotations

from html import unescape
from pathlib import Path

import msgspec
import pytest

from server.administration.profiles import Profile, apply, at, preview, profiles
from server.auth.notice import STATEMENT_1, STATEMENT_2, notice_of
from server.demo.rules import RULES, UNITS
from server.storage.organisation_settings import organisation_settings
from server.storage.records import record_by_doc
from sync.records.organisation import OrganisationFields
from sync.records.rules import Billing, Cosign, Rules, UnitRule
from tests.server.auth.office import Office

PATH = "/administration/rules"
PAGE = (Path(__file__).parents[3] / "docs" / "rules.md").read_text()


def typed(**changed: str | list[str]) -> dict[str, str | list[str]]:
    return {
        "units_unit_minutes": "15", "units_rounding": "midpoint8", "units_aggregate": "per_contact",
        "units_min_minutes": "0", "units_max_per_day": "0", "units_past_day": "over_cap", "units_period": "none",
        "units_max_per_period": "0", "units_past_period": "over_cap", "units_fiscal_month": "7",
        "units_rolling_months": "6", "billing_unpaid_settings": ["jail", "prison"],
        "billing_unpaid_kinds": ["attempt_no_show", "own_time"], "billing_group_max": "0",
        "billing_is_volunteer_paid": "yes", "billing_is_transport_paid": "yes", "note_due_h": "24",
        "crisis_due_h": "12", "late_after_h": "0", "cosign_who": "none", "cosign_percent": "10",
        "retention_days": "0", "small_below": "11", "notice": "", "notice_statement": "full", "consent_warn_days": "30",
        "unseen_days": "21", "review_days": "60", "near_percent": "80", "evening_h": "17", "debrief_h": "48", **changed,
    }  # fmt: skip


async def settings(desk: Office, org: int | None = None) -> OrganisationFields:
    async with desk.storage.read() as rows:
        found = await organisation_settings(rows, org or desk.here.org)
    assert found
    return found


async def test_a_stranger_changes_nothing(desk: Office):
    before = await settings(desk), await settings(desk, desk.elsewhere.org)
    desk.forget_cookies()
    for path in (PATH, f"{PATH}/profiles/texas"):
        assert (await desk.post(path, typed(units_max_per_day="3"))).status_code == 401
    for role in ("specialist", "supervisor"):
        await desk.sign_in(role)
        for path in (PATH, f"{PATH}/profiles/texas"):
            assert (await desk.get(path)).status_code == 403
            assert (await desk.post(path, typed(units_max_per_day="3"))).status_code == 403
    assert (await settings(desk), await settings(desk, desk.elsewhere.org)) == before


async def test_every_rule_is_edited_on_the_screen(desk: Office):
    """And reads back as typed; the other organisation keeps its own."""
    wanted = typed(
        units_unit_minutes="30", units_rounding="exact", units_aggregate="per_person_day", units_min_minutes="8",
        units_max_per_day="16", units_past_day="no_auth", units_period="fiscal_year", units_max_per_period="24",
        units_past_period="no_auth", units_fiscal_month="10", units_rolling_months="3",
        billing_unpaid_settings=["prison"], billing_unpaid_kinds=["outreach"], billing_unpaid_modes=["text", "email"],
        billing_group_max="12", billing_is_goal_needed="yes", billing_is_volunteer_paid="", note_due_h="48",
        crisis_due_h="6", late_after_h="168", cosign_who="sample", cosign_percent="25", required_every=["goals", "went"],
        required_crisis=["safety_told"], retention_days="90", small_below="20", notice="Keep it closed.",
        billing_is_transport_paid="", notice_statement="short", consent_warn_days="45", unseen_days="14",
        review_days="90", near_percent="70", evening_h="19", debrief_h="24",
    )  # fmt: skip
    answer = await desk.post(PATH, wanted)
    assert answer.status_code == 200, answer.text
    now = await settings(desk)
    assert now.units == UnitRule(30, "exact", "per_person_day", 8, 16, "no_auth", "fiscal_year", 24, "no_auth", 10, 3)
    billing = Billing(("prison",), ("outreach",), ("text", "email"), 12, True, False, False)
    assert now.rules == Rules(
        "", 6, 168, {"every": ("goals", "went"), "crisis": ("safety_told",)}, Cosign("sample", 25), billing, 90, 20, "Keep it closed.",
        "short", 45, 14, 90, 70, 19, 24,
    )  # fmt: skip
    assert now.note_due_h == 48
    again = (await desk.get(PATH)).text
    assert 'value="168"' in again
    assert 'value="outreach" checked' in again
    assert 'name="required_crisis" value="safety_told" checked' in again
    assert (await desk.actions())[-1] == "rules_changed"
    assert (await settings(desk, desk.elsewhere.org)).units == UnitRule()


async def test_nothing_changed_is_no_change(desk: Office):
    await desk.post(PATH, typed())
    noted = len(await desk.actions())
    assert (await desk.post(PATH, typed())).status_code == 200
    assert len(await desk.actions()) == noted


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"units_unit_minutes": "0"}, "units_unit_minutes"),
        ({"units_max_per_day": "many"}, "units_max_per_day"),
        ({"units_max_per_day": "²"}, "units_max_per_day"),
        ({"units_rounding": "nearest"}, "units_rounding"),
        ({"units_period": "calendar_year"}, "units_max_per_period"),
        ({"cosign_percent": "101"}, "cosign_percent"),
        ({"small_below": "1"}, "small_below"),
        ({"notice": "x" * 2001}, "notice"),
    ],
    ids=str,
)
async def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(desk: Office, changed, field: str):
    before = await settings(desk)
    answer = await desk.post(PATH, typed(late_after_h="77", billing_unpaid_modes=["letter"], **changed))
    assert answer.status_code == 422
    assert f'id="f-{field}-error"' in answer.text
    assert f'href="#f-{field}"' in answer.text
    assert 'value="77"' in answer.text
    assert 'name="billing_unpaid_modes" value="letter" checked' in answer.text
    assert await settings(desk) == before


async def test_a_profile_is_previewed_then_taken(desk: Office):
    await desk.post(PATH, typed(units_max_per_day="5", notice="Ours", cosign_who="all"))
    shown = (await desk.get(f"{PATH}/profiles/texas")).text
    for words in ("104", "Texas Children&#39;s Health Plan alert, 2020", "unconfirmed", "Goes back to the usual value"):
        assert words in shown
    assert (await settings(desk)).units.max_per_day == 5
    assert (await desk.post(f"{PATH}/profiles/texas")).status_code == 200
    now = await settings(desk)
    assert (now.units.period, now.units.rolling_months, now.units.max_per_period) == ("rolling_months", 6, 104)
    assert (now.units.max_per_day, now.rules.billing.group_max, now.rules.profile) == (0, 12, "texas@1")
    assert (now.rules.notice, now.rules.cosign.who) == ("Ours", "all")
    assert (await desk.actions())[-1] == "rules_profile"
    assert "These rules began from: Texas Medicaid." in (await desk.get(PATH)).text
    assert (await desk.get(f"{PATH}/profiles/atlantis")).status_code == 404
    assert (await desk.post(f"{PATH}/profiles/atlantis")).status_code == 404


@pytest.mark.parametrize("profile", profiles().values(), ids=lambda one: one.name)
def test_every_profile_is_whole(profile: Profile):
    """Each value rests on something or is marked, can be taken, and stands in docs/rules.md."""
    fields = apply(OrganisationFields("anybody", "UTC"), profile)
    assert [line.after for line in preview(fields, profile)] == [at(fields, value.rule) for value in profile.values]
    assert all(value.source.startswith("No source was read") <= value.unconfirmed for value in profile.values)
    assert any(not value.unconfirmed for value in profile.values)
    assert f"### {profile.title.en} (`{profile.ref}`)\n\n{table(profile)}" in PAGE


async def test_a_volunteer_is_marked_in_the_record_that_phones_have(desk: Office):
    """And unmarked again; nobody else is touched."""
    person = desk.here.people["specialist"]
    told = {"name": "Specialist", "sign_in": desk.here.sign_in("specialist"), "role": "specialist", "title": ""}

    async def standing() -> tuple[bool, bool]:
        async with desk.storage.read() as rows:
            record = await record_by_doc(rows, desk.here.org, person)
        assert record
        return bool(record.fields.get("is_volunteer")), bool(record.fields.get("is_provisional"))

    assert (await desk.post(f"/administration/people/{person}", {**told, "is_volunteer": "yes"})).status_code == 200
    assert await standing() == (True, False)
    page = (await desk.get(f"/administration/people/{person}")).text
    assert 'name="is_volunteer" value="yes" checked' in page
    await desk.post(f"/administration/people/{person}", {**told, "is_provisional": "yes"})
    assert await standing() == (False, True)


def test_the_demo_organisation_has_the_rules_it_names():
    told = {"name": "anybody", "zone": "UTC"}
    wanted = apply(msgspec.convert(told, OrganisationFields), profiles()["virginia"])
    assert msgspec.convert({**told, "units": UNITS, "rules": RULES}, OrganisationFields) == wanted


def test_there_are_eight_states():
    assert sorted(profiles()) == [
        "kentucky", "massachusetts", "new_jersey", "north_carolina", "ohio", "pennsylvania", "texas", "virginia",
    ]  # fmt: skip


def test_a_broken_profile_is_named(tmp_path: Path):
    """With its file, before anybody can choose it."""
    whole = (Path(__file__).parents[3] / "server/administration/profiles/texas.toml").read_text()
    for wrong in (whole.replace("units.rounding", "units.dancing"), whole.replace('"midpoint8"', '"often"'), "name = "):
        (tmp_path / "texas.toml").write_text(wrong)
        profiles.cache_clear()
        with pytest.raises(ValueError, match=r"texas\.toml"):
            profiles(tmp_path)


def table(profile: Profile) -> str:
    """A profile as docs/rules.md shows it."""
    lines = ["| rule | value | rests on |", "|---|---|---|"]
    for value in profile.values:
        said = msgspec.json.encode(value.value).decode().replace('"', "").replace(",", ", ")
        lines.append(f"| `{value.rule}` | {said} | {'**unconfirmed**: ' if value.unconfirmed else ''}{value.source} |")
    return "\n".join(lines) + "\n"


def test_the_notice_is_the_organisations_or_one_of_the_regulation():
    """42 CFR 2.32(a)(1) and (2); own words take the place of both."""
    fields = OrganisationFields("Here", "UTC")
    assert notice_of(fields) == STATEMENT_1
    assert "or (iii) You have received the record from a covered entity" in STATEMENT_1
    short = msgspec.structs.replace(fields, rules=Rules(notice_statement="short"))
    assert notice_of(short) == STATEMENT_2 == "42 CFR part 2 prohibits unauthorized use or disclosure of these records."
    assert notice_of(msgspec.structs.replace(fields, rules=Rules(notice="Ours.", notice_statement="short"))) == "Ours."


async def test_both_statements_stand_on_the_screen_with_what_was_not_verified(desk: Office):
    await desk.sign_in("administrator")
    words = unescape((await desk.get(PATH)).text)
    assert STATEMENT_1 in words
    assert STATEMENT_2 in words
    assert "Check with counsel" in words
