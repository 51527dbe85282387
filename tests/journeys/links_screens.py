"""Screens of directory, referrals and check-ins, for the lists in tests/journeys/screens.py."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

Go = Callable[[Page, str], None]


def at(path: str) -> Go:
    def go(page: Page, base: str) -> None:
        page.goto(base + path)

    return go


def _directory(page: Page, base: str) -> None:
    page.goto(base + "/app/directory")
    expect(page.locator("#found a.card-main").first).to_be_visible()


def _resource(page: Page, base: str) -> None:
    _directory(page, base)
    page.locator("#found a.card-main").first.click()
    expect(page.locator("a[href^='/app/referrals/new']")).to_be_visible()


def _nothing_found(page: Page, base: str) -> None:
    _directory(page, base)
    page.locator("#f-q").fill("no place has this name")
    expect(page.locator("#found .empty")).to_be_visible()


def _referral_wrong(page: Page, base: str) -> None:
    page.goto(base + "/app/referrals/new")
    page.locator("button[form=referral-form]").click()
    expect(page.locator(".error-summary")).to_be_visible()


def _of_person(part: str) -> Go:
    """A page of the first person of whom the demo has such a record."""

    def go(page: Page, base: str) -> None:
        page.goto(base + "/app/people")
        page.locator("main a.card-main[href^='/app/people/']").first.wait_for()
        found = page.locator("main a.card-main[href^='/app/people/']").evaluate_all("all => all.map(a => a.pathname)")
        for path in found:
            page.goto(f"{base}{path}/{part}")
            page.locator("nav.tabs").wait_for()
            if page.locator("main .measure, main a.card-main[href^='/app/referrals/']").count():
                return

    return go


def _referral(page: Page, base: str) -> None:
    page.goto(base + "/app/referrals")
    page.locator("main a.card-main").first.click()
    expect(page.locator("#step-form")).to_be_visible()


def _checkin_new(page: Page, base: str) -> None:
    _of_person("checkins")(page, base)
    page.locator(".foot a.primary").click()
    expect(page.locator("#checkin-form")).to_be_visible()


def _checkin_wrong(page: Page, base: str) -> None:
    _checkin_new(page, base)
    page.locator("button[form=checkin-form]").click()
    expect(page.locator(".error-summary")).to_be_visible()


def _checkin(page: Page, base: str) -> None:
    _checkin_new(page, base)
    page.locator("#f-q_mood label.chip").nth(6).click()
    page.locator("#f-good").fill("I slept")
    page.locator("button[form=checkin-form]").click()
    expect(page.locator("main .measure").first).to_be_visible()


def _entry(page: Page, base: str) -> None:
    page.goto(base + "/administration/resources")
    page.locator("main th a[href^='/administration/resources/']").first.click()
    page.wait_for_load_state()


PHONE: dict[str, Go] = {
    "directory": _directory,
    "directory-nothing": _nothing_found,
    "resource": _resource,
    "referral-new": at("/app/referrals/new"),
    "referral-wrong": _referral_wrong,
    "referral": _referral,
    "referrals-waiting": at("/app/referrals"),
    "referrals": _of_person("referrals"),
    "checkins": _of_person("checkins"),
    "checkin-new": _checkin_new,
    "checkin-wrong": _checkin_wrong,
    "checkin": _checkin,
}
OFFICE: dict[str, Go] = {
    "referrals-office": at("/dashboard/referrals"),
    "outcomes": at("/dashboard/outcomes"),
    "resources": at("/administration/resources"),
    "resource-edit": _entry,
    "resource-new": at("/administration/resources/new"),
    "resources-import": at("/administration/resources/import"),
}
