"""What a revision changes, and the steps of a note, read the same on the phone and in the office: equal bytes."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest

from server.templating.difference import Side, difference_view
from server.templating.environment import environment
from server.templating.note_view import Names
from server.templating.steps import Revision, steps_view
from sync.records.kind import Body
from tests.server.templating.phone_pages import names_of, phone_pages
from tests.server.templating.test_note_view import CASES

ROOT = Path(__file__).parents[3]
NOTES = CASES
HOUR = 3_600_000
MARTA = "0190d3e0-0000-7000-8000-0000000000bb"


def loops(case: dict[str, Any]) -> list[dict[str, Any]]:
    """The note as it is, and with all that a supervisor may have done to it."""
    body, at = case["body"], case["fields"]["ended_at"]
    seal = {"by": body["author"], "at": at + 3 * HOUR, "hash": "0" * 64, "seq": 20, "received": at + 50 * HOUR}
    said = {"by": MARTA, "at": at + 60 * HOUR, "seq": 31}
    done = {
        "state": "signed",
        "signed": seal,
        "returned": [{**said, "comment": "Which <form>?", "passage": "form", "field": "answers.did"}],
        "cosigned": {**said, "hash": "0" * 64, "seq": 44},
        "flag_closed": {**said, "reason": "Called her.", "seq": 30},
        "addenda": [{"by": body["author"], "at": at, "text": "Late", "seq": 0}],
    }
    return [body, body | done, body | done | {"captured": at + HOUR}]


def pairs() -> list[dict[str, Any]]:
    """Neighbours of the notes' vectors as old and new, of every form too, each way of the loop in turn."""
    return [
        {"old": old["fields"], "new": new["fields"], "names": new["names"], "old_person": old["names"]["person"],
         "body": loops(new)[at % 3], "revisions": [{"by": MARTA, "at": 5, "seq": at % 2}] if at % 5 == 0 else []}
        for at, (old, new) in enumerate(pairwise([*NOTES, NOTES[0]]))
    ]  # fmt: skip


PAGE = """
import { differenceView } from "./web/pocket/pages/difference";
import { stepsView } from "./web/pocket/pages/steps";
const page = (lang, one) => {
  const known = names(one.names, lang);
  const sides = [{ fields: one.old, person: one.old_person }, { fields: one.new, person: known.person }];
  const difference = differenceView(...sides, known);
  const steps = stepsView({ doc: "", fields: one.new, body: one.body }, known, one.revisions);
  return render("shared/difference.html", { lang, difference }) + render("shared/steps.html", { lang, steps });
};
"""


@pytest.fixture(scope="module")
def pages_of_phone(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    return phone_pages(PAGE, pairs(), tmp_path_factory.mktemp("phone"))


def office_page(lang: Any, case: dict[str, Any]) -> str:
    known = names_of(case, lang)
    body = msgspec.convert({**case["body"], "set": msgspec.Raw(b"{}")}, Body)
    difference = difference_view(Side(case["old"], case["old_person"]), Side(case["new"], known.person), known)
    steps = steps_view(case["new"], body, known, [Revision(**one) for one in case["revisions"]])
    words = environment(lang)
    shown = words.get_template("shared/difference.html").render(difference=difference)
    return shown + words.get_template("shared/steps.html").render(steps=steps)


@pytest.mark.parametrize("lang", ["en", "es"])
def test_the_office_shows_what_the_phone_shows(lang: str, pages_of_phone: list[dict[str, str]]) -> None:
    cases = pairs()
    for case, pages in zip(cases, pages_of_phone, strict=True):
        assert office_page(lang, case) == pages[lang], case
    assert sum("<ins>" in pages[lang] for pages in pages_of_phone) > len(cases) // 2, "the pairs do differ"


def test_a_note_does_not_differ_from_itself() -> None:
    names = Names("J. M.")
    for case in NOTES:
        assert difference_view(Side(case["fields"], "J. M."), Side(case["fields"], "J. M."), names) == []


def test_photos_are_told_apart_by_their_bytes() -> None:
    both, other = (next(case for case in NOTES if case["about"] == about) for about in (
        "a photo with a name, a document without", "the photo taken out, another put in"))  # fmt: skip
    page = office_page("en", {**pairs()[0], "old": both["fields"], "new": other["fields"]})
    assert "Taken out: </span>Signed &lt;plan&gt;, page 1</del>" in page
    assert "New: </span>Photo</ins>" in page


def test_marks_are_told_in_words_too() -> None:
    case = {**pairs()[0], "old": NOTES[0]["fields"], "new": {**NOTES[0]["fields"], "answers": {"did": "<b>Called</b>"}}}
    page = office_page("en", case)
    assert '<ins><span class="visually-hidden">New: </span>&lt;b&gt;Called&lt;/b&gt;</ins>' in page


def test_steps_follow_the_office_not_the_clocks() -> None:
    """A phone whose clock runs ahead does not put its answer before the question."""
    body = loops(NOTES[0])[1]
    made = msgspec.convert({**body, "set": msgspec.Raw(b"{}")}, Body)
    steps = steps_view(NOTES[0]["fields"], made, Names("J. M."), [Revision(MARTA, 5, 40)])
    assert [step["key"] for step in steps] == [
        "contact", "written", "signed", "received", "flag_closed", "returned", "revised", "cosigned", "added",
    ]  # fmt: skip
    assert [(step["unit"], step["count"]) for step in steps[1:4]] == [("minutes", 1), ("hours", 3), ("days", 2)]
