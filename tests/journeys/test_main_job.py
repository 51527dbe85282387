"""The main job, in three engines: a note captured offline reaches the supervisor, whatever happens to the phone meanwhile."""

from __future__ import annotations

import re

import pytest

from tests.journeys import steps
from tests.journeys.conftest import Browser
from tests.journeys.engines import ENGINES
from tests.support.office import Office

TEXTS = {
    "said": "I called the landlord myself. My hands were shaking but I did it.",
    "did": "Filled in the housing form together and practised the call.",
    "went": "Calmer at the end, and proud of the call.",
    "next": "Bring the form to the office on Friday.",
}
UNFINISHED = "An unfinished thought that must not be lost"


@pytest.mark.parametrize("engine", ENGINES)
def test_a_note_written_offline_survives_a_kill_and_reaches_the_supervisor(office: Office, browser: Browser, engine: str) -> None:
    """Enrol; no office; write, sign, SIGKILL; cold offline start; the note and a draft are there; office back: receipt, dashboard."""
    facts = office.facts
    phone = browser("phone", engine=engine)
    passphrase = steps.enrol(phone, facts)
    assert phone.look("return navigator.serviceWorker.controller?.state") == "activated", "the app answers without the office"

    office.stop()
    phone.go(f"{office.url}/app/")
    phone.touches = 0
    steps.write(phone, TEXTS)
    steps.check_and_sign(phone)
    assert phone.touches <= 12, phone.touches
    phone.see(steps.STANDING, "On this phone")

    phone.go(f"{office.url}/app/")
    steps.begin(phone, 1)
    phone.type("#f-said", UNFINISHED)
    phone.see(steps.KEPT, "Kept ")
    phone.kill()

    phone = browser("phone", engine=engine)
    phone.go(f"{office.url}/app/")
    steps.unlock(phone, passphrase)
    phone.see(".strip")
    phone.see("main", "On this phone")
    phone.tap(".card a.button", says="Finish")
    phone.see_value("#f-said", UNFINISHED)

    office.start()
    steps.sync_now(phone, office.url)
    phone.see("main", "Everything is received", seconds=30)
    phone.go(f"{office.url}/app/")
    phone.see_gone(".strip")
    phone.tap("ul.rows a.row-main")
    phone.see(steps.STANDING, "Received")
    code = re.search(r"\b[0-9A-HJKMNP-TV-Z]{4,}\b", phone.text(steps.STANDING))
    assert code is not None

    supervisor = browser("supervisor")
    steps.sign_in(supervisor, office, steps.account(facts, "supervisor"), "/dashboard/notes")
    supervisor.see("main", code.group())


def test_the_refused_passphrase_opens_nothing(office: Office, browser: Browser) -> None:
    """A wrong passphrase says so in plain words and shows no word of any note."""
    phone = browser("phone")
    passphrase = steps.enrol(phone, office.facts)
    phone.tap("form[action='/app/lock'] button")
    phone.type("#f-passphrase", "four entirely different words")
    phone.tap("form[action='/app/unlock'] button.primary")
    phone.see(".error-summary, [role=alert]")
    assert phone.count("nav.tabs") == 0
    phone.go(f"{office.url}/app/people")
    steps.unlock(phone, passphrase)
