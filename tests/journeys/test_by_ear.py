"""The core tasks by keyboard alone, as a screen reader tells them, in English and in Spanish."""

from __future__ import annotations

import tomllib

import pytest

from tests.journeys import steps
from tests.journeys.conftest import Browser
from tests.support.listener import Listener
from tests.support.office import ROOT, Office

LANGUAGES = ("en", "es")


def label(language: str, key: str) -> str:
    """What a prompt of the routine note is called."""
    blocks = [tomllib.loads((ROOT / f"web/forms/blocks/{name}.toml").read_text()) for name in ("story", "next")]
    fields = [one for block in blocks for section in block["section"] for one in section["field"]]
    return str(next(one["label"][language] for one in fields if one["key"] == key))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_note_is_written_and_signed_by_ear(office: Office, browser: Browser, language: str) -> None:
    """From Today to the signed note: every stop has a name and a mark, every page a title and a heading."""
    phone = browser("phone")
    steps.enrol(phone, office.facts)
    page = phone.page
    steps.speak(phone, office.url, language)

    ear = Listener(page)
    ear.arrive("nav.tabs")
    ear.to(steps.START)
    ear.press("Enter")
    ear.arrive("#note-form")
    ear.to("#f-minutes input")
    ear.press("ArrowRight")
    ear.stop()
    said = ear.to("#f-support input")
    assert "checkbox" in said
    ear.press("Space")
    assert "checked" in ear.stop()
    for name in ("said", "did", "went", "next"):
        ear.to(f"#f-{name}")
        ear.type("We talked about the week.")
    ear.to("button[name=then][value=check].primary")
    ear.press("Enter")
    ear.arrive("button[form=sign-form]")
    ear.to("button[form=sign-form]")
    ear.press("Enter")
    ear.arrive(steps.STANDING)
    path = ear.tell(f"note-{language}")
    log = path.read_text()
    for key in ("did", "went", "next"):
        assert label(language, key) in log
    assert ear.troubles == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_wrong_time_is_heard_and_what_was_typed_is_kept(office: Office, browser: Browser, language: str) -> None:
    """The focus goes to the summary, which says what is wrong; its link leads to the field, which says it again."""
    phone = browser("phone")
    steps.enrol(phone, office.facts)
    page = phone.page
    steps.speak(phone, office.url, language)
    steps.begin(phone)
    ear = Listener(page)
    ear.to("#f-minutes input")
    for _ in range(3):  # from 30 minutes past 45 and 60 to "exact times"
        ear.press("ArrowRight")
    for name, time in (("start", "12:00"), ("end", "11:00")):
        page.locator(f"#f-{name}").fill(time)
    ear.to("#f-did")
    ear.type("Kept words.")
    ear.to("button[name=then][value=check].primary")
    ear.press("Enter")
    page.wait_for_selector(".error-summary")
    page.wait_for_function("document.activeElement.matches('.error-summary')")
    ear.stop()
    ear.to(".error-summary a")
    ear.press("Enter")
    page.wait_for_function("document.activeElement.id === 'f-end'")
    said = ear.stop()
    ear.tell(f"wrong-time-{language}")
    assert "invalid true" in said
    assert page.locator("#f-did").input_value() == "Kept words."
    assert ear.troubles == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_supervisor_reads_a_note_by_ear(office: Office, browser: Browser, language: str) -> None:
    """From what needs attention to a note, with the list between."""
    desk = browser("desk")
    desk.page.set_extra_http_headers({"Accept-Language": language})
    steps.sign_in(desk, office, steps.account(office.facts, "supervisor"))
    ear = Listener(desk.page)
    ear.arrive("main")
    ear.to("a[href='/dashboard/notes']")
    ear.press("Enter")
    ear.arrive("main a[href^='/dashboard/notes/']")
    ear.to("main a[href^='/dashboard/notes/']")
    ear.press("Enter")
    ear.arrive("article.note")
    ear.tell(f"supervisor-{language}")
    assert desk.page.locator("html").get_attribute("lang") == language
    assert ear.troubles == []
