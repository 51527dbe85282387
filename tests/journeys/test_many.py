"""Many people at once, offline, by real touches: a group of 12, a prison batch of 6, a morning's drop-ins, own time."""

from __future__ import annotations

import base64
import re

from playwright.sync_api import expect

from tests.journeys import steps
from tests.journeys.chromium import Chromium
from tests.journeys.conftest import Browser
from tests.support.office import Office
from tests.support.proof import tell

GROUP_OF = 12
VISIT_OF = 6
TOUCH_MS = 2_500
"""A slow touch, scrolling to it included; keys are not counted."""


def more_way(phone: Chromium, office: Office, address: str) -> None:
    """From the tab to one of the ways below the quick note."""
    phone.tap("nav.tabs a[href='/app/capture']")
    phone.tap(f"main a[href='{address}']")


def test_a_group_of_twelve_is_signed_offline_within_three_minutes_of_touches(office: Office, browser: Browser) -> None:
    """One description and twelve lines: twelve notes, in none of which another person is named; then they arrive."""
    phone: Chromium = browser("phone")
    steps.enrol(phone, office.facts)
    office.stop()
    phone.touches = 0
    more_way(phone, office, "/app/groups/new")
    phone.type("#f-title", "Morning circle")
    names = [phone.text(".roster-row .name", at) for at in range(GROUP_OF)]
    for at in range(GROUP_OF):
        phone.tap(phone.page.locator(".roster-row .check").nth(at))
        phone.type(phone.page.locator(".roster-row textarea").nth(at), f"Said one thing, number {at}.")
    phone.type("#f-description", "We went around the circle and each said one thing that helped.")
    phone.tap(steps.CHECK)
    phone.see(steps.SIGN)
    phone.see("main", "12 people")
    phone.tap(steps.SIGN)
    phone.see(steps.STANDING, "On this phone")
    touches = phone.touches
    assert phone.count("main ul.rows li") == GROUP_OF
    phone.page.locator("main ul.rows a").first.click()
    phone.see("article.note", "number 0")
    assert [name for name in names[1:] if name in phone.text("article.note")] == []
    minutes = touches * TOUCH_MS / 60_000
    tell("a group of 12 signed offline", touches=touches, minutes=round(minutes, 1))
    assert minutes < 3

    office.start()
    steps.sync_now(phone, office.url)
    phone.see("main", "Everything is received", seconds=60)
    supervisor = browser("supervisor")
    steps.sign_in(supervisor, office, steps.account(office.facts, "supervisor"), "/dashboard/sessions")
    supervisor.page.locator("main a", has_text="Morning circle").first.click()
    expect(supervisor.page.locator("main table tbody tr")).to_have_count(GROUP_OF)
    assert supervisor.page.locator("main .tag").count() == 0


def test_the_draft_of_a_group_survives_the_battery(office: Office, browser: Browser) -> None:
    """Ticks and lines are kept at every pause; after the phone died the roster is as it was."""
    phone: Chromium = browser("phone")
    passphrase = steps.enrol(phone, office.facts)
    office.stop()
    more_way(phone, office, "/app/groups/new")
    phone.type("#f-title", "Garden group")
    phone.tap(phone.page.locator(".roster-row .check").nth(0))
    phone.type(phone.page.locator(".roster-row textarea").nth(0), "Planted beans.")
    phone.see(steps.KEPT, "Kept")
    phone.page.wait_for_timeout(1500)
    address = phone.page.url
    phone.kill()
    phone.start()
    phone.go(address)
    steps.unlock(phone, passphrase)
    phone.see_value("#f-title", "Garden group")
    expect(phone.page.locator(".roster-row textarea").first).to_have_value("Planted beans.")
    phone.go(f"{office.url}/app/")
    phone.see("main", "Garden group")


