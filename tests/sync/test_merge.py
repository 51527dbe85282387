"""Merging: causality first, and nothing anybody wrote is lost."""

from hypothesis import given
from hypothesis import strategies as st

from sync.merge import KEPT_LIMIT, merge_patch, merge_tags
from sync.messages import Change
from sync.reconcile import Record
from sync.records.note import NOTE as NOTE_KIND
from sync.state import Version
from tests.sync.desk import ANA, ANA_PHONE, ANA_TABLET, CORE, NOTE, SAM, SUE, SUE_DESK, Desk, note

MINE, THEIRS = "the office's words", "the phone's words"
VALUES = st.fixed_dictionaries(
    {},
    optional={
        "mode": st.sampled_from(["phone", "video", "text"]),
        "setting": st.sampled_from(["street", "court"]),
        "answers": st.dictionaries(st.sampled_from(["did", "words"]), st.text(max_size=3), max_size=2),
    },
)
TAGS = st.lists(st.sampled_from(["emotional", "informational", "instrumental", "affiliational"]), unique=True)


def test_a_patch_that_saw_the_value_simply_applies():
    """Base at or above the field's version."""
    desk = Desk()
    desk.one(ANA_PHONE, note())
    assert desk.one(SUE_DESK, note("patch", base=1, set={"mode": "video"})).receipt.outcome == "applied"
    assert desk.one(ANA_PHONE, note("patch", base=2, set={"mode": "phone"})).receipt.outcome == "applied"
    assert desk.fields()["mode"] == "phone"


def test_a_phone_need_not_pull_its_own_work_to_go_on():
    """What the same device set counts as seen, though it knows no seq of it yet."""
    desk = Desk()
    first = note("patch", set={"answers": {"did": "one"}})
    second = note("patch", set={"answers": {"did": "two"}})
    outcomes = [d.receipt.outcome for d in desk.put(ANA_PHONE, note(), first, second)]
    assert outcomes == ["applied", "applied", "applied"]
    assert desk.fields()["answers"] == {"did": "two"}


def test_of_two_concurrent_texts_the_standing_one_stays_and_the_other_is_kept():
    """Prose never merges; the receipt says which field waits for its author."""
    desk = Desk()
    desk.one(ANA_PHONE, note())
    desk.one(SUE_DESK, note("patch", base=1, set={"answers": {"did": MINE}}))
    decision = desk.one(ANA_TABLET, note("patch", base=1, set={"answers": {"did": THEIRS}}))
    assert (decision.receipt.outcome, decision.receipt.conflicts) == ("merged", ["answers.did"])
    assert desk.fields()["answers"] == {"did": MINE}
    (kept,) = desk.state.records[NOTE].kept
    assert (kept.field, kept.value, kept.by, kept.seq) == ("answers.did", THEIRS, ANA, 3)
    assert decision.kept == [kept]


def test_of_two_concurrent_choices_the_later_decision_stands_and_the_earlier_is_kept():
    """With its own author and the seq that set it, also when that was the create."""
    desk = Desk()
    desk.one(ANA_PHONE, note())
    desk.one(SUE_DESK, note("patch", base=1, set={"mode": "video"}))
    decision = desk.one(ANA_TABLET, note("patch", base=1, set={"mode": "text"}))
    assert decision.receipt.outcome == "merged"
    assert desk.fields()["mode"] == "text"
    assert [(kept.value, kept.by, kept.seq) for kept in decision.kept] == [("video", SUE, 2)]


def test_different_fields_do_not_conflict():
    """Two people on one note, each on an answer of their own."""
    desk = Desk()
    desk.one(ANA_PHONE, note())
    desk.one(SUE_DESK, note("patch", base=1, set={"answers": {"did": "a"}}))
    decision = desk.one(ANA_TABLET, note("patch", base=1, set={"answers": {"words": "b"}}))
    assert decision.receipt.outcome == "applied"
    assert desk.fields()["answers"] == {"did": "a", "words": "b"}


def test_the_same_value_twice_is_no_conflict():
    """Two people agree without knowing."""
    desk = Desk()
    desk.one(ANA_PHONE, note())
    desk.one(SUE_DESK, note("patch", base=1, set={"mode": "video"}))
    assert desk.one(ANA_TABLET, note("patch", base=1, set={"mode": "video"})).receipt.outcome == "noop"


def test_settling_takes_the_kept_value_away():
    """By the other text, or by the standing one said again; only for one who saw the conflict."""
    for settled in (MINE, THEIRS, "a third"):
        desk = Desk()
        desk.one(ANA_PHONE, note())
        desk.one(SUE_DESK, note("patch", base=1, set={"answers": {"did": MINE}}))
        desk.one(ANA_TABLET, note("patch", base=1, set={"answers": {"did": THEIRS}}))
        assert desk.one(SUE_DESK, note("patch", base=2, set={"answers": {"did": MINE}})).receipt.outcome == "noop"
        assert (
            desk.one(ANA_PHONE, note("patch", base=3, set={"answers": {"did": settled}})).receipt.outcome == "applied"
        )
        assert desk.state.records[NOTE].kept == []
        assert desk.fields()["answers"] == {"did": settled}


