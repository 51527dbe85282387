"""Signing, and what a signed note still takes."""

import pytest

from sync.canonical import content_hash
from sync.effects import ADDENDA_LIMIT
from tests.sync.desk import (
    ANA,
    ANA_PHONE,
    ANA_TABLET,
    BEN_PHONE,
    CORE,
    NOTE,
    SAM,
    SUE_DESK,
    WALL,
    Desk,
    an_id,
    bundle,
    draft,
    note,
    sign,
    verdicts,
)  # fmt: skip


@pytest.fixture
def desk() -> Desk:
    """With one signed note of Ana's, at seq 1 and 2."""
    desk = Desk()
    desk.put(ANA_PHONE, note(), sign(CORE))
    return desk


def test_a_signature_says_who_when_over_what_and_with_which_receipt(desk):
    """`at` is the phone's clock, `received` the office's, and the seq gives the receipt code."""
    signed = desk.state.records[NOTE].signed
    assert (signed.by, signed.at, signed.hash, signed.seq, signed.received) == (
        ANA,
        WALL,
        content_hash(CORE),
        2,
        WALL + 5,
    )
    assert desk.state.records[NOTE].state == "signed"


def test_a_signature_over_other_words_than_the_office_holds_is_refused():
    """Somebody changed the note meanwhile; the specialist has to see that before signing."""
    desk = Desk()
    desk.one(ANA_PHONE, note())
    desk.one(SUE_DESK, note("patch", base=1, set={"mode": "video"}))
    decision = desk.one(ANA_PHONE, sign(CORE))
    assert (decision.receipt.code, decision.receipt.offer) == ("SIGN_CONTENT_MISMATCH", "resubmit")
    assert desk.one(ANA_PHONE, sign({**CORE, "mode": "video"})).receipt.outcome == "applied"


def test_a_signature_needs_a_hash(desk):
    """A sign without one signs nothing."""
    desk.one(ANA_PHONE, note(doc=an_id(22)))
    assert desk.one(ANA_PHONE, note("sign", doc=an_id(22))).receipt.field == "content_hash"


def test_signing_twice_is_no_harm_and_signing_otherwise_is_refused(desk):
    """The same hash again: nothing to do. Another: the note is signed."""
    assert verdicts(desk.put(ANA_TABLET, sign(CORE), sign({**CORE, "mode": "video"}))) == ["noop", "NOTE_SIGNED"]


@pytest.mark.parametrize("asker", [ANA_PHONE, SUE_DESK])
def test_signed_is_frozen(desk, asker):
    """For its author and for the supervisor; what comes back offers an addendum."""
    before = content_hash(desk.fields())
    changes = [note("patch", base=2, set={"mode": "video"}), note("tags", base=2, add={"support": ["emotional"]})]
    decisions = desk.put(asker, *changes)
    assert verdicts(decisions) == ["NOTE_SIGNED", "NOTE_SIGNED"]
    assert decisions[0].receipt.offer == "addendum"
    assert content_hash(desk.fields()) == before


@pytest.mark.parametrize("asker", [ANA_PHONE, SUE_DESK])
def test_words_after_signing_are_an_addendum(desk, asker):
    """By author or supervisor, beside the signed content and never in it."""
    desk.one(asker, note("addendum", set={"text": "He called back.", "reason": "safety_closed"}))
    (addendum,) = desk.state.records[NOTE].addenda
    assert (addendum.by, addendum.text, addendum.reason, addendum.seq) == (
        asker.person,
        "He called back.",
        "safety_closed",
        3,
    )
    assert content_hash(desk.fields()) == desk.state.records[NOTE].signed.hash


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "text"),
        ({"text": ""}, "text"),
        ({"text": "x" * 20_001}, "text"),
        ({"text": "a\x07"}, "text"),
        ({"text": "a", "mood": "b"}, "mood"),
    ],
)
def test_an_addendum_is_checked_like_any_text(desk, fields, field):
    """Empty, too long, control characters, unknown fields."""
    assert desk.one(ANA_PHONE, note("addendum", set=fields)).receipt.field == field


def test_addenda_need_a_signed_note_and_end_somewhere(desk):
    """An open note is simply edited; two hundred addenda are enough."""
    desk.one(ANA_PHONE, note(doc=an_id(22)))
    assert verdicts(desk.put(ANA_PHONE, note("addendum", doc=an_id(22), set={"text": "x"}))) == ["INVALID_STATE"]
    more = [note("addendum", set={"text": f"{i}"}) for i in range(ADDENDA_LIMIT + 1)]
    assert verdicts(desk.put(ANA_PHONE, *more))[-2:] == ["applied", "INVALID_STATE"]


def test_only_the_author_signs():
    """Neither a colleague on the same caseload nor the supervisor."""
    desk = Desk()
    desk.one(ANA_PHONE, note())
    assert verdicts([desk.one(BEN_PHONE, sign(CORE)), desk.one(SUE_DESK, sign(CORE))]) == ["NOT_AUTHOR", "NOT_AUTHOR"]


def test_signing_on_the_phone_is_one_bundle_that_also_ends_the_draft():
    """Note, signature and draft change together."""
    desk = Desk()
    desk.one(ANA_PHONE, draft())
    decisions = desk.put(ANA_PHONE, *bundle(note(), sign(CORE), draft("void")))
    assert verdicts(decisions) == ["applied", "applied", "applied"]
    assert [desk.state.records[doc].state for doc in (NOTE, an_id(41))] == ["signed", "void"]


def test_a_signature_may_follow_in_the_request_that_created_the_note_offline():
    """`base` 0 and no pull between: the hash is all that a signature is held against."""
    desk = Desk()
    fields = {**CORE, "answers": {"did": "We talked."}, "support": ["informational", "emotional"]}
    patched = {**fields, "mode": "phone", "support": ["emotional"]}
    changes = [
        note(set=fields),
        note("patch", set={"mode": "phone"}),
        note("tags", remove={"support": ["informational"]}),
    ]
    assert verdicts(desk.put(ANA_PHONE, *changes, sign(patched))) == ["applied"] * 4
    assert desk.fields()["participant"] == SAM


def test_what_was_put_aside_can_be_settled_after_signing_without_touching_a_word():
    """The author saw the other text and keeps the signed one; any other word is frozen out."""
    desk = Desk()
    desk.one(ANA_PHONE, note())
    desk.one(SUE_DESK, note("patch", base=1, set={"answers": {"did": "office"}}))
    desk.one(ANA_TABLET, note("patch", base=1, set={"answers": {"did": "phone"}}))
    desk.one(ANA_PHONE, sign({**CORE, "answers": {"did": "office"}}))
    assert verdicts(desk.put(ANA_PHONE, note("patch", base=4, set={"answers": {"did": "phone"}}))) == ["NOTE_SIGNED"]
    assert verdicts(desk.put(ANA_PHONE, note("patch", base=4, set={"answers": {"did": "office"}}))) == ["applied"]
    assert desk.state.records[NOTE].kept == []


def test_a_signed_note_is_voided_with_a_reason_and_never_comes_back(desk):
    """Entered for the wrong person; the content stays for the record."""
    assert desk.one(ANA_PHONE, note("void")).receipt.field == "reason"
    assert desk.one(ANA_PHONE, note("void", reason="wrong person")).receipt.outcome == "applied"
    again = desk.put(ANA_PHONE, note("void", reason="x"), note("patch", set={"mode": "video"}), sign(CORE), note())
    assert verdicts(again) == ["noop", "DOC_VOID", "DOC_VOID", "noop"]
    assert desk.state.records[NOTE].state == "void"
