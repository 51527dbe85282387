"""Forms: what is missing, what shows, what does not fit."""

import json
from pathlib import Path

import msgspec
import pytest

from sync.form_file import read_block, read_forms
from sync.forms import invalid, missing, shown
from sync.rules import MergePolicy

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "forms.json").read_text())
FORMS = {
    form.ref: form
    for form in read_forms(VECTORS["file"], {name: read_block(table) for name, table in VECTORS["blocks"].items()})
}
FORM = FORMS["contact@3"]


def test_a_file_becomes_its_versions():
    """Each with what it had, in the words that phones read too."""
    assert msgspec.json.decode(msgspec.json.encode(FORMS)) == VECTORS["forms"]


@pytest.mark.parametrize("case", VECTORS["missing"], ids=lambda case: case["name"])
def test_missing(case):
    """The same problems in the same order as on the phone."""
    assert msgspec.to_builtins(missing(FORM, case["fields"], case.get("also", ()))) == case["problems"]


@pytest.mark.parametrize("case", VECTORS["shown"])
def test_shown(case):
    """The same fields show as on the phone."""
    assert [field.key for field in shown(FORM, case["fields"])] == case["keys"]


@pytest.mark.parametrize("case", VECTORS["invalid"], ids=lambda case: str(case["answers"])[:40])
def test_invalid(case):
    """The same answers are refused as on the phone."""
    assert msgspec.to_builtins(invalid(FORM, case["answers"])) == case["problems"]


def test_policy_of_answers():
    """What is written never merges, what is chosen takes the latest, what is unknown counts as written."""
    assert FORM.policy("did") is MergePolicy.PROSE
    assert FORM.policy("landlord") is MergePolicy.PROSE
    assert FORM.policy("went") is MergePolicy.LATEST
    assert FORM.policy("never_heard_of") is MergePolicy.PROSE
