"""Who may do what, and when: the stranger first."""

import pytest

from tests.sync.desk import (
    ALEX,
    ANA,
    ANA_PHONE,
    ANA_TABLET,
    BEN,
    BEN_PHONE,
    CORE,
    NOTE,
    SAM,
    SUE_DESK,
    Desk,
    an_id,
    assignment,
    bundle,
    draft,
    note,
    person,
    sign,
    verdicts,
)  # fmt: skip
from tests.sync.test_consents import fields as consent_fields


def test_a_stranger_to_the_bucket_is_refused():
    """Whatever kind of change, whether the record exists or not."""
    desk = Desk()
    desk.one(SUE_DESK, note(doc=NOTE))
    desk.caseload[ANA].clear()
    for change in (note(doc=an_id(9)), note("patch", set={"mode": "video"}), sign(CORE), note("void", reason="x")):
        assert desk.one(ANA_PHONE, change).receipt.code == "OUT_OF_SCOPE"


def test_a_phone_speaks_for_its_own_person_only():
    """The author of a change is the person the device was issued to."""
    assert verdicts([Desk().one(ANA_PHONE, note(author=BEN))]) == ["NOT_AUTHOR"]


def test_a_colleague_on_the_same_caseload_reads_but_does_not_write_the_note():
    """Patches, signatures and voids belong to the author."""
    desk = Desk()
    desk.one(ANA_PHONE, note())
    changes = [
        note("patch", set={"mode": "video"}),
        note("tags", add={"support": ["emotional"]}),
        note("void", reason="x"),
    ]
    assert verdicts(desk.put(BEN_PHONE, *changes)) == ["NOT_AUTHOR"] * 3


def test_late_work_is_taken():
    """Captured while Sam was on the caseload, delivered after: new notes, their patches, signatures and addenda."""
    desk = Desk()
    desk.one(ANA_PHONE, note(doc=an_id(22)))
    desk.end(ANA)
    changes = [note(scope_seq=1), note("patch", set={"mode": "video"}, scope_seq=1)]
    changes += [sign({**CORE, "mode": "video"}, scope_seq=1), note("addendum", set={"text": "x"}, scope_seq=1)]
    assert (
        verdicts(desk.put(ANA_PHONE, *changes, note("void", doc=an_id(22), reason="x", scope_seq=0))) == ["applied"] * 5
    )


def test_work_captured_after_the_phone_knew_of_the_end_is_refused():
    """Logical time: the cursor had passed the end."""
    desk = Desk()
    desk.end(ANA)
    assert verdicts([desk.one(ANA_PHONE, note(scope_seq=1))]) == ["OUT_OF_SCOPE"]


def test_edits_of_what_others_keep_are_not_late_work():
    """The person's own record goes on with somebody else; the words come back for the supervisor."""
    desk = Desk()
    desk.one(SUE_DESK, person())
    desk.end(ANA)
    decision = desk.one(ANA_PHONE, person("patch", set={"about": "moved"}, scope_seq=1))
    assert (decision.receipt.code, decision.receipt.offer) == ("OUT_OF_SCOPE", "supervisor")


def test_a_new_participant_comes_with_its_assignment():
    """Offline, in one bundle with the first note; the grant is there for what follows in the same request."""
    desk = Desk()
    first = note(bucket=f"p:{ALEX}", set={**CORE, "participant": ALEX})
    decisions = desk.put(ANA_PHONE, *bundle(person(doc=ALEX), first), {**first, "doc": an_id(22)})
    assert verdicts(decisions) == ["applied"] * 3
    assert decisions[0].grants == [(ANA, f"p:{ALEX}", 0)]
    made = decisions[0].assignment
    assert made is not None
    assert (made.type, made.bucket, made.seq, made.fields) == (
        "assignment",
        f"me:{ANA}",
        1,
        {"specialist": ANA, "participant": ALEX},
    )


def test_an_assignment_grants_and_its_void_ends():
    """From its own seq, to its own seq; nobody but supervisors and administrators makes one."""
    desk = Desk()
    made, ended = desk.put(SUE_DESK, assignment(), assignment("void"))
    assert made.grants == [(BEN, f"p:{ALEX}", 1)]
    assert ended.ends == [(BEN, f"p:{ALEX}")]
    assert verdicts([desk.one(ANA_PHONE, assignment(who=ANA, doc=an_id(52)))]) == ["ROLE_FORBIDS"]


def test_a_contact_captured_before_the_closing_reached_the_phone_is_taken():
    """It happened. One captured with the closing on the screen is refused."""
    desk = Desk()
    desk.put(SUE_DESK, person(), person("patch", base=1, set={"status": "closed"}))
    assert verdicts([desk.one(ANA_PHONE, note(scope_seq=1))]) == ["applied"]
    assert verdicts([desk.one(ANA_PHONE, note(doc=an_id(22), scope_seq=2))]) == ["PARTICIPANT_CLOSED"]
    assert verdicts(desk.put(ANA_PHONE, sign(CORE, scope_seq=2))) == ["applied"]


