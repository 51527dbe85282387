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
COMMENT = "Which form was it? Please name it."
ASKED = ".asked-again"


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


def test_a_returned_note_is_revised_offline_compared_and_co_signed(office: Office, browser: Browser) -> None:
    """Returned at the office; on top of Today after a cold offline start; revised; compared and co-signed; the phone shows it."""
    phone, supervisor = browser("phone"), browser("supervisor")
    passphrase = steps.enrol(phone, office.facts)
    phone.go(f"{office.url}/app/")
    steps.write(phone, TEXTS)
    steps.check_and_sign(phone)
    old = phone.page.url.rpartition("/")[2]
    steps.receive(phone, office.url)

    steps.sign_in(supervisor, office, steps.account(office.facts, "supervisor"), f"/dashboard/notes/{old}")
    supervisor.page.locator("#f-field").select_option("answers.did")
    supervisor.type("#f-passage", "the red form")
    supervisor.type("#f-comment", COMMENT)
    supervisor.tap("form[action$='/return'] button")
    supervisor.see("main", COMMENT)

    steps.receive(phone, office.url)
    office.stop()
    phone.kill()
    phone = browser("phone")
    phone.go(f"{office.url}/app/")
    steps.unlock(phone, passphrase)
    phone.see(ASKED, COMMENT)
    phone.see(f"{ASKED} .quoted", "the red form")
    assert "Asked to revise" in phone.text("main .section"), "before everything else"
    phone.touches = 0
    phone.tap(phone.page.locator(ASKED, has_text=COMMENT).locator("a.button"))
    phone.tap("#f-reason label.chip")
    phone.tap("button[form=revise-form]")
    phone.see("main", COMMENT)
    phone.page.locator("#f-did").fill("Filled in the housing form together.")
    phone.tap(steps.CHECK)
    phone.see("del", "red")
    phone.see("ins", "housing")
    phone.tap(steps.SIGN)
    phone.see(steps.STANDING, "On this phone")
    assert phone.touches <= 5
    new = phone.page.url.rpartition("/")[2]
    phone.go(f"{office.url}/app/")
    assert COMMENT not in phone.text("main")

    office.start()
    steps.receive(phone, office.url)
    supervisor.go(f"{office.url}/dashboard/notes/{old}")
    supervisor.tap(f"a[href='/dashboard/notes/{new}']")
    supervisor.see(".difference del", "red")
    supervisor.see(".difference ins", "housing")
    supervisor.tap("form[action$='/cosign'] button")
    supervisor.go(f"{office.url}/dashboard/notes/{new}")
    supervisor.see(".review-said", "Co-signed")
    assert supervisor.count("form[action$='/cosign']") == 0
    steps.receive(phone, office.url)
    phone.go(f"{office.url}/app/notes/{new}")
    phone.see("main", "Co-signed by")
