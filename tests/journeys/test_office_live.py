"""A page of the office that renews itself leaves alone what its reader has opened."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys import screens
from tests.journeys.chromium import PHONE
from tests.journeys.conftest import Browser
from tests.journeys.office_trouble import make_trouble
from tests.support.office import Office


def test_an_open_menu_stays_open_over_a_live_update(office: Office, browser: Browser) -> None:
    """On a phone-sized screen: the menu and the chart's table are open when the office changes, and after it."""
    make_trouble(office)
    desk = browser("desk", PHONE)
    screens.signed_in(desk, office)
    page = desk.page
    page.goto(office.url + "/dashboard")
    page.locator(".places-folded summary").click()
    page.locator(".disclosure summary").first.click()
    expect(page.locator(".places-folded[open]")).to_be_visible()
    before = page.locator("tr.waiting").count()
    other = page.context.new_page()
    other.goto(office.url + "/dashboard")
    other.locator("a[href^='/dashboard/kept/']").first.click()
    other.locator("button[name=choice]").first.click()
    other.wait_for_url("**/dashboard")
    expect(page.locator("tr.waiting")).to_have_count(before - 1)
    expect(page.locator(".places-folded[open]")).to_be_visible()
    expect(page.locator(".disclosure[open]").first).to_be_visible()
