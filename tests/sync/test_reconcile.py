"""One final outcome for every change, whatever it is."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.messages import CHANGE_LIMIT_BYTES
from sync.reconcile import State, decide, parse
from sync.records import KINDS as RECORD_KINDS
from tests.sync.desk import (
    ANA,
    ANA_PHONE,
    CORE,
    NOTE,
    SUE_DESK,
    WALL,
    Desk,
    an_id,
    bundle,
    draft,
    note,
    person,
    sign,
    verdicts,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
KINDS = st.sampled_from(["create", "patch", "tags", "sign", "void", "addendum"])
TYPES = st.sampled_from(sorted(RECORD_KINDS))


class BrokenForms(dict):
    """A rule with a bug in it."""

    def get(self, key, default=None):
        raise KeyError(key)


def test_every_change_takes_one_seq_refused_ones_too():
    """So that a number once given to a refused change is never given to another."""
    decisions = Desk().put(ANA_PHONE, note(), b"{", note(doc=an_id(22), set={}), sign(CORE))
    assert [(d.receipt.n, d.receipt.seq) for d in decisions] == [(1, 1), (2, 2), (3, 3), (4, 4)]
    assert verdicts(decisions) == ["applied", "SCHEMA_UNREADABLE", "INVALID_FIELD", "applied"]


def test_a_bug_in_a_rule_quarantines_that_change_alone():
    """The others are decided; the log learns where, and no word of the content."""
    desk = Desk()
    desk.state.forms = BrokenForms()
    decisions = desk.put(ANA_PHONE, draft(), note(), draft(doc=an_id(42)))
    assert verdicts(decisions) == ["applied", "INTERNAL", "applied"]
    assert decisions[1].receipt.outcome == "quarantined"
    assert decisions[1].bug is not None
    assert decisions[1].bug.startswith("KeyError at test_reconcile.py:")


@pytest.mark.parametrize(
    "change",
    [
        b"{",
        b"",
        b"null",
        b"\xff\xfe",
        b'{"n":1}',
        json.dumps({**note(), "n": 7}).encode(),
        note(set={}),
        note(set={**CORE, "mode": "\u0007"}),
    ],
    ids=str,
)
def test_refused_work_comes_back_word_for_word(change):
    """Into the inbox of its specialist, with the reason and what can be done."""
    desk = Desk()
    decision = desk.one(ANA_PHONE, change)
    returned = decision.returned
    assert returned is not None
    assert (returned.type, returned.bucket, returned.author, returned.seq) == ("returned", f"me:{ANA}", ANA, 1)
    assert returned.fields["code"] == decision.receipt.code
    assert returned.fields["offer"] == decision.receipt.offer
    if isinstance(change, bytes):
        assert returned.fields["change"] == change.decode("utf-8", "backslashreplace")
    else:
        assert json.loads(returned.fields["change"])["set"] == change["set"]


def test_returned_work_stays_until_its_specialist_dismisses_it():
    """Nobody else can, and nothing else can be done with it."""
    desk = Desk()
    returned = desk.one(ANA_PHONE, note(set={})).returned
    assert returned is not None
    desk.state.records[returned.doc] = returned
    about = {"type": "returned", "doc": returned.doc, "bucket": f"me:{ANA}", "captured": {"wall": WALL}}
    assert verdicts([desk.one(SUE_DESK, {**about, "kind": "void"})]) == ["OUT_OF_SCOPE"]
    assert verdicts([desk.one(ANA_PHONE, {**about, "kind": "patch", "set": {"change": "x"}})]) == ["ROLE_FORBIDS"]
    assert verdicts([desk.one(ANA_PHONE, {**about, "kind": "void"})]) == ["applied"]


def test_the_desk_of_the_office_gets_no_inbox():
    """A supervisor sees the refusal on the screen."""
    assert Desk().one(SUE_DESK, note(set={})).returned is None


def test_a_change_may_be_large_and_not_larger():
    """256 KiB as captured; what is larger is refused, and comes back whole."""
    desk = Desk()
    change = draft(set={"form": "contact@1", "content": "x" * (CHANGE_LIMIT_BYTES + 1)})
    decision = desk.one(ANA_PHONE, change)
    assert (decision.receipt.outcome, decision.receipt.code) == ("rejected", "TOO_LARGE_CHANGE")
    assert decision.receipt.doc == change["doc"]
    assert decision.returned is not None
    assert len(decision.returned.fields["change"]) > CHANGE_LIMIT_BYTES


def test_the_same_record_from_another_place_is_no_duplicate():
    """A salvaged copy says the same; another content under the same id is refused."""
    desk = Desk()
    desk.one(ANA_PHONE, note())
    assert verdicts(desk.put(ANA_PHONE, note(), note(set={**CORE, "mode": "video"}))) == ["noop", "DUPLICATE_DOC"]


def test_a_draft_that_was_put_away_never_comes_back_under_its_id():
    """So a phone gives a draft's record a new id each time it is begun (web/pocket/draft_id.ts)."""
    desk = Desk()
    begun = draft(set={"form": "plan@1", "content": "{}"})
    again = {**begun, "set": {"form": "plan@1", "content": '{"vision":["x"]}'}}
    decisions = [desk.one(ANA_PHONE, change) for change in (begun, draft("void"), again, {**again, "doc": an_id(30)})]
    assert verdicts(decisions) == ["applied", "applied", "DUPLICATE_DOC", "applied"]


