"""The loop at the office, by keys and touches: return, co-sign ten, close a flag."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.journeys.chromium import DESKTOP
from tests.journeys.conftest import Browser
from tests.support.office import Office


def words_of(page: Page) -> str:
    """The beginning of something that the note tells, as it stands there."""
    text = page.locator("article.note p.prose").first.inner_text()
    return text[:50].rpartition(" ")[0]


def left_in(page: Page) -> int:
    """How many the queue holds, as the note's page says."""
    said = page.locator(".review-place span").first.inner_text()
    return int(said.rpartition(" ")[2])


def test_a_supervisor_returns_one_cosigns_ten_and_closes_a_flag(office: Office, browser: Browser) -> None:
    """Ten co-signatures cost eleven touches: one to begin, one each."""
    desk = browser("desk", DESKTOP)
    steps.sign_in(desk, office, steps.account(office.facts, "supervisor"))
    page = desk.page
    page.goto(office.url + "/dashboard/review")
    page.get_by_role("link", name="Start reading").click()
    waiting = left_in(page)
    assert waiting >= 12
    passage = words_of(page)
    page.locator("#f-passage").fill(passage)
    page.locator("#f-comment").focus()
    page.keyboard.type("What was decided in the end?")
    page.get_by_role("button", name="Return and go on").click()
    expect(page.locator(".review-place")).to_contain_text(f"of {waiting - 1}")
    touches = 0
    for left in range(waiting - 1, waiting - 11, -1):
        expect(page.locator(".review-place")).to_contain_text(f"of {left}")
        page.get_by_role("button", name="Co-sign and go on").click()
        touches += 1
    assert touches == 10
    page.goto(office.url + "/dashboard")
    expect(page.locator("tr.waiting", has_text="Returned, waiting").first).to_be_visible()
    flags = page.locator("tr.waiting", has_text="Safety flag open")
    open_flags = flags.count()
    assert open_flags
    flags.first.locator("a").click()
    page.get_by_role("button", name="Close the flag").click()
    expect(page.locator(".error-summary")).to_be_visible()
    page.locator("#f-reason").fill("Called them. They are safe with their sister.")
    page.get_by_role("button", name="Close the flag").click()
    expect(page.locator(".review-box")).to_contain_text("Safety flag closed")
    page.goto(office.url + "/dashboard")
    expect(flags).to_have_count(open_flags - 1)