def test_a_prison_batch_of_six_is_written_afterwards_and_says_when(office: Office, browser: Browser) -> None:
    """A sheet with codes before, six lines after, offline; each note has its own minutes and says how late it was written."""
    phone: Chromium = browser("phone")
    steps.enrol(phone, office.facts)
    office.stop()
    phone.touches = 0
    more_way(phone, office, "/app/visits/new")
    prison = phone.page.locator("#f-place label.chip", has_text=re.compile("prison|correction", re.IGNORECASE)).first
    phone.tap(prison)
    names = [phone.text(".roster-row .name", at) for at in range(VISIT_OF)]
    for at in range(VISIT_OF):
        phone.tap(phone.page.locator(".roster-row .check").nth(at))
    phone.tap("summary", says="Before you go in")
    phone.tap("button[value=sheet]")
    phone.see("table.sheet-table")
    sheet = phone.text(".sheet")
    assert [name for name in names if name in sheet] == []
    assert phone.page.locator(".sheet tbody th").all_inner_texts()[:VISIT_OF] == list("ABCDEF")
    assert pages_when_printed(phone) == 1

    phone.tap(".back")
    phone.see(".roster-row .code", "A")
    phone.tap("#f-day label.chip", 1)
    phone.tap("#f-minutes label.chip", says="Start and end")
    phone.page.locator("#f-start").fill("09:00")
    phone.page.locator("#f-end").fill("11:00")
    for at in range(VISIT_OF):
        phone.type(phone.page.locator(".roster-row textarea").nth(at), f"Spoke about home, {at}.")
    phone.tap(steps.CHECK)
    phone.see("main", "shared out evenly")
    phone.tap(steps.SIGN)
    phone.see(steps.STANDING, "On this phone")
    tell("a prison batch of 6, sheet and all", touches=phone.touches)
    assert phone.count("main ul.rows li") == VISIT_OF
    assert phone.text("main ul.rows").count("20 min") == VISIT_OF
    phone.page.locator("main ul.rows a").first.click()
    phone.see("article.note", "later")
    assert "late entry" not in phone.text("article.note").lower()

    office.start()
    steps.sync_now(phone, office.url)
    phone.see("main", "Everything is received", seconds=60)


def test_drop_ins_take_two_touches_each_and_one_signs_them(office: Office, browser: Browser) -> None:
    """A name, a reason; a slip is taken off the list; one touch signs the morning."""
    phone: Chromium = browser("phone")
    steps.enrol(phone, office.facts)
    office.stop()
    more_way(phone, office, "/app/drop-in")
    phone.touches = 0
    for at in range(3):
        phone.tap(".chips button[value^='add:']", at)
        expect(phone.page.locator(".log-entry")).to_have_count(at + 1)
        phone.tap(phone.page.locator(".log-entry.latest label.chip").nth(at))
    touches = phone.touches
    assert touches == 6
    phone.tap("button[value=plus]")
    expect(phone.page.locator("#f-headcount")).to_have_value("1")
    phone.tap(".log-entry.latest summary")
    phone.tap(".log-entry.latest button[value^='remove:']")
    expect(phone.page.locator(".log-entry")).to_have_count(2)
    phone.tap("button[value=sign].primary")
    phone.see(steps.STANDING, "On this phone")
    assert phone.count("main ul.rows li") == 2
    tell("drop-ins", touches_each=touches // 3)


def test_own_time_and_the_gate_sheet_offline(office: Office, browser: Browser) -> None:
    """An hour of supervision stands in the week and can be taken away; the gate sheet counts and names nobody."""
    phone: Chromium = browser("phone")
    steps.enrol(phone, office.facts)
    phone.go(f"{office.url}/app/people")
    names = phone.page.locator("main .card-title").all_inner_texts()
    assert len(names) > 5
    office.stop()
    more_way(phone, office, "/app/own-time")
    phone.tap("#f-activity label.chip", 0)
    phone.tap("#f-minutes label.chip", says="1 h")
    phone.tap(".foot button.primary")
    phone.see("ul.rows li", "On this phone")
    phone.see("ul.rows li", "Supervision, 1 h")
    before = phone.count("ul.rows li")
    phone.tap("ul.rows li:has-text('On this phone') button")
    expect(phone.page.locator("ul.rows li").filter(visible=True)).to_have_count(before - 1)

    phone.go(f"{office.url}/app/gate-sheet")
    phone.see("main", "encrypted")
    sheet = phone.text("main")
    assert str(len(names)) in sheet
    assert [name for name in names if name in sheet] == []
    assert pages_when_printed(phone) == 1


def pages_when_printed(phone: Chromium) -> int:
    """Pages of paper, on A4 and on Letter alike."""
    session = phone.context.new_cdp_session(phone.page)
    counts = set()
    for width, height in ((8.27, 11.69), (8.5, 11)):
        given = session.send("Page.printToPDF", {"paperWidth": width, "paperHeight": height, "preferCSSPageSize": False})
        counts.add(len(re.findall(rb"/Type\s*/Page\b(?!s)", base64.b64decode(given["data"]))))
    assert len(counts) == 1
    return counts.pop()

