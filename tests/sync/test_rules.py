"""An organisation's rules: old records stay valid, wrong ones are refused, and the page tells every field."""

from pathlib import Path
from typing import get_args

import msgspec
import pytest

from sync.records.organisation import OrganisationFields
from sync.records.rules import Billing, Rules, UnitRule, Unpaid, also_asked

PAGE = (Path(__file__).parents[2] / "docs" / "rules.md").read_text()
OLD = {"name": "Harbor", "zone": "America/New_York", "units": {"unit_minutes": 15}, "note_due_h": 48}


def test_a_record_from_before_the_rules_reads_as_it_did():
    """And is written back without a word more."""
    fields = msgspec.convert(OLD, OrganisationFields)
    assert fields.rules == Rules()
    assert fields.units == UnitRule()
    assert msgspec.to_builtins(fields) == {"name": "Harbor", "zone": "America/New_York", "note_due_h": 48, "units": {}}


@pytest.mark.parametrize(
    "wrong",
    [
        {"units": {"rounding": "nearest"}},
        {"units": {"max_per_day": -1}},
        {"units": {"fiscal_month": 13}},
        {"rules": {"cosign": {"who": "sample", "percent": 101}}},
        {"rules": {"required": {"dancing": ["goals"]}}},
        {"rules": {"required": {"every": ["Not A Key"]}}},
        {"rules": {"billing": {"unpaid_settings": ["moon"]}}},
        {"rules": {"crisis_due_h": 0}},
        {"rules": {"nobody_knows": 1}},
    ],
    ids=str,
)
def test_rules_that_cannot_be_are_refused(wrong):
    """By the Struct itself, so that no screen and no phone can bring them in."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({**OLD, **wrong}, OrganisationFields)


def test_the_page_tells_every_field_and_every_reason():
    """docs/rules.md is the place where an administrator looks a rule up."""
    names = [field.name for rule in (UnitRule, Rules) for field in msgspec.structs.fields(rule)]
    names += [f"billing.{field.name}" for field in msgspec.structs.fields(Billing)]
    missing = [name for name in (*names, *get_args(Unpaid)) if f"`{name}`" not in PAGE]
    assert missing == ["billing"]


def test_what_is_asked_of_every_kind_is_asked_of_each():
    """Once, and named as forms name it."""
    rules = Rules(required={"every": ("goals", "went"), "crisis": ("went", "safety_told")})
    assert also_asked(rules, "crisis") == ["goals", "answers.went", "answers.safety_told"]
    assert also_asked(rules, "group") == ["goals", "answers.went"]
    assert also_asked(Rules(), "group") == []
