"""A touch that nobody answers is not silent: the screen says that nothing was kept, and the words stay."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys import steps
from tests.journeys.conftest import Browser
from tests.support.office import Office

NO_ANSWER = "() => { window.kept = window.fetch; window.fetch = () => Promise.reject(new TypeError('Failed to fetch')); }"
ANSWER = "() => { window.fetch = window.kept; }"
NO_WORKER = "() => { const { prototype } = ServiceWorker; prototype.told = prototype.postMessage; prototype.postMessage = () => undefined; }"
WORKER = "() => { const { prototype } = ServiceWorker; prototype.postMessage = prototype.told; }"


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


def test_a_draft_that_no_worker_takes_is_said_not_to_be_kept_until_one_does(office: Office, browser: Browser) -> None:
    """Asked once more after a while; nothing is claimed meanwhile, and the next letter brings all of it."""
    phone = browser("phone")
    steps.enrol(phone, office.facts)
    phone.go(f"{office.url}/app/")
    steps.begin(phone)
    address = phone.page.url
    phone.page.evaluate(NO_WORKER)
    phone.type("#f-said", "nobody heard this")
    phone.see(steps.KEPT, "NOT kept yet")
    assert phone.count(steps.KEPT, "Kept ") == 0
    phone.page.evaluate(WORKER)
    phone.keys(".")
    phone.see(steps.KEPT, "Kept ")
    phone.go(address)
    phone.see_value("#f-said", "nobody heard this\\.")