def test_a_bundle_is_decided_as_one():
    """One member fails, none is kept; the culprit is named, the others say why."""
    desk = Desk()
    decisions = desk.put(ANA_PHONE, *bundle(person(doc=an_id(12)), draft(), note(set={})), note(doc=an_id(22)))
    assert verdicts(decisions) == ["BUNDLE_FAILED", "BUNDLE_FAILED", "INVALID_FIELD", "applied"]
    assert desk.state.records.keys() == {an_id(22)}
    assert f"p:{an_id(12)}" not in desk.state.caseload
    assert all(decision.returned for decision in decisions[:3])


def test_a_failed_bundle_puts_back_what_stood():
    """Changes to records that were there before are undone as well."""
    desk = Desk()
    desk.one(ANA_PHONE, note())
    decisions = desk.put(ANA_PHONE, *bundle(note("patch", set={"mode": "video"}), sign(CORE)))
    assert verdicts(decisions) == ["BUNDLE_FAILED", "SIGN_CONTENT_MISMATCH"]
    assert desk.fields() == CORE


def test_a_bundle_cut_by_a_request_border_is_refused_whole():
    """Either half would be decided without the other; the phone sends a bundle in one request."""
    desk = Desk()
    first, second = bundle(note(), sign(CORE))
    assert verdicts(desk.put(ANA_PHONE, first)) == ["BUNDLE_FAILED"]
    assert verdicts(desk.put(ANA_PHONE, second)) == ["BUNDLE_FAILED"]
    assert verdicts(desk.put(ANA_PHONE, {**first, "bundle_size": 0})) == ["BUNDLE_FAILED"]
    assert NOTE not in desk.state.records


def test_two_bundles_side_by_side_are_two():
    """Each stands or falls by itself."""
    good = bundle(note(), sign(CORE), name="one")
    bad = bundle(note(doc=an_id(22), set={}), draft(), name="two")
    assert verdicts(Desk().put(ANA_PHONE, *good, *bad)) == ["applied", "applied", "INVALID_FIELD", "BUNDLE_FAILED"]


@given(st.lists(st.one_of(JSON, st.fixed_dictionaries({
    "kind": KINDS, "type": TYPES, "doc": st.sampled_from([NOTE, an_id(11)]), "bucket": st.sampled_from([f"p:{an_id(11)}", f"me:{ANA}", "org"]),
    "author": st.just(ANA), "captured": st.just({"wall": WALL}), "base": st.integers(0, 9), "scope_seq": st.integers(0, 9),
    "set": st.one_of(st.just(CORE), st.dictionaries(st.sampled_from(["mode", "answers", "name", "text", "content"]), JSON, max_size=3)),
    "add": st.dictionaries(st.sampled_from(["support", "mode"]), st.lists(st.text(max_size=9), max_size=2), max_size=2),
    "content_hash": st.none() | st.just("0" * 64), "reason": st.none() | st.text(max_size=5),
})), max_size=5))  # fmt: skip
def test_anything_at_all_is_decided_and_only_known_bugs_are_internal(values):
    """Any JSON, also JSON that looks like a change: one decision each, no exception, no rule that stumbles."""
    raws = [
        json.dumps({**value, "n": i} if isinstance(value, dict) else value).encode()
        for i, value in enumerate(values, 1)
    ]
    state = State({}, {f"p:{an_id(11)}": [(0, None)]}, {})
    decisions = decide(state, ANA_PHONE, [parse(raw, i) for i, raw in enumerate(raws, 1)], 100, WALL)
    assert [decision.receipt.seq for decision in decisions] == list(range(100, 100 + len(values)))
    assert all(decision.receipt.code != "INTERNAL" for decision in decisions)
    assert all((decision.returned is None) == (decision.receipt.code is None) for decision in decisions)
