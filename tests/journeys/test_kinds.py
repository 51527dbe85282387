"""Kinds of contact beyond the routine talk, written with no signal: a crisis, going along, and an attempt in passing."""

from __future__ import annotations

import re

from tests.journeys import steps
from tests.journeys.conftest import Browser
from tests.support.office import Office

BEFORE = "Typed before it turned out to be a crisis"
CRISIS = {
    "crisis_what": "Came in shaking and said the nights are too long.",
    "crisis_coping": "Could talk and drink water. Had not slept for two nights.",
    "safety_did": "Sat together and called the line with them.",
    "next": "I look in tomorrow at ten.",
}
ALONG = {
    "went_where": "The housing office",
    "went_with": "A clerk",
    "went_why": "To hand in the form",
    "next": "Wait for the letter together.",
}


def chip(phone: steps.Phone, field: str, value: str) -> None:
    phone.tap(f"#f-{field} label.chip:has(input[value='{value}'])")


def test_a_crisis_an_errand_and_an_attempt_are_written_offline(office: Office, browser: Browser) -> None:
    """Each form asks its own; what was typed stays through a change of kind and through every refusal."""
    phone = browser("phone")
    steps.enrol(phone, office.facts)
    office.stop()

    phone.go(f"{office.url}/app/")
    steps.begin(phone)
    phone.type("#f-said", BEFORE)
    steps.into_kind(phone, "crisis")
    phone.see("#unplaced", BEFORE)
    chip(phone, "flags", "self_harm_thoughts")
    for name, text in CRISIS.items():
        phone.type(f"#f-{name}", text)
    chip(phone, "crisis_notified", "supervisor")
    chip(phone, "crisis_notified", "line_988")
    chip(phone, "minutes", "exact")
    phone.page.locator("#f-start").fill("12:00")
    phone.page.locator("#f-end").fill("11:00")
    phone.tap(steps.CHECK)
    phone.see(".error-summary")
    for name, text in CRISIS.items():
        phone.see_value(f"#f-{name}", text)
    phone.see("#unplaced", BEFORE)
    chip(phone, "minutes", "30")
    phone.page.locator("#f-day label.chip").nth(1).click()
    phone.tap(steps.CHECK)
    phone.see(".notice.safety", "NOT sent yet: call")
    phone.tap(steps.SIGN)
    phone.see(steps.STANDING, "On this phone")
    phone.see("article.note", "Thoughts of suicide or self-harm")
    assert BEFORE not in phone.text("article.note")
    crisis = phone.page.url

    phone.go(f"{office.url}/app/")
    steps.begin(phone, 1)
    steps.into_kind(phone, "accompaniment")
    for name, text in ALONG.items():
        phone.type(f"#f-{name}", text)
    assert not phone.page.locator("#f-transport_only").is_visible()
    chip(phone, "transport", "yes")
    assert phone.page.locator("#f-transport_only").is_visible()
    chip(phone, "transport_only", "no")
    chip(phone, "went_outcome", "partly")
    steps.check_and_sign(phone)
    phone.see("article.note", "Was it only a ride?")

    phone.go(f"{office.url}/app/capture")
    phone.tap("button[name=then][value=write]")
    phone.see("#note-form")
    steps.into_kind(phone, "attempt_no_show")
    phone.tap(steps.CHECK)
    phone.see(".error-summary", "Choose who this is about")
    phone.tap("button[name=then][value=person]")
    phone.tap("details summary")
    phone.tap("form[action$='/someone'] button")
    phone.see(".error-summary", "Enter a name or an alias")
    phone.type("#f-alias", "Red cap")
    phone.tap("form[action$='/someone'] button")
    phone.see("#note-form", "Red cap")
    chip(phone, "attempt_how", "went_there")
    chip(phone, "attempt_result", "not_there")
    steps.check_and_sign(phone)
    phone.see("article.note", "Not there")

    office.start()
    steps.sync_now(phone, office.url)
    phone.see("main", "Everything is received", seconds=30)
    phone.go(crisis)
    phone.see(steps.STANDING, "Received")
    code = re.search(r"\b[0-9A-HJKMNP-TV-Z]{4,}\b", phone.text(steps.STANDING))
    assert code is not None
    supervisor = browser("supervisor")
    steps.sign_in(supervisor, office, steps.account(office.facts, "supervisor"), "/dashboard/notes?kind=crisis")
    supervisor.tap(f"tr:has-text('{code.group()}') a[href^='/dashboard/notes/']")
    supervisor.see("article.note", CRISIS["crisis_coping"])
    supervisor.see("article.note", "How they were doing")
