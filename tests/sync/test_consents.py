"""Consents: in which state they are, what may be written, and that taking one back always counts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sync.consents import overall, state_of
from sync.records.consent import ConsentFields

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "consents.json").read_text())
PERSON = "0190d3e0-0000-7000-8000-000000000001"


def fields(**more: Any) -> dict[str, Any]:
    """A consent as a phone writes it, until somebody says otherwise for a year."""
    ends = "event" if more.get("expires_event") else "never" if more.get("is_for_care") else "date"
    plain = {
        "participant": PERSON, "named": "J. M.", "discloser": "Harbor House", "information": "That I come here",
        "recipient": "The county clinic", "purpose": "referral", "ends": ends, "wording": "2024",
        "signed": {"name": "J. M.", "at": 1_763_733_600_000}, "signed_on": "2025-11-22",
    }  # fmt: skip
    return {**plain, **({"expires_on": "2030-01-01"} if ends == "date" else {}), **more}


def consent(**more: Any) -> ConsentFields:
    return msgspec.convert(fields(**more), ConsentFields)


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["why"])
def test_states(case: dict[str, Any]) -> None:
    """Python's half of the shared cases."""
    warn = case.get("warn_days", 30)
    consents = [consent(**each) for each in case["consents"]]
    assert [state_of(each, case["today"], warn) for each in consents] == case["states"]
    assert overall(consents, case["today"], warn) == case["state"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"signed": {"name": "J. M.", "at": 1, "how": "declined"}},
        {"signed": {"name": "J. M.", "at": 1, "how": "drawn"}},
        {"signed": {"name": "J. M.", "at": 1, "how": "drawn", "drawing": 'M1 2"/><script>'}},
        {"ends": "event"},
        {"ends": "never", "expires_on": ""},
        {"expires_on": ""},
        {"recipient": ""},
    ],
    ids=["declined", "no strokes", "no path", "two ends", "endless without care", "no end", "to nobody"],
)
def test_what_is_no_consent_is_refused(wrong: dict[str, Any]) -> None:
    """Whatever the phone let through."""
    with pytest.raises(msgspec.ValidationError):
        consent(**wrong)
