"""A specialist's whole day without signal, the evening's sync, the supervisor's answers, and the next morning's work on them."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import expect

from tests.journeys import steps
from tests.journeys.chromium import DESKTOP, Chromium
from tests.journeys.conftest import Browser
from tests.support.office import Office
from tests.support.proof import tell

GROUP_OF = 12
VISIT_OF = 6
SINGLE = ("crisis", "accompaniment", "warm_line", "outreach", "hospital_ed", "referral", "collateral", "attempt_no_show")
LANGUAGES = ("en", "es")
PRISON = re.compile("prison|correction", re.IGNORECASE)
COMMENT = "What did they decide?"


def write_single(phone: Chromium, base: str, kind: str, at: int) -> str:
    """A note of that kind about one of today's people, as short as a note may be; the address of the signed note."""
    phone.go(f"{base}/app/")
    steps.begin(phone, at)
    if kind != "one_on_one":
        steps.into_kind(phone, kind)
    phone.type("#note-form textarea.input", f"A few words about this one, {kind}.")
    steps.check_and_sign(phone)
    return phone.page.url


def write_many(phone: Chromium, base: str, address: str, people: int) -> list[str]:
    """A group or a visit: a name or a place, a tick and a line each, one shared description where it is asked.

    The addresses of its notes.
    """
    phone.go(f"{base}/app/capture")
    phone.tap(f"main a[href='{address}']")
    phone.see("#session-form")
    if phone.count("#f-title"):
        phone.type("#f-title", "Evening circle")
        phone.type("#f-description", "We went around the circle and each said one thing.")
    else:
        phone.tap(phone.page.locator("#f-place label.chip", has_text=PRISON).first)
    for at in range(people):
        phone.tap(phone.page.locator(".roster-row .check").nth(at))
        phone.type(phone.page.locator(".roster-row textarea").nth(at), f"Said one thing, number {at}.")
    phone.tap(steps.CHECK)
    phone.see(steps.SIGN)
    phone.tap(steps.SIGN)
    phone.see(steps.STANDING)
    notes = phone.page.locator("main ul.rows a[href^='/app/notes/']")
    assert notes.count() == people
    return [f"{base}{notes.nth(at).get_attribute('href')}" for at in range(people)]


def answer(desk: Chromium, office: Office, note: str, how: str, comment: str = "") -> None:
    """What a supervisor says on the page of a note: `how` is return or cosign."""
    page, address = desk.page, f"{office.url}/dashboard/notes/{note.rpartition('/')[2]}"
    page.goto(address)
    if comment:
        page.locator("#f-comment").fill(comment)
    page.locator(f"form[action$='/{how}'] button").first.click()
    page.wait_for_load_state()
    page.goto(address)  # in the queue it has gone on to the next
    expect(page.locator(".review-said").first).to_be_visible()


def revise(phone: Chromium, note: str) -> str:
    """A note that came back, written anew: why, what is other, the difference looked at, signed. Its new address."""
    phone.go(note)
    phone.see("main", COMMENT)
    phone.tap("a[href$='/revise']")
    phone.tap("#f-reason label.chip", 0)
    phone.tap("button[form=revise-form]")
    phone.see("#note-form")
    phone.type("#note-form textarea.input", " And what was decided.")
    phone.tap(steps.CHECK)
    phone.see(".difference", "decided")
    phone.tap(steps.SIGN)
    phone.see(steps.STANDING)
    return phone.page.url


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_day_of_twelve_contacts(office: Office, browser: Browser, language: str) -> None:
    phone: Chromium = browser("phone")
    passphrase = steps.enrol(phone, office.facts)
    steps.speak(phone, office.url, language)
    office.stop()
    phone.touches, begun = 0, time.monotonic()

    notes = [write_single(phone, office.url, "one_on_one", at) for at in (0, 1)]
    group = write_many(phone, office.url, "/app/groups/new", GROUP_OF)
    visit = write_many(phone, office.url, "/app/visits/new", VISIT_OF)
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

    office.start()
    steps.receive(phone, office.url)
    desk = browser("desk", DESKTOP)
    steps.sign_in(desk, office, steps.account(office.facts, "supervisor"))
    for note in notes[:2]:
        answer(desk, office, note, "return", COMMENT)
    for note in [*notes[2:], group[0], visit[0]]:
        answer(desk, office, note, "cosign")
    steps.receive(phone, office.url)

    office.stop()
    phone.kill()
    phone.start()
    phone.go(f"{office.url}/app/")
    steps.unlock(phone, passphrase)
    asked = phone.page.locator(".card.asked-again", has_text=COMMENT)
    expect(asked).to_have_count(2)
    phone.touches = 0
    revisions = [revise(phone, note) for note in notes[:2]]
    touches = phone.touches
    phone.go(f"{office.url}/app/")
    expect(phone.page.locator("h1")).to_be_visible()
    assert asked.count() == 0
    tell(f"two returned notes revised offline, {language}", touches=touches)

    office.start()
    steps.receive(phone, office.url)
    for note in revisions:
        desk.page.goto(f"{office.url}/dashboard/notes/{note.rpartition('/')[2]}")
        expect(desk.page.locator(".difference")).to_contain_text("decided")
        answer(desk, office, note, "cosign")
    steps.receive(phone, office.url)
    for note in [*revisions, notes[2], group[0]]:
        phone.go(note)
        phone.see("main .notice.done", "Co-signed" if language == "en" else "")
