"""The loop between a specialist and a supervisor, and the phone turned round for the person the note is about."""

from __future__ import annotations

from tests.journeys import steps
from tests.journeys.conftest import Browser
from tests.support.office import Office

TEXTS = {
    "said": "I called the landlord myself.",
    "did": "Filled in the red form together.",
    "went": "Calmer at the end.",
    "next": "Bring the form on Friday.",
}
OWN = "It was harder than it reads."
TURN = "form[action$='/turn'] button"
READING = ".reading .said"


def test_turned_round_the_phone_shows_the_note_and_nothing_else(office: Office, browser: Browser) -> None:
    """Offline: a person reads, answers, cannot leave by links, Back or addresses; handing back takes two touches, or the lock."""
    phone = browser("phone")
    passphrase = steps.enrol(phone, office.facts)
    office.stop()
    phone.go(f"{office.url}/app/")
    steps.write(phone, TEXTS)
    phone.tap(steps.CHECK)
    phone.see(steps.SIGN)
    phone.tap(TURN)
    phone.see(READING, TEXTS["said"])
    assert phone.count("nav.tabs") == 0

    for address in ("/app/", "/app/people", "/app/sync"):
        phone.go(f"{office.url}{address}")
        phone.see(READING)
    phone.page.go_back()
    phone.see(READING)

    phone.tap("#f-person_view label.chip", says="Yes, I agree")
    phone.type("#f-person_words", OWN)
    phone.tap("button[name=then][value=say]")
    phone.see("h1", "Thank you")
    phone.tap("form[action='/app/turned/back'] button")
    phone.see(steps.SIGN)
    phone.tap(steps.SIGN)
    phone.see(steps.STANDING, "On this phone")
    phone.see("article.note", OWN)

    phone.tap(TURN)
    phone.see(READING)
    phone.tap(".turned-foot summary")
    phone.tap("form[action='/app/lock'] button")
    steps.unlock(phone, passphrase)
    phone.go(f"{office.url}/app/")
    phone.see("nav.tabs")
    assert phone.count(".reading") == 0, "behind the lock waits the specialist's screen"
