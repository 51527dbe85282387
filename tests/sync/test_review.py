"""The loop: what a supervisor says of a signed note, who may, and what has to have been seen."""

from typing import Any

import pytest

from sync.canonical import content_hash
from sync.reconcile import Asker
from sync.review import RETURNS_LIMIT
from tests.sync.desk import (
    ANA_PHONE,
    BEN_PHONE,
    CORE,
    NOTE,
    SUE_DESK,
    WALL,
    Desk,
    an_id,
    bundle,
    note,
    person,
    sign,
    task,
    verdicts,
)  # fmt: skip

SAID = {**CORE, "answers": {"did": "We walked to the clinic.\nThen home."}, "flags": ["medical"]}
HASH = content_hash(SAID)
TOM_DESK = Asker(an_id(35), an_id(4), "supervisor")
ADA_DESK = Asker(an_id(36), an_id(5), "administrator")
NEWER = an_id(22)


@pytest.fixture
def desk() -> Desk:
    """With one signed note of Ana's, at seq 1 and 2."""
    desk = Desk()
    desk.put(ANA_PHONE, note(set=SAID), sign(SAID))
    return desk


def send_back(comment: str = "What was decided?", **more: Any) -> dict[str, Any]:
    quoted = {key: more.pop(key) for key in ("passage", "field") if key in more}
    return note("return", set={"comment": comment, **quoted}, **more)


def cosign(base: int, hash_: str = HASH, **more: Any) -> dict[str, Any]:
    return note("cosign", base=base, content_hash=hash_, **more)


def close(reason: str = "Saw a doctor.", **more: Any) -> dict[str, Any]:
    return note("close_flag", reason=reason, **more)


def revise(doc: str = NEWER, supersedes: str = NOTE, **more: Any) -> list[dict[str, Any]]:
    fields = {**SAID, "supersedes": supersedes, "reason": "narrative", **more}
    return bundle(note(doc=doc, set=fields), sign(fields, doc=doc), name=doc)


REVIEWS = [send_back(), cosign(2), close()]


@pytest.mark.parametrize("change", REVIEWS, ids=lambda change: change["kind"])
@pytest.mark.parametrize("asker", [ANA_PHONE, BEN_PHONE, ADA_DESK], ids=["author", "colleague", "administrator"])
def test_nobody_but_a_supervisor_reviews(desk: Desk, asker: Asker, change: dict[str, Any]) -> None:
    """A phone is a specialist's and never reviews; an administrator signs nothing."""
    assert desk.one(asker, change).receipt.code == "ROLE_FORBIDS"
    record = desk.state.records[NOTE]
    assert (record.returned, record.cosigned, record.flag_closed) == ([], None, None)


def test_nobody_cosigns_or_returns_their_own_note() -> None:
    """A supervisor who writes notes needs another one; a flag they may close, for who is alone must still act."""
    desk = Desk()
    desk.put(SUE_DESK, note(set=SAID), sign(SAID))
    decisions = desk.put(SUE_DESK, send_back(), cosign(2), close())
    assert verdicts(decisions) == ["ROLE_FORBIDS", "ROLE_FORBIDS", "applied"]
    assert decisions[0].receipt.field == "author"
    assert verdicts([desk.one(TOM_DESK, cosign(3))]) == ["applied"]


@pytest.mark.parametrize("change", REVIEWS, ids=lambda change: change["kind"])
def test_only_a_signed_note_is_reviewed(change: dict[str, Any]) -> None:
    """Neither an unsigned one, nor a voided one, nor something else."""
    desk = Desk()
    desk.put(ANA_PHONE, note(set=SAID), person())
    refused = desk.put(SUE_DESK, change, {**change, "type": "participant", "doc": CORE["participant"]})
    assert {decision.receipt.code for decision in refused} <= {"INVALID_STATE", "ROLE_FORBIDS"}
    desk.put(ANA_PHONE, sign(SAID), note("void", reason="entered twice"))
    assert desk.one(SUE_DESK, change).receipt.code == "DOC_VOID"


