"""A touch that nobody answers is not silent: the screen says that nothing was kept, and the words stay."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys import steps
from tests.journeys.conftest import Browser
from tests.support.office import Office

NO_ANSWER = "() => { window.kept = window.fetch; window.fetch = () => Promise.reject(new TypeError('Failed to fetch')); }"
ANSWER = "() => { window.fetch = window.kept; }"


def test_a_form_without_an_answer_says_so_and_keeps_its_words(office: Office, browser: Browser) -> None:
    phone = browser("phone")
    steps.enrol(phone, office.facts)
    page = phone.page
    phone.go(f"{office.url}/app/people/new")
    phone.type("#f-called", "Somebody New")
    phone.see_gone("#unanswered")
    page.evaluate(NO_ANSWER)
    phone.tap("button[form=person-form]")
    phone.see("#unanswered", "NOT saved")
    assert phone.value("#f-called") == "Somebody New"
    page.evaluate(ANSWER)
    phone.tap("button[form=person-form]")
    expect(page.locator("h1")).to_have_text("Somebody New")
    phone.see_gone("#unanswered")