def test_a_cursor_between_the_closing_and_a_later_edit_has_seen_neither():
    """The record comes once, at its latest place: a phone that reads in several batches may not have got that far."""
    desk = Desk()
    closing, later = (
        person("patch", base=1, set={"status": "closed"}),
        person("patch", base=2, set={"pronouns": "they"}),
    )
    desk.put(SUE_DESK, person(), closing, later)
    assert verdicts([desk.one(ANA_PHONE, note(scope_seq=2))]) == ["applied"]
    assert verdicts([desk.one(ANA_PHONE, note(doc=an_id(22), scope_seq=3))]) == ["PARTICIPANT_CLOSED"]


def test_who_closed_on_this_very_phone_knew():
    """Though its cursor is not there yet; the person's other phone did not."""
    desk = Desk()
    desk.one(SUE_DESK, person())
    closing = person("patch", base=1, set={"status": "closed"}, scope_seq=1)
    assert verdicts(desk.put(ANA_PHONE, closing, note(scope_seq=1))) == ["applied", "PARTICIPANT_CLOSED"]
    assert verdicts([desk.one(ANA_TABLET, note(doc=an_id(22), scope_seq=1))]) == ["applied"]


def test_a_voided_participant_is_like_a_closed_one():
    """Entered twice: contacts written without knowing are kept, the record does not come back."""
    desk = Desk()
    desk.put(SUE_DESK, person(), person("void", reason="entered twice"))
    assert verdicts([desk.one(ANA_PHONE, note(scope_seq=1))]) == ["applied"]
    assert verdicts([desk.one(ANA_PHONE, note(doc=an_id(22), scope_seq=2))]) == ["DOC_VOID"]
    assert desk.state.records[SAM].state == "void"


@pytest.mark.parametrize(
    ("asker", "change", "code"),
    [
        (ANA_PHONE, person("void", reason="x"), "ROLE_FORBIDS"),
        (SUE_DESK, draft(who=SUE_DESK.person), "ROLE_FORBIDS"),
        (ANA_PHONE, draft(who=BEN), "OUT_OF_SCOPE"),
        (SUE_DESK, draft("patch", set={"content": "x"}), "OUT_OF_SCOPE"),
        (ANA_PHONE, {**draft(), "type": "returned"}, "ROLE_FORBIDS"),
        (ANA_PHONE, {**draft(), "type": "site", "bucket": "org", "set": {}}, "ROLE_FORBIDS"),
        (ANA_PHONE, {**draft("patch"), "type": "site", "bucket": "org"}, "OUT_OF_SCOPE"),
    ],
)
def test_what_a_role_may_not_do(asker, change, code):
    """Void a person, keep a draft at a desk, touch another's draft, make what only the office makes."""
    desk = Desk()
    desk.put(SUE_DESK, person())
    desk.put(ANA_PHONE, draft(doc=an_id(41)))
    assert verdicts([desk.one(asker, {**change, "doc": SAM if change["type"] == "participant" else an_id(42)})]) == [
        code
    ]


def test_a_change_to_nothing_or_to_another_kind_of_record():
    """A record that never was, that is somewhere else, or that is something else."""
    desk = Desk()
    desk.put(ANA_PHONE, note(), draft())
    assert desk.one(ANA_PHONE, note("patch", doc=an_id(99), set={})).receipt.code == "INVALID_STATE"
    assert desk.one(ANA_PHONE, note("patch", doc=an_id(41), set={})).receipt.code == "INVALID_STATE"
    assert desk.one(ANA_PHONE, {**note("patch"), "type": "participant"}).receipt.field == "type"
    assert desk.one(ANA_PHONE, {**draft("sign"), "content_hash": "0" * 64}).receipt.code == "INVALID_STATE"


def test_a_consent_taken_back_counts_however_late_it_comes():
    """Whoever wrote it down; a specialist who knew that they no longer support the person takes nothing back."""
    desk, doc = Desk(), an_id(61)
    about = {"type": "consent", "doc": doc, "bucket": f"p:{SAM}", "captured": {"wall": 1_763_740_000_000}}
    desk.one(BEN_PHONE, {**about, "kind": "create", "set": consent_fields(participant=SAM)})
    desk.end(ANA)
    back = {**about, "kind": "patch", "base": 1, "set": {"revoked_on": "2026-11-22", "revoked_how": "spoken"}}
    assert verdicts([desk.one(ANA_PHONE, {**back, "scope_seq": desk.head})]) == ["OUT_OF_SCOPE"]
    assert verdicts([desk.one(ANA_PHONE, {**back, "scope_seq": 1})]) == ["applied"]
    assert desk.fields(doc)["revoked_on"] == "2026-11-22"


def test_what_a_consent_says_is_frozen_and_stays():
    """Its end is written later, its words never; a specialist voids none."""
    desk, doc = Desk(), an_id(61)
    about = {"type": "consent", "doc": doc, "bucket": f"p:{SAM}", "captured": {"wall": 1_763_740_000_000}}
    desk.one(ANA_PHONE, {**about, "kind": "create", "set": consent_fields(participant=SAM)})
    assert verdicts([desk.one(ANA_PHONE, {**about, "kind": "patch", "set": {"recipient": "Anybody"}})]) == ["INVALID_FIELD"]
    assert verdicts([desk.one(ANA_PHONE, {**about, "kind": "void"})]) == ["ROLE_FORBIDS"]
