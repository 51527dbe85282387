"""Units of a contact, of a person's day and of a period, and what is not paid."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from server.storage.records import service_day
from sync.records import rules
from sync.records.rules import Billing, UnitRule
from sync.units import Contact, count, first_day, minutes, total, units

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "units.json").read_text())
EPOCH = date(1970, 1, 1).toordinal()


def contact(told, zone="America/New_York"):
    """A contact as the table writes one."""
    doc, start, end, more = told
    started_at, ended_at = (round(datetime.fromisoformat(at).timestamp() * 1000) for at in (start, end))
    known = {"person": "p", "specialist": "s", **more}
    return Contact(doc, started_at=started_at, ended_at=ended_at, day=service_day(started_at, zone), **known)


def day_number(day):
    """Days since 1970."""
    return date.fromisoformat(day).toordinal() - EPOCH


@pytest.mark.parametrize("case", VECTORS["cases"], ids=str)
def test_units(case):
    """The table of every rounding."""
    assert units(case["minutes"], UnitRule(case["unit_minutes"], case["rounding"])) == case["units"]


@pytest.mark.parametrize("case", VECTORS["minutes"], ids=str)
def test_minutes(case):
    """Only whole minutes count."""
    assert minutes(case["started_at"], case["ended_at"]) == case["minutes"]


@pytest.mark.parametrize("case", VECTORS["days"], ids=lambda case: case["about"])
def test_days_and_periods(case):
    """The table of every limit, of midnight and daylight saving, and of what nobody pays."""
    contacts = [contact(told, case["zone"]) for told in case["contacts"]]
    counted = count(contacts, msgspec.convert(case["units"], UnitRule), msgspec.convert(case["billing"], Billing))
    found = {
        doc: [one.units, one.paid, one.unpaid, one.day_units, one.period_units] for doc, one in sorted(counted.items())
    }
    assert found == case["expected"]
    assert {one.doc: one.day for one in contacts if "days" in case} == {
        doc: day_number(day) for doc, day in case.get("days", {}).items()
    }


@pytest.mark.parametrize("case", VECTORS["first_days"], ids=str)
def test_how_far_back_a_limit_looks(case):
    """So that nobody reads more notes than the rule needs."""
    found = first_day(day_number(case["day"]), msgspec.convert(case["units"], UnitRule))
    assert found == (case["first"] and day_number(case["first"]))


def test_the_table_knows_every_rounding_limit_and_reason():
    """Nothing of the rules goes untested."""
    said = json.dumps(VECTORS)
    words = [word for hint in ("Rounding", "Aggregate", "Period", "Past", "Unpaid") for word in allowed(hint)]
    assert [word for word in words if f'"{word}"' not in said and word not in {"per_contact", "none"}] == []


def allowed(alias):
    """Every word of an enumeration of the rules."""
    return get_args(getattr(rules, alias))


def test_sums_are_of_hundredths():
    """Three times 0.47 is 1.41, not 1.4099999."""
    case = next(one for one in VECTORS["days"] if one["about"] == "7 + 7 + 7 minutes apart, exact")
    counted = count([contact(told) for told in case["contacts"]], UnitRule(rounding="exact"), Billing())
    assert total(list(counted.values())) == (1.41, 1.41)