def test_a_return_keeps_who_when_and_which_passage_and_changes_no_word(desk: Desk) -> None:
    """The note stays signed, frozen and as it was."""
    desk.one(SUE_DESK, send_back(passage="walked to the clinic", field="answers.did"))
    desk.one(TOM_DESK, send_back("And the goal?"))
    record = desk.state.records[NOTE]
    first, second = record.returned
    assert (first.by, first.at, first.seq, first.comment) == (SUE_DESK.person, WALL, 3, "What was decided?")
    assert (first.passage, first.field) == ("walked to the clinic", "answers.did")
    assert (second.by, second.passage, second.field) == (TOM_DESK.person, "", "")
    assert (record.state, content_hash(record.fields)) == ("signed", HASH)
    patch = note("patch", base=4, set={"answers": {"did": "We ran."}})
    assert desk.one(ANA_PHONE, patch).receipt.code == "NOTE_SIGNED"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "comment"),
        ({"comment": ""}, "comment"),
        ({"comment": "  \n"}, "comment"),
        ({"comment": "x" * 4001}, "comment"),
        ({"comment": "bell \x07"}, "comment"),
        ({"comment": "Why?", "passage": "We flew.", "field": "answers.did"}, "passage"),
        ({"comment": "Why?", "passage": "We walked"}, "passage"),
        ({"comment": "Why?", "passage": "We walked", "field": "answers.went"}, "passage"),
        ({"comment": "Why?", "passage": "x", "field": "support"}, "passage"),
        ({"comment": "Why?", "tone": "kind"}, "tone"),
    ],
)
def test_a_return_that_does_not_fit_is_refused_with_its_field(desk: Desk, fields: dict[str, Any], field: str) -> None:
    """An empty comment asks for nothing; a passage must stand in the note."""
    receipt = desk.one(SUE_DESK, note("return", set=fields)).receipt
    assert (receipt.code, receipt.field) == ("INVALID_FIELD", field)


def test_returns_have_a_bound(desk: Desk) -> None:
    """After the 50th, people should talk."""
    desk.put(SUE_DESK, *(send_back(f"Once more, {n}") for n in range(RETURNS_LIMIT)))
    assert verdicts([desk.one(SUE_DESK, send_back())]) == ["INVALID_STATE"]


def test_a_return_is_taken_whatever_its_base(desk: Desk) -> None:
    """A colleague co-signed and the author added words meanwhile: the comment still reaches the author."""
    desk.put(TOM_DESK, cosign(2))
    desk.put(ANA_PHONE, note("addendum", base=2, set={"text": "He called."}))
    assert verdicts([desk.one(SUE_DESK, send_back(base=2))]) == ["applied"]
    assert desk.state.records[NOTE].cosigned is not None


def test_a_cosignature_binds_to_the_content_hash(desk: Desk) -> None:
    """Another hash, or none, signs nothing."""
    decisions = desk.put(SUE_DESK, cosign(2, "0" * 64), note("cosign", base=2))
    assert verdicts(decisions) == ["SIGN_CONTENT_MISMATCH", "INVALID_FIELD"]
    desk.one(SUE_DESK, cosign(2))
    seal = desk.state.records[NOTE].cosigned
    assert seal is not None
    assert (seal.by, seal.at, seal.hash, seal.seq) == (SUE_DESK.person, WALL, HASH, 5)


def test_of_two_supervisors_at_once_the_first_cosigns(desk: Desk) -> None:
    """Nothing is left to do for the second."""
    assert verdicts([desk.one(SUE_DESK, cosign(2)), desk.one(TOM_DESK, cosign(2))]) == ["applied", "noop"]
    seal = desk.state.records[NOTE].cosigned
    assert seal is not None
    assert seal.by == SUE_DESK.person


@pytest.mark.parametrize(
    ("asker", "meanwhile"),
    [(TOM_DESK, send_back()), (ANA_PHONE, note("addendum", set={"text": "It was Tuesday."}))],
    ids=["another supervisor's return", "an addendum"],
)
def test_a_cosignature_covers_nothing_unseen(desk: Desk, asker: Asker, meanwhile: dict[str, Any]) -> None:
    """What came after the page was shown has to be looked at first; then it may be co-signed."""
    desk.one(asker, meanwhile)
    receipt = desk.one(SUE_DESK, cosign(2)).receipt
    assert (receipt.code, receipt.field) == ("INVALID_STATE", "base")
    assert verdicts([desk.one(SUE_DESK, cosign(3))]) == ["applied"]


def test_words_after_a_cosignature_are_addenda(desk: Desk) -> None:
    """Beside it; what was co-signed stays what it was."""
    desk.one(SUE_DESK, cosign(2))
    desk.one(ANA_PHONE, note("addendum", base=3, set={"text": "It was Tuesday.", "reason": "wrong_date"}))
    record = desk.state.records[NOTE]
    seal = record.cosigned
    assert seal is not None
    assert (record.addenda[0].seq > seal.seq, seal.hash) == (True, content_hash(record.fields))


def test_a_note_that_a_signed_one_supersedes_is_left_to_its_revision(desk: Desk) -> None:
    """The revision is what there is to return or co-sign; a flag of the old one still has to be closed."""
    assert verdicts(desk.put(ANA_PHONE, *revise())) == ["applied", "applied"]
    decisions = desk.put(SUE_DESK, send_back(), cosign(4), close())
    assert verdicts(decisions) == ["INVALID_STATE", "INVALID_STATE", "applied"]
    assert decisions[0].receipt.field == "supersedes"
    fields = desk.state.records[NEWER].fields
    assert verdicts([desk.one(SUE_DESK, cosign(4, content_hash(fields), doc=NEWER))]) == ["applied"]


