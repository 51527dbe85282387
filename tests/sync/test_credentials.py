"""Credentials: when they ask for attention, and who may write them down."""

import json
from pathlib import Path

import msgspec
import pytest

from sync.credentials import reminder
from sync.ids import specialist_bucket
from sync.records.credential import CREDENTIAL, CredentialFields
from sync.validate import home_bucket

CASES = json.loads((Path(__file__).parents[1] / "vectors" / "credentials.json").read_text())["cases"]
ANA = "0190a000-0000-7000-8000-00000000a001"


@pytest.mark.parametrize("case", CASES)
def test_reminders_come_when_the_organisation_says(case):
    ends_on, today, days, expected = case
    assert reminder(ends_on, today, days) == (tuple(expected) if expected else None)


def test_a_credential_lives_with_its_specialist():
    fields = CredentialFields(ANA, "certificate", "Peer support")
    assert home_bucket(CREDENTIAL, "x", fields, "somebody else") == specialist_bucket(ANA)


@pytest.mark.parametrize(
    "wrong", [{"sort": "licence"}, {"name": ""}, {"minutes": -1}, {"ends_on": "soon"}, {"score": 1}]
)
def test_what_is_no_credential_is_refused(wrong):
    whole = {"specialist": ANA, "sort": "education", "name": "Ethics", "minutes": 120, "got_on": "2026-05-01"}
    assert msgspec.convert(whole, CredentialFields).minutes == 120
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({**whole, **wrong}, CredentialFields)
