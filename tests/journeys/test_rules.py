"""An administrator takes a state's rules; the phone warns by them before signing; notes leave only with a basis."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from playwright.sync_api import expect

from tests.journeys import steps
from tests.journeys.conftest import Browser
from tests.support.office import Office

TEXTS = {"did": "Filled in the housing form together.", "went": "Calmer at the end.", "next": "Bring it on Friday."}


def test_rules_reach_the_phone_and_nothing_leaves_without_a_basis(office: Office, browser: Browser, tmp_path: Path) -> None:
    """Texas is previewed and taken, two units a day are typed besides; offline the check page warns and lets sign."""
    facts = office.facts
    desk = browser("desk")
    steps.sign_in(desk, office, steps.account(facts, "administrator"), "/administration/rules")
    page = desk.page
    page.goto(f"{office.url}/administration/rules/profiles/texas")
    expect(page.locator("main")).to_contain_text("104")
    expect(page.locator("main")).to_contain_text("unconfirmed")
    page.locator("main form button.primary").click()
    expect(page.locator("[role=status] .notice.done")).to_be_visible()
    page.locator("#f-units_max_per_day").fill("2")
    page.locator("form[action='/administration/rules'] button.primary").click()
    expect(page.locator("[role=status] .notice.done")).to_contain_text("Saved")

    phone = browser("phone")
    steps.enrol(phone, facts)
    office.stop()
    phone.go(f"{office.url}/app/")
    steps.write(phone, TEXTS)
    phone.tap("#f-place label.chip:not(.other)", 0)
    phone.see(steps.KEPT, "This would be unit", seconds=15)
    phone.tap(steps.CHECK)
    phone.see("p.count", "45 min: 3 units")
    phone.see("p.count", "This would be unit")
    phone.see("p.count", "You can sign. The note is kept whole.")
    phone.tap(steps.SIGN)
    phone.see(steps.STANDING, "On this phone")
    office.start()
    steps.sync_now(phone, office.url)
    phone.see("main", "Everything is received", seconds=30)

    supervisor = browser("supervisor")
    steps.sign_in(supervisor, office, steps.account(facts, "supervisor"), "/dashboard/exports")
    page = supervisor.page
    page.goto(f"{office.url}/dashboard/exports")
    page.locator("button[value=make]").click()
    expect(page.locator(".error-summary")).to_contain_text("Without one nothing leaves")
    page.locator("#f-recipient").fill("State office")
    page.locator("#f-purpose").fill("Yearly review")
    page.locator("#f-basis").select_option("audit")
    page.locator("#f-reference").fill("Letter 26-114")
    with page.expect_download() as waiting:
        page.locator("button[value=make]").click()
    path = tmp_path / "export.csv"
    waiting.value.save_as(path)
    rows = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline="")))
    assert rows[0][0] == "notice"
    assert "42 CFR part 2" in rows[0][1]
    assert ["basis", "audit 42 CFR 2.53 Letter 26-114"] in rows
    header = next(row for row in rows if row[0] == "note")
    notes = [dict(zip(header, row, strict=True)) for row in rows[rows.index(header) + 1 :]]
    mine = [row for row in notes if (row["minutes"], row["units"], row["not_billed"]) == ("45", "3", "over_cap")]
    assert any(float(row["units_billable"]) < 3 for row in mine)
    page.goto(f"{office.url}/dashboard/accounting")
    expect(page.locator("main tbody tr").first).to_contain_text("Yearly review")