def test_a_record_carries_a_bounded_number_of_kept_values():
    """The rest is in the office's conflict table: every decision names its own."""
    desk = Desk()
    desk.one(ANA_PHONE, note())
    desk.one(SUE_DESK, note("patch", base=1, set={"answers": {"did": MINE}}))
    for i in range(KEPT_LIMIT + 5):
        decision = desk.one(ANA_TABLET, note("patch", base=1, set={"answers": {"did": f"text {i}"}}))
        assert [kept.value for kept in decision.kept] == [f"text {i}"]
    assert len(desk.state.records[NOTE].kept) == KEPT_LIMIT
    assert desk.state.records[NOTE].kept[-1].value == f"text {KEPT_LIMIT + 4}"


def test_an_answer_is_taken_away_with_null():
    """And the field of a note that must be there cannot be."""
    desk = Desk()
    desk.put(
        ANA_PHONE,
        note(set={**CORE, "answers": {"did": "x", "words": "y"}}),
        note("patch", set={"answers": {"did": None}}),
    )
    assert desk.fields()["answers"] == {"words": "y"}
    assert desk.one(ANA_PHONE, note("patch", set={"mode": None})).receipt.field == "mode"
    assert desk.one(ANA_PHONE, note("patch", set={"answers": None})).receipt.field == "answers"


def test_fixed_fields_and_tags_are_not_patched():
    """Whose note it is, its form, and tags, which travel as add and remove."""
    desk = Desk()
    desk.one(ANA_PHONE, note())
    for field, value in (("form", "contact@2"), ("support", ["emotional"]), ("supersedes", NOTE)):
        assert desk.one(ANA_PHONE, note("patch", set={field: value})).receipt.field == field
    assert desk.one(ANA_PHONE, note("tags", add={"mode": ["phone"]})).receipt.field == "mode"


def _record(values):
    return Record(
        doc=NOTE, type="note", bucket=f"p:{SAM}", author=ANA, device="a", state="open",
        fields={**CORE, **values}, created=1, seq=1, captured=0, received=0,
    )  # fmt: skip


def _change(base, **more):
    captured = {"wall": 0, "mono": 0, "boot": ""}
    return Change(1, "patch", "note", NOTE, f"p:{SAM}", ANA, captured, base=base, **more)


@given(VALUES, VALUES, VALUES, st.booleans())
def test_of_two_patches_every_value_is_live_or_kept_or_was_seen(start, first, second, is_concurrent):
    """Whatever two people set: a value that is neither live nor kept was replaced by one who had seen it."""
    record = _record(start)
    one = merge_patch(record, _change(1, set=first), Version(2, "b", SUE, 0), NOTE_KIND.policy)
    record.fields, record.versions, record.kept = one.fields, one.versions, one.kept
    two = merge_patch(record, _change(1 if is_concurrent else 2, set=second), Version(3, "c", ANA, 0), NOTE_KIND.policy)
    assert one.lost == []
    if not is_concurrent:
        assert two.lost == []
    shown, before = _flat(two.fields), _flat(_record(start).fields)
    for values in (first, second):
        for path, value in _flat(values).items():
            is_kept = any(kept.field == path and kept.value == value for kept in two.kept)
            was_seen = values is first and (not is_concurrent or before.get(path) == value)
            assert shown.get(path) == value or is_kept or was_seen


def _flat(values):
    answers = {f"answers.{key}": value for key, value in values.get("answers", {}).items()}
    return {path: value for path, value in {**values, **answers}.items() if path != "answers"}


@given(TAGS, TAGS, TAGS, TAGS, TAGS)
def test_tags_of_two_people_give_the_same_set_in_either_order(start, add_1, add_2, remove_1, remove_2):
    """Unless one adds what the other removes, where the later decision stands."""
    contested = (set(add_1) & set(remove_2)) | (set(add_2) & set(remove_1))
    one = _change(1, add={"support": add_1}, remove={"support": [tag for tag in remove_1 if tag not in add_1]})
    two = _change(1, add={"support": add_2}, remove={"support": [tag for tag in remove_2 if tag not in add_2]})

    def apply(*changes):
        record = _record({"support": start})
        for seq, change in enumerate(changes, 2):
            merge = merge_tags(record, change, Version(seq, str(seq), ANA, 0), NOTE_KIND.policy)
            record.fields, record.versions = merge.fields, merge.versions
        assert len(record.fields["support"]) == len(set(record.fields["support"]))
        return set(record.fields["support"]) - contested

    assert apply(one, two) == apply(two, one)
