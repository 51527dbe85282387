"""Units of a contact."""

import json
from pathlib import Path

import pytest

from sync.records.rules import UnitRule
from sync.units import minutes, units

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "units.json").read_text())


@pytest.mark.parametrize("case", VECTORS["cases"], ids=str)
def test_units(case):
    """The table of every rounding."""
    assert units(case["minutes"], UnitRule(case["unit_minutes"], case["rounding"])) == case["units"]


@pytest.mark.parametrize("case", VECTORS["minutes"], ids=str)
def test_minutes(case):
    """Only whole minutes count."""
    assert minutes(case["started_at"], case["ended_at"]) == case["minutes"]


def test_three_short_contacts_make_no_unit_apart_and_one_together():
    """7 + 7 + 7 minutes: 0 units each, 1 for the day; which of the two counts is the payer's rule, not ours."""
    rule = UnitRule()
    assert [units(7, rule) for _ in range(3)] == [0, 0, 0]
    assert units(21, rule) == 1
