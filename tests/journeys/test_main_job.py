"""The main job: a note captured offline reaches the supervisor's dashboard, whatever happens to the phone meanwhile."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.journeys import steps
from tests.journeys.conftest import Browser
from tests.support.office import Office

TEXTS = {
    "said": "I called the landlord myself. My hands were shaking but I did it.",
    "did": "Filled in the housing form together and practised the call.",
    "went": "Calmer at the end, and proud of the call.",
    "next": "Bring the form to the office on Friday.",
}


def test_a_note_written_offline_survives_a_kill_and_reaches_the_supervisor(office: Office, browser: Browser) -> None:
    """Enrol; no office; write, sign, SIGKILL; cold offline start; the note and a draft are there; office back: receipt, dashboard."""
    facts = office.facts  # type: ignore[attr-defined]
    phone = browser("phone")
    passphrase = steps.enrol(phone, facts)
    page = phone.page
    state = page.evaluate("navigator.serviceWorker.controller?.state")
    assert state == "activated", "the app answers without the office"

    supervisor = browser("supervisor")
    steps.sign_in(supervisor, office, steps.account(facts, "supervisor"), "/dashboard/notes")

    office.stop()
    page.goto(f"{office.url}/app/")
    phone.touches = 0
    steps.write(phone, TEXTS)
    steps.check_and_sign(phone)
    assert phone.touches <= 12, phone.touches
    expect(page.locator(".standing").first).to_contain_text("On this phone", timeout=15_000)

    page.goto(f"{office.url}/app/")
    phone.tap(page.locator(".card .button.soft[href^='/app/notes/new']").nth(1))
    phone.tap(page.locator("#f-said"))
    phone.type(page.locator("#f-said"), "An unfinished thought that must not be lost")
    expect(page.locator("#kept")).to_contain_text(re.compile(r"Kept \d+:\d\d"))
    phone.kill()

    phone = browser("phone")
    page = phone.page
    page.goto(f"{office.url}/app/")
    steps.unlock(phone, passphrase)
    expect(page.locator(".strip")).to_be_visible()
    expect(page.locator("main")).to_contain_text("On this phone", timeout=15_000)
    phone.tap(page.locator(".card a.button", has_text="Finish").first)
    expect(page.locator("#f-said")).to_have_value("An unfinished thought that must not be lost")

    office.start()
    page.goto(f"{office.url}/app/sync")
    phone.tap(page.locator("form[action='/app/exchange'] button"))
    expect(page.locator("main")).to_contain_text("Everything is received", timeout=30_000)
    page.goto(f"{office.url}/app/")
    expect(page.locator(".strip")).to_have_count(0)
    phone.tap(page.locator("ul.rows a.row-main").first)
    expect(page.locator(".standing").first).to_contain_text("Received")
    code = re.search(r"\b[0-9A-HJKMNP-TV-Z]{4,}\b", page.locator(".standing").first.inner_text())
    assert code is not None

    expect(supervisor.page.locator("main")).to_contain_text(code.group(), timeout=20_000)


def test_the_refused_passphrase_opens_nothing(office: Office, browser: Browser) -> None:
    """A wrong passphrase says so in plain words and shows no word of any note."""
    phone = browser("phone")
    passphrase = steps.enrol(phone, office.facts)  # type: ignore[attr-defined]
    phone.tap(phone.page.locator("form[action='/app/lock'] button"))
    expect(phone.page.locator("#f-passphrase")).to_be_visible()
    phone.type(phone.page.locator("#f-passphrase"), "four entirely different words")
    phone.page.locator("form[action='/app/unlock'] button.primary").click()
    expect(phone.page.locator(".error-summary, [role=alert]").first).to_be_visible(timeout=20_000)
    assert phone.page.locator("nav.tabs").count() == 0
    phone.page.locator("#f-passphrase").fill("")
    steps.unlock(phone, passphrase)
