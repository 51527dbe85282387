"""Receipt codes and buckets."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.ids import receipt_code, seq_of_receipt

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "receipts.json").read_text())


@pytest.mark.parametrize("case", VECTORS["codes"], ids=str)
def test_codes(case):
    """A seq reads the same in both languages."""
    assert receipt_code(case["seq"]) == case["code"]
    assert seq_of_receipt(case["code"]) == case["seq"]


@pytest.mark.parametrize("case", VECTORS["read"], ids=str)
def test_codes_as_people_write_them(case):
    """Small letters, O for 0, I and L for 1; anything else is no code."""
    assert seq_of_receipt(case["text"]) == case["seq"]


@given(st.integers(0, 2**53 - 1))
def test_round_trip(seq):
    """Every seq has one code."""
    assert seq_of_receipt(receipt_code(seq).lower()) == seq
