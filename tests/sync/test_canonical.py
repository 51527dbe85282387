"""The canonical spelling and the content hash."""

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.canonical import canonical_json, content_hash
from sync.records.note import content

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "content_hash.json").read_text())["cases"]
TEXTS = st.text(st.characters(exclude_categories=("Cs",)))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize("case", VECTORS, ids=lambda case: case["name"])
def test_vectors(case):
    """Both languages spell and hash these notes alike."""
    assert content_hash(case["fields"]) == case["hash"]
    assert canonical_json(content(case["fields"])).decode() == case["canonical"]


@given(VALUES)
def test_reads_back(value):
    """Canonical JSON is JSON, and says the same."""
    assert json.loads(canonical_json(value)) == value


@given(VALUES)
def test_same_as_the_standard_library(value):
    """It is the standard library's compact, sorted spelling in UTF-8."""
    assert (
        canonical_json(value) == json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    )


@given(st.dictionaries(TEXTS, VALUES, max_size=6))
def test_order_of_keys_does_not_matter(value):
    """Two maps with the same entries have one spelling."""
    assert canonical_json(dict(reversed(value.items()))) == canonical_json(value)


@given(st.dictionaries(st.text(max_size=3), st.text(), min_size=1, max_size=3))
def test_lone_surrogates_have_a_spelling(value):
    """Also text that no encoder takes is spelled, as JSON.stringify spells it."""
    assert json.loads(canonical_json(value)) == value


@pytest.mark.parametrize("value", [1.0, math.nan, 2**53 + 1, -(2**53) - 1, {"a": [0.5]}])
def test_numbers_that_differ_between_languages_are_refused(value):
    """Floats and large integers have no canonical spelling."""
    with pytest.raises(ValueError, match="canonical"):
        canonical_json(value)
