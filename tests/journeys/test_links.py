"""Offline: the directory searched, a person referred with a day to ask, a check-in handed over; then the office sees both."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime

from tests.journeys import steps
from tests.journeys.conftest import Browser
from tests.support.office import Office

PERSON = "main .card a.card-main[href^='/app/people/']"
NEED = "A dry place for my papers"
GOOD = "The bus driver waited for me"


def test_a_person_is_referred_and_asked_with_no_signal_and_the_office_sees_it_later(office: Office, browser: Browser) -> None:
    """From the person's page to the directory and back to Today, then the phone handed over, then signal and the supervisor."""
    facts = office.facts
    phone = browser("phone")
    steps.enrol(phone, facts)
    office.stop()

    phone.go(f"{office.url}/app/people")
    person = re.search(r"/app/people/([0-9a-f-]{36})", phone.page.locator(PERSON).first.get_attribute("href") or "")
    phone.tap(PERSON)
    phone.page.locator("h1", has_not_text="People").wait_for()
    phone.see("a[href^='/app/notes/new']")
    assert person is not None
    base = f"{office.url}/app/people/{person.group(1)}"
    name = phone.text("h1").strip()

    phone.tap("main a.row-main[href^='/app/directory']")
    phone.see("#found [role=status]", "300 places")
    phone.type("#f-q", "despensa")
    phone.see("#found .card-title", "Despensa")
    assert "despensa" not in phone.page.url
    phone.tap("#found a.card-main")
    phone.see_gone("#f-q")
    phone.see("main a[href^='tel:+1']")
    place = phone.text("h1").strip()
    phone.tap(".foot a.primary")
    phone.type("#f-need", NEED)
    phone.see("#kept", "Kept")
    # The phone was locked meanwhile, or the browser closed: what was typed stands among the unfinished.
    phone.go(f"{office.url}/app/")
    phone.tap("main a.card-main[href^='/app/referrals/new']")
    phone.see("main", place)
    assert phone.page.locator("#f-need").input_value() == NEED
    phone.tap("#f-status label.chip", says="Accepted")
    phone.tap("label.check")
    # The day to ask has come in every zone: so it stands on Today at whatever hour this runs.
    phone.tap("#f-follow_up label.chip", 3)
    phone.page.locator("#f-follow_up_date").fill(datetime.fromtimestamp(time.time() - 86_400, UTC).date().isoformat())
    phone.tap("button[form=referral-form]")
    phone.see("h1", NEED)
    phone.see("ol.steps", "Accepted")
    phone.see("main", place)
    phone.go(f"{office.url}/app/")
    phone.see("main .card-title", f"{name}: {NEED}")

    phone.go(f"{base}/checkins")
    phone.tap(".foot a.primary")
    phone.see("#checkin-form")
    assert phone.count("nav.tabs") == 0
    assert name not in phone.text("body")
    phone.tap("#f-q_mood label.chip", 7)
    phone.tap("#f-q_hope label.chip", 9)
    phone.type("#f-good", GOOD)
    phone.see("#kept", "Kept")
    phone.tap("button[form=checkin-form]")
    phone.see("h1", "Thank you")
    phone.see("main", "7 of 10")
    phone.see("main", GOOD)
    phone.tap(".foot a.primary")
    phone.see("main .measure", "Hope")

    office.start()
    steps.sync_now(phone, office.url)
    phone.see("main", "Everything is received", seconds=30)

    supervisor = browser("supervisor")
    steps.sign_in(supervisor, office, steps.account(facts, "supervisor"), "/dashboard/referrals")
    supervisor.see("main table", NEED)
    supervisor.see("main table", place)
    supervisor.go(f"{office.url}/dashboard/outcomes")
    supervisor.see("main table", "Mood")
    people = int(supervisor.text("main table tbody td.number"))
    assert people >= 5
    assert name not in supervisor.text("main")
