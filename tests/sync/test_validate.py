"""What the office refuses in its own right, with the path of the field."""

from typing import Any

import pytest

from sync.forms import Form, FormField, Option, Section, Words
from tests.sync.desk import ANA_PHONE, ANA_TABLET, CORE, NOTE, SAM, SUE_DESK, WALL, Desk, an_id, note

HOUR = 3_600_000
START = CORE["started_at"]

REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("end before start", {"ended_at": START - 1}, "ended_at"),
    ("zero length", {"ended_at": START}, "ended_at"),
    ("longer than 16 hours", {"ended_at": START + 16 * HOUR + 1}, "ended_at"),
    ("20 hours", {"ended_at": START + 20 * HOUR}, "ended_at"),
    ("start in the future", {"started_at": WALL + 600_001, "ended_at": WALL + HOUR}, "started_at"),
    ("time as text", {"started_at": "yesterday"}, "started_at"),
    ("time as float", {"started_at": float(START)}, "started_at"),
    ("time beyond 2^53", {"ended_at": 2**60}, "ended_at"),
    ("bell", {"answers": {"did": "a\x07b"}}, "answers.did"),
    ("carriage return", {"answers": {"did": "a\r\nb"}}, "answers.did"),
    ("delete", {"answers": {"did": "a\x7fb"}}, "answers.did"),
    ("C1 control", {"answers": {"did": "a\x85b"}}, "answers.did"),
    ("control in a list", {"answers": {"topics": ["a", "b\x00"]}}, "answers.topics"),
    ("300 kB is too long", {"answers": {"did": "x" * 20_001}}, "answers.did"),
    ("float answer", {"answers": {"ok": 1, "n": 0.5}}, "answers.n"),
    ("integer no phone can spell", {"answers": {"n": 2**53 + 1}}, "answers.n"),
    ("answer without a name", {"answers": {"Not A Key": "x"}}, "answers.Not A Key"),
    ("too many answers", {"answers": {f"a_{chr(97 + i // 26)}{chr(97 + i % 26)}": "x" for i in range(61)}}, "answers"),
    ("answers are no map", {"answers": ["x"]}, "answers"),
    ("zone with a space", {"zone": "America/New York"}, "zone"),
    ("zone too long", {"zone": "A" * 65}, "zone"),
    ("empty zone", {"zone": ""}, "zone"),
    ("unknown mode", {"mode": "telepathy"}, "mode"),
    ("unknown kind", {"contact_kind": "party"}, "contact_kind"),
    ("unknown support", {"support": ["emotional", "financial"]}, "support"),
    ("unknown flag", {"flags": ["x"]}, "flags"),
    ("goal that is no id", {"goals": ["sobriety"]}, "goals"),
    ("form without a version", {"form": "contact"}, "form"),
    ("unknown field", {"diagnosis": "x"}, "diagnosis"),
    ("site that is no id", {"site": "north"}, "site"),
    ("somebody else's bucket", {"participant": an_id(99)}, "bucket"),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "field"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_refused_on_create(fields, field):
    """INVALID_FIELD names the field, nothing is kept but the words in the inbox."""
    desk = Desk()
    decision = desk.one(ANA_PHONE, note(set={**CORE, **fields}))
    assert (decision.receipt.code, decision.receipt.field) == ("INVALID_FIELD", field)
    assert NOTE not in desk.state.records


@pytest.mark.parametrize("missing", ["participant", "started_at", "mode", "zone", "form"])
def test_a_missing_field_is_named(missing):
    """What a note cannot do without."""
    decision = Desk().one(ANA_PHONE, note(set={key: value for key, value in CORE.items() if key != missing}))
    assert (decision.receipt.code, decision.receipt.field) == ("INVALID_FIELD", missing)


@pytest.mark.parametrize(
    "text",
    [
        "two\nlines\tand a tab",
        "😀👨‍👩‍👧‍👦",
        "مرحبا \u200f שלום \u202e",
        "a\u2028b",
        "x" * 20_000,
        "\\u0007 \\r",
        "caf\u00e9 \u00a0",
        "\ufffd",
    ],
)
def test_text_of_every_kind_is_taken(text):
    """Newlines, tabs, emoji, right-to-left, separators, 20,000 characters; also what only looks like an escape."""
    desk = Desk()
    assert desk.one(ANA_PHONE, note(set={**CORE, "answers": {"did": text}})).receipt.outcome == "applied"
    assert desk.fields()["answers"]["did"] == text


