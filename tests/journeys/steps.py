"""What people do, step by step, as the journeys tell it. Taps are counted by the browser they are made in."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, expect

from tests.journeys.chromium import Chromium
from tests.support.office import Office


def enrol(phone: Chromium, facts: dict[str, Any]) -> str:
    """From the enrolment link to the first screen; returns the phone's own passphrase."""
    enrolment = facts["enrolment"]
    page = phone.page
    page.goto(enrolment["link"])
    phone.tap(page.locator("a[data-keep-fragment]"))
    expect(page.locator("#f-code")).not_to_have_value("", timeout=20_000)
    phone.tap(page.locator("#f-passphrase"))
    phone.type(page.locator("#f-passphrase"), enrolment["passphrase"])
    phone.tap(page.locator("form[action='/app/enrol'] button.primary"))
    words = page.locator("#words")
    expect(words).to_be_visible(timeout=20_000)
    passphrase = words.inner_text().strip()
    assert len(passphrase.split()) == 4
    phone.tap(page.locator("button.primary"))
    phone.tap(page.locator("#f-typed"))
    phone.type(page.locator("#f-typed"), passphrase)
    phone.tap(page.locator("button.primary"))
    expect(page.locator("#progress .notice.done")).to_be_visible(timeout=60_000)
    phone.tap(page.locator("a.button.primary"))
    expect(page.locator("nav.tabs")).to_be_visible()
    return passphrase


def unlock(phone: Chromium, passphrase: str) -> None:
    """The phone's passphrase, on the page that asks for it."""
    phone.tap(phone.page.locator("#f-passphrase"))
    phone.type(phone.page.locator("#f-passphrase"), passphrase)
    phone.tap(phone.page.locator("form[action='/app/unlock'] button.primary"))
    expect(phone.page.locator("nav.tabs")).to_be_visible(timeout=20_000)


def choice(phone: Chromium, name: str, at: int = 0) -> Locator:
    """The chip to touch for an answer."""
    return phone.page.locator(f"#f-{name} label.chip").nth(at)


def write(phone: Chromium, texts: dict[str, str]) -> None:
    """The routine note, from the home screen to the check: who, how long, support, goal, four prompts, who does what."""
    page = phone.page
    phone.tap(page.locator(".card .button.soft[href^='/app/notes/new']").first)
    expect(page.locator("#note-form")).to_be_visible()
    phone.tap(choice(phone, "minutes", 2))
    phone.tap(choice(phone, "support", 0))
    phone.tap(choice(phone, "support", 2))
    for name, text in texts.items():
        phone.tap(page.locator(f"#f-{name}"))
        phone.type(page.locator(f"#f-{name}"), text)
    phone.tap(choice(phone, "next_owner", 0))


def check_and_sign(phone: Chromium) -> None:
    """Check, then sign; the signed note stands on the screen."""
    phone.tap(phone.page.locator("button[name=then][value=check].primary"))
    expect(phone.page.locator("button[form=sign-form]")).to_be_visible()
    phone.tap(phone.page.locator("button[form=sign-form]"))
    expect(phone.page.locator("article .standing, .standing").first).to_be_visible()


def sign_in(browser: Chromium, office: Office, account: dict[str, Any], path: str = "/dashboard") -> None:
    """At the office, with sign-in name and passphrase."""
    page = browser.page
    page.goto(f"{office.url}{path}")
    page.locator("input[name=sign_in]").fill(account["sign_in"])
    page.locator("input[name=passphrase]").fill(account["passphrase"])
    page.locator("form button.primary").click()
    expect(page.locator("form[action='/sign-out']").first).to_be_attached(timeout=10_000)


def account(facts: dict[str, Any], role: str) -> dict[str, Any]:
    """The first demo account of a role."""
    return next(entry for entry in facts["accounts"] if entry["role"] == role)
