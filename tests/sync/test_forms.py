"""Forms: what is missing, what shows, what does not fit."""

import json
from pathlib import Path

import msgspec
import pytest

from sync.forms import invalid, missing, read_form, shown
from sync.rules import MergePolicy

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "forms.json").read_text())
FORM = read_form(VECTORS["form"])


@pytest.mark.parametrize("case", VECTORS["missing"], ids=lambda case: case["name"])
def test_missing(case):
    """The same problems in the same order as on the phone."""
    assert msgspec.to_builtins(missing(FORM, case["fields"])) == case["problems"]


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


@pytest.mark.parametrize(
    "field",
    [
        {"key": "a", "type": "choice", "label": "l"},
        {"key": "a", "type": "prose", "label": "l", "options": ["x"]},
        {"key": "A b", "type": "prose", "label": "l"},
        {"key": "a", "type": "slider", "label": "l"},
    ],
)
def test_a_file_that_is_no_form_is_refused(field):
    """Choices need options, others have none; keys and types are what the interpreter knows."""
    with pytest.raises(msgspec.ValidationError):
        read_form({"name": "x", "version": 1, "field": [field]})


def test_a_key_is_asked_once():
    """Two fields of one key would overwrite each other's answer."""
    field = {"key": "a", "type": "prose", "label": "l"}
    with pytest.raises(msgspec.ValidationError, match="twice"):
        read_form({"name": "x", "version": 1, "field": [field, field]})