@pytest.mark.parametrize("escape", [b"\\ud800", b"\\uDFFF", b"\\udc00\\ud800"])
def test_lone_surrogates_are_refused_with_their_field(escape):
    """They are valid JSON and no valid text; the phone replaces them at input, the office refuses them."""
    raw = (
        b'{"n":1,"kind":"create","type":"note","doc":"%s","bucket":"p:%s","author":"%s","captured":{"wall":%d},'
        b'"set":{"participant":"%s","contact_kind":"one_on_one","form":"contact@1","started_at":1,"ended_at":60001,'
        b'"zone":"UTC","setting":"home","mode":"phone","answers":{"did":"a%sb"}}}'
    ) % (NOTE.encode(), SAM.encode(), ANA_PHONE.person.encode(), WALL, SAM.encode(), escape)
    decision = Desk().one(ANA_PHONE, raw)
    assert (decision.receipt.code, decision.receipt.field) == ("INVALID_FIELD", "answers.did")
    assert decision.returned is not None
    assert decision.returned.fields["change"].encode() == raw


def test_the_longest_contact_and_the_slack_of_ten_minutes_are_taken():
    """16 hours to the millisecond; a start ten minutes after the phone's own clock."""
    desk = Desk()
    longest = {**CORE, "ended_at": START + 16 * HOUR}
    ahead = {**CORE, "started_at": WALL + 600_000, "ended_at": WALL + HOUR}
    assert desk.one(ANA_PHONE, note(set=longest)).receipt.outcome == "applied"
    assert desk.one(ANA_PHONE, note(doc=an_id(22), set=ahead)).receipt.outcome == "applied"


def test_a_clock_ten_years_wrong_is_no_reason():
    """The start is held against the phone's own clock, never against the office's."""
    shift = 10 * 365 * 24 * HOUR
    for sign in (-1, 1):
        fields = {**CORE, "started_at": START + sign * shift, "ended_at": CORE["ended_at"] + sign * shift}
        change = note(set=fields, captured={"wall": WALL + sign * shift})
        assert Desk().one(ANA_PHONE, change).receipt.outcome == "applied"


def test_a_patch_by_a_slower_clock_does_not_question_the_start():
    """Only the change that sets the start is held against its device's clock."""
    desk = Desk()
    desk.one(ANA_PHONE, note())
    slow = note("patch", base=1, set={"mode": "video"}, captured={"wall": 1_000})
    assert desk.one(ANA_TABLET, slow).receipt.outcome == "applied"
    assert desk.one(ANA_TABLET, {**slow, "set": {"started_at": START + 60_000}}).receipt.field == "started_at"


def test_two_patches_may_not_make_an_impossible_contact_together():
    """Each is fine by itself; the second, which did not see the first, is refused rather than merged."""
    desk = Desk()
    desk.one(ANA_PHONE, note())
    assert (
        desk.one(SUE_DESK, note("patch", base=1, set={"started_at": START + 30 * 60_000})).receipt.outcome == "applied"
    )
    late = desk.one(ANA_TABLET, note("patch", base=1, set={"ended_at": START + 20 * 60_000}))
    assert (late.receipt.code, late.receipt.field) == ("INVALID_FIELD", "ended_at")


def test_answers_are_held_against_their_form():
    """Options and types of a known form; a form the office does not know checks nothing."""
    desk = Desk()
    words = Words("l", "l")
    form = Form("contact", 1, (Section((FormField("went", "choice", words, options=(Option("well", words),)),)),))
    desk.state.forms = {form.ref: form}
    assert desk.one(ANA_PHONE, note(set={**CORE, "answers": {"went": "great"}})).receipt.field == "answers.went"
    assert desk.one(ANA_PHONE, note(set={**CORE, "answers": {"did": "x"}})).receipt.field == "answers.did"
    assert desk.one(ANA_PHONE, note(set={**CORE, "answers": {"went": "well"}})).receipt.outcome == "applied"
    other = note(doc=an_id(22), set={**CORE, "form": "contact@2", "answers": {"went": "great"}})
    assert desk.one(ANA_PHONE, other).receipt.outcome == "applied"
