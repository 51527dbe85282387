"""A note reads the same on the phone and in the office: from one record, through two view builders, to equal bytes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from markupsafe import escape

from server.storage.forms import forms
from server.templating.environment import environment
from server.templating.note_view import note_view
from sync.forms import Form, FormField
from sync.records.kind import Body
from tests.server.templating.phone_pages import names_of, phone_pages

ROOT = Path(__file__).parents[3]
VECTORS: list[dict[str, Any]] = json.loads((ROOT / "tests" / "vectors" / "notes.json").read_text("utf-8"))


def answered(field: FormField) -> Any:
    """An answer that fits: every option, something nasty, or nothing out of the ordinary."""
    match field.type:
        case "choices":
            return list(field.values)
        case "choice":
            return field.values[-1]
        case "yes_no":
            return field.key < "m"
        case "number" | "scale":
            return field.most if field.most is not None else 7
        case "date":
            return "2026-11-24"
        case "time":
            return "14:05"
        case _:
            return f"<{field.key}> & “said”\nלמטה"


def of_form(form: Form) -> dict[str, Any]:
    """A note of this form with an answer to everything it asks, and one that it does not know."""
    least = VECTORS[0]
    answers = {field.key: answered(field) for field in form.by_key.values()} | {"never_heard_of": "x"}
    fields = {**least["fields"], "contact_kind": form.name, "form": form.ref, "answers": answers, "flags": ["other"]}
    return {**least, "about": form.ref, "fields": fields}


CASES = [*VECTORS, *(of_form(form) for form in forms().values())]

PAGE = """
import { noteView } from "./web/pocket/pages/note_view";
const page = (lang, one) =>
  render("shared/note.html", { lang, now: one.now, note: noteView(one, names(one.names, lang)) });
"""


@pytest.fixture(scope="module")
def pages_of_phone(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    return phone_pages(PAGE, CASES, tmp_path_factory.mktemp("phone"))


def office_page(lang: Any, case: dict[str, Any]) -> str:
    known = names_of(case, lang)
    body = msgspec.convert({**case["body"], "set": msgspec.Raw(b"{}")}, Body)
    note = note_view(case["doc"], case["fields"], body, known)
    return environment(lang).get_template("shared/note.html").render(note=note, now=case["now"])


@pytest.mark.parametrize("lang", ["en", "es"])
def test_the_office_shows_what_the_phone_shows(lang: str, pages_of_phone: list[dict[str, str]]) -> None:
    for case, pages in zip(CASES, pages_of_phone, strict=True):
        assert office_page(lang, case) == pages[lang], case["about"]


def test_nothing_typed_becomes_markup() -> None:
    page = office_page("en", next(case for case in CASES if case["about"].startswith("emoji")))
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("form", forms().values(), ids=lambda form: form.ref)
def test_a_note_shows_every_answer_in_its_forms_order_and_words(form: Form, lang: str) -> None:
    page = office_page(lang, of_form(form))
    quiet = [section for section in form.sections if section.tone != "safety"]
    labels = [str(escape(field.label.in_(lang))) for section in quiet for field in section.fields]
    places = [page.rindex(f">{label}<") for label in labels]
    assert places == sorted(places)
    for field in form.by_key.values():
        assert all(str(escape(option.label.in_(lang))) in page for option in field.options if field.type == "choices")