def test_a_return_meets_a_revision_that_is_under_way(desk: Desk) -> None:
    """It was returned while the phone, offline, was already writing it anew: both are kept, side by side."""
    desk.one(SUE_DESK, send_back())
    assert verdicts(desk.put(ANA_PHONE, *revise())) == ["applied", "applied"]
    assert [said.comment for said in desk.state.records[NOTE].returned] == ["What was decided?"]


def test_an_unsigned_revision_answers_nothing(desk: Desk) -> None:
    """Only what is signed takes the place of the old note."""
    desk.one(ANA_PHONE, note(doc=NEWER, set={**SAID, "supersedes": NOTE}))
    assert verdicts([desk.one(SUE_DESK, send_back())]) == ["applied"]


@pytest.mark.parametrize(
    ("asker", "doc", "supersedes"),
    [(BEN_PHONE, NEWER, NOTE), (ANA_PHONE, NEWER, NEWER), (ANA_PHONE, NEWER, CORE["participant"])],
    ids=["a colleague's note", "itself", "what is no note"],
)
def test_what_may_not_be_superseded(desk: Desk, asker: Asker, doc: str, supersedes: str) -> None:
    """Nobody takes a colleague's note, or a whole circle of notes, out of the supervisor's sight."""
    desk.one(SUE_DESK, person())
    first = desk.put(asker, *revise(doc, supersedes))[0].receipt
    assert (first.code, first.field) == ("INVALID_FIELD", "supersedes")


def test_two_notes_do_not_supersede_each_other() -> None:
    """The second half of a circle is refused."""
    desk = Desk()
    desk.put(ANA_PHONE, *revise(NEWER, NOTE))
    assert desk.put(ANA_PHONE, *revise(NOTE, NEWER))[0].receipt.code == "INVALID_FIELD"


def test_a_supervisor_may_revise_for_somebody_who_has_left(desk: Desk) -> None:
    """With a note of their own, which somebody else co-signs."""
    assert verdicts(desk.put(SUE_DESK, *revise())) == ["applied", "applied"]


def test_a_reason_of_a_revision_is_one_of_the_list_and_fixed(desk: Desk) -> None:
    """It is signed with the rest."""
    assert desk.put(ANA_PHONE, *revise(reason="no time"))[0].receipt.code == "INVALID_FIELD"
    desk.one(ANA_PHONE, note(doc=NEWER, set={**SAID, "supersedes": NOTE, "reason": "wrong_date"}))
    later = note("patch", doc=NEWER, base=5, set={"reason": "other"})
    assert desk.one(ANA_PHONE, later).receipt.field == "reason"


def test_a_flag_is_closed_with_a_reason_and_once(desk: Desk) -> None:
    """Of two the first stands."""
    decisions = desk.put(SUE_DESK, close(" "), close(" Saw a doctor. "), close("Again."))
    assert verdicts(decisions) == ["INVALID_FIELD", "applied", "noop"]
    closed = desk.state.records[NOTE].flag_closed
    assert closed is not None
    assert (closed.by, closed.reason, closed.seq) == (SUE_DESK.person, "Saw a doctor.", 4)


def test_there_must_be_a_flag_to_close() -> None:
    """A note without one has nothing to close."""
    desk = Desk()
    desk.put(ANA_PHONE, note(), sign(CORE))
    assert desk.one(SUE_DESK, close()).receipt.field == "flags"


def test_a_task_is_given_by_a_supervisor_and_ticked_off_by_its_specialist() -> None:
    """Nobody else's phone sees it; its words stay."""
    desk = Desk()
    assert verdicts([desk.one(BEN_PHONE, task())]) == ["ROLE_FORBIDS"]
    assert verdicts([desk.one(ADA_DESK, task())]) == ["ROLE_FORBIDS"]
    assert verdicts([desk.one(SUE_DESK, task())]) == ["applied"]
    done = task("patch", base=3, set={"is_done": True})
    assert verdicts([desk.one(ANA_PHONE, done)]) == ["OUT_OF_SCOPE"]
    assert verdicts([desk.one(BEN_PHONE, task("patch", base=3, set={"text": "Rest."}))]) == ["ROLE_FORBIDS"]
    assert verdicts([desk.one(BEN_PHONE, task("void"))]) == ["ROLE_FORBIDS"]
    assert verdicts([desk.one(BEN_PHONE, done)]) == ["applied"]
    assert verdicts([desk.one(SUE_DESK, task("patch", base=7, set={"text": "Rest."}))]) == ["INVALID_FIELD"]
    assert verdicts([desk.one(SUE_DESK, task("void"))]) == ["applied"]


@pytest.mark.parametrize(
    "fields", [{"text": ""}, {"text": "x" * 2001}, {"text": "Call.", "due_on": "tomorrow"}, {"text": "\x07"}]
)
def test_a_task_that_does_not_fit_is_refused(fields: dict[str, Any]) -> None:
    """Text up to 2,000, a day or none."""
    change = task(set={"specialist": BEN_PHONE.person, **fields})
    assert Desk().one(SUE_DESK, change).receipt.code == "INVALID_FIELD"
