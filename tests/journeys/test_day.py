"""A specialist's whole day without signal, the evening's sync, the supervisor's answers, and the next morning's work on them."""

from __future__ import annotations

import time

import pytest

from tests.journeys import steps
from tests.journeys.chromium import Chromium
from tests.journeys.conftest import Browser
from tests.support.office import Office
from tests.support.proof import tell

GROUP_OF = 12
VISIT_OF = 6
SINGLE = ("crisis", "accompaniment", "warm_line", "outreach", "hospital_ed", "referral", "collateral", "attempt_no_show")
LANGUAGES = ("en", "es")


def write_single(phone: Chromium, base: str, kind: str, at: int) -> str:
    """A note of that kind about one of today's people, as short as a note may be; the address of the signed note."""
    phone.go(f"{base}/app/")
    steps.begin(phone, at)
    if kind != "one_on_one":
        steps.into_kind(phone, kind)
    phone.type("#note-form textarea.input", f"A few words about this one, {kind}.")
    steps.check_and_sign(phone)
    return phone.page.url


def write_many(phone: Chromium, base: str, address: str, people: int) -> None:
    """A group or a visit: a name or a place, a tick and a line each, one shared description where it is asked."""
    phone.go(f"{base}/app/capture")
    phone.tap(f"main a[href='{address}']")
    if phone.count("#f-title"):
        phone.type("#f-title", "Evening circle")
        phone.type("#f-description", "We went around the circle and each said one thing.")
    else:
        phone.tap("#f-place label.chip", 2)
    for at in range(people):
        phone.tap(phone.page.locator(".roster-row .check").nth(at))
        phone.type(phone.page.locator(".roster-row textarea").nth(at), f"Said one thing, number {at}.")
    phone.tap(steps.CHECK)
    phone.see(steps.SIGN)
    phone.tap(steps.SIGN)
    phone.see(steps.STANDING)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_day_of_twelve_contacts(office: Office, browser: Browser, language: str) -> None:
    phone: Chromium = browser("phone")
    steps.enrol(phone, office.facts)
    steps.speak(phone, office.url, language)
    office.stop()
    phone.touches, begun = 0, time.monotonic()

    notes = [write_single(phone, office.url, "one_on_one", at) for at in (0, 1)]
    write_many(phone, office.url, "/app/groups/new", GROUP_OF)
    write_many(phone, office.url, "/app/visits/new", VISIT_OF)
    notes += [write_single(phone, office.url, kind, at % 2) for at, kind in enumerate(SINGLE)]
    touches = phone.touches
    assert len(set(notes)) == 2 + len(SINGLE)
    tell(
        f"a day of twelve contacts, {language}",
        contacts=2 + 2 + len(SINGLE),
        kinds=3 + len(SINGLE),
        notes=2 + GROUP_OF + VISIT_OF + len(SINGLE),
        touches=touches,
        seconds=round(time.monotonic() - begun),
    )
