"""Scores and steps by the vectors of both languages, and what the agreement lets referrals, check-ins and resources do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sync.instruments import score, span
from sync.records.instrument import InstrumentFields
from sync.records.referral import ENDED, newest_step
from tests.sync.desk import ANA, ANA_PHONE, BEN_PHONE, SAM, SUE_DESK, Desk, an_id, verdicts

VECTORS = Path(__file__).parents[1] / "vectors"


def instrument(case: dict[str, Any]) -> InstrumentFields:
    word = {"en": "x"}
    items = [{"key": f"q{at}", "text": word, "is_reversed": at in case["reversed"]} for at in range(case["items"])]
    scale = {"least": case["least"], "most": case["most"], "low": word, "high": word}
    scoring = {"method": "sum", "higher_is": "better", "factor": case["factor"], "missing_allowed": case["missing"]}
    fields = {
        "key": "test", "version": 1, "name": "Test", "prompt": word, "items": items, "scale": scale, "scoring": scoring,
        "citation": "x", "licence": "x",
    }  # fmt: skip
    return msgspec.convert(fields, InstrumentFields)


@pytest.mark.parametrize("case", json.loads((VECTORS / "instruments.json").read_text())["cases"], ids=lambda case: case["name"])
def test_scores_are_those_of_the_vectors(case: dict[str, Any]) -> None:
    """The phone runs the same cases."""
    answers = {f"q{at}": value for at, value in enumerate(case["answers"]) if value is not None}
    found = score(instrument(case), answers)
    assert found == case["score"]
    least, most = span(instrument(case))
    assert found is None or least <= found <= most


@pytest.mark.parametrize("case", json.loads((VECTORS / "referral_steps.json").read_text())["cases"], ids=lambda case: str(case["steps"]))
def test_the_step_written_last_stands(case: dict[str, Any]) -> None:
    """However the steps arrived."""
    newest = newest_step(case["steps"])
    assert (list(newest) if newest else None) == case["newest"]
    assert ((newest[1] if newest else "") not in ENDED) == case["waits"]


DOC, NOW = an_id(60), 1_795_275_680_000
OFFERED, CONTACTED, DECLINED = (
    f"2026-11-21 {status} {NOW + at}" for at, status in enumerate(("offered", "contacted", "declined"))
)


def change(kind: str, noun: str, bucket: str = f"p:{SAM}", **more: Any) -> dict[str, Any]:
    """A change of one of these records."""
    captured = {"wall": NOW, "mono": 1, "boot": "b"}
    return {"kind": kind, "type": noun, "doc": DOC, "bucket": bucket, "captured": captured, **more}


def referral(kind: str = "create", **more: Any) -> dict[str, Any]:
    """A referral for Sam."""
    fields = {"set": {"participant": SAM, "need": "A warm bed", "steps": [OFFERED]}} if kind == "create" else {}
    return change(kind, "referral", **fields | more)


@pytest.mark.parametrize("noun", ["referral", "checkin"])
def test_a_stranger_to_the_bucket_refers_nobody(noun: str) -> None:
    """And checks in on nobody."""
    desk = Desk()
    desk.caseload[ANA].clear()
    fields = {"participant": SAM, "need": "x"} if noun == "referral" else {"participant": SAM, "taken_at": NOW}
    assert verdicts([desk.one(ANA_PHONE, change("create", noun, set=fields))]) == ["OUT_OF_SCOPE"]


def test_steps_of_two_phones_both_stand_and_none_is_taken_away() -> None:
    """Whatever each had seen: steps are added, never removed and never replaced whole."""
    desk = Desk()
    desk.one(ANA_PHONE, referral())
    desk.one(BEN_PHONE, referral("tags", base=1, add={"steps": [CONTACTED]}))
    decision = desk.one(ANA_PHONE, referral("tags", base=1, add={"steps": [DECLINED]}))
    assert (decision.receipt.outcome, decision.receipt.conflicts) == ("applied", [])
    steps = desk.state.records[DOC].fields["steps"]
    assert steps == [OFFERED, CONTACTED, DECLINED]
    assert newest_step(steps) == ("2026-11-21", "declined")
    assert verdicts([desk.one(ANA_PHONE, referral("tags", remove={"steps": [OFFERED]}))]) == ["INVALID_FIELD"]
    assert verdicts([desk.one(ANA_PHONE, referral("patch", set={"steps": []}))]) == ["INVALID_FIELD"]
    assert desk.state.records[DOC].fields["steps"] == steps


def test_of_two_follow_up_days_the_later_stands_and_the_other_is_kept() -> None:
    """By the field's policy."""
    desk = Desk()
    desk.one(ANA_PHONE, referral())
    desk.one(BEN_PHONE, referral("patch", base=1, set={"follow_up_on": "2026-12-01"}))
    decision = desk.one(ANA_PHONE, referral("patch", base=1, set={"follow_up_on": "2026-12-05"}))
    assert (decision.receipt.outcome, decision.receipt.conflicts) == ("merged", ["follow_up_on"])
    assert [kept.value for kept in desk.state.records[DOC].kept] == ["2026-12-01"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"need": ""},
        {"steps": ["yesterday offered 1795275680000"]},
        {"steps": ["2026-11-21 vanished 1795275680000"]},
        {"follow_up_on": "soon"},
        {"consent": "mine"},
    ],
)
def test_a_referral_that_cannot_be_one_is_refused(wrong: dict[str, Any]) -> None:
    """With the field that is wrong."""
    decision = Desk().one(ANA_PHONE, referral(set={"participant": SAM, "need": "x", **wrong}))
    assert decision.receipt.code == "INVALID_FIELD"
    assert (decision.receipt.field or "").split(".")[0] in wrong


def test_what_somebody_said_of_themselves_is_not_changed_afterwards() -> None:
    """A check-in has no patches; it can be taken away whole."""
    desk = Desk()
    fields = {"participant": SAM, "taken_at": NOW, "answers": {"mood": 7}, "good": "Coffee"}
    desk.one(ANA_PHONE, change("create", "checkin", set=fields))
    worse = change("patch", "checkin", base=1, set={"answers": {"mood": 2}})
    assert verdicts([desk.one(ANA_PHONE, worse)]) == ["INVALID_FIELD"]
    eleven = {**change("create", "checkin", set={**fields, "answers": {"mood": 11}}), "doc": an_id(61)}
    assert verdicts([desk.one(ANA_PHONE, eleven)]) == ["INVALID_FIELD"]
    assert verdicts([desk.one(ANA_PHONE, change("void", "checkin", reason="mistake"))]) == ["applied"]


@pytest.mark.parametrize(("noun", "bucket"), [("resource", "directory"), ("instrument", "org")])
def test_phones_and_supervisors_make_no_resources_and_no_instruments(noun: str, bucket: str) -> None:
    """Only an administrator does, at the office."""
    desk = Desk()
    fields = {"name": "Pantry", "kinds": ["food"]}
    assert verdicts([desk.one(SUE_DESK, change("create", noun, bucket, set=fields))]) == ["ROLE_FORBIDS"]
    assert verdicts([desk.one(ANA_PHONE, change("create", noun, bucket, set=fields))]) == ["ROLE_FORBIDS"]
    assert verdicts([desk.one(ANA_PHONE, change("patch", noun, bucket, set=fields))]) == ["OUT_OF_SCOPE"]
