"""Many people at once, and the time without any: groups, visits, sheets, the drop-in log, own time."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.journeys.day_screens import WHO
from tests.journeys.going import Go, at, by, days_ago, wrong

TO_CHECK = "button[name=then][value=check].primary"


def _group(page: Page, base: str) -> None:
    """Two people ticked, a line each."""
    page.goto(base + "/app/groups/new")
    page.locator("#f-title").fill("Morning circle")
    for number in range(2):
        page.locator(".roster-row .check").nth(number).click()
        page.locator(".roster-row textarea").nth(number).fill("Told how the call to the clinic went.")
    page.locator("#f-description").fill("We went around and each said one thing that had helped.")


def _nameless(page: Page, _: str) -> None:
    page.locator("#f-title").fill("")
    page.locator(TO_CHECK).click()
    expect(page.locator(".error-summary")).to_be_visible()


def _named(page: Page, base: str) -> None:
    """A name that should not stand in somebody else's line."""
    _group(page, base)
    other = page.locator(".roster-row .name").nth(1).inner_text()
    page.locator(".roster-row textarea").first.fill(f"Came with {other}.")
    page.locator(TO_CHECK).click()
    expect(page.locator("button[form=sign-form]")).to_be_visible()


def _visit(page: Page, base: str) -> None:
    page.goto(base + "/app/visits/new")
    for number in range(3):
        page.locator(".roster-row .check").nth(number).click()
    page.locator(".disclosure:has(button[value=sheet]) > summary").click()
    expect(page.locator("button[value=sheet]")).to_be_visible()


def _drop_in(page: Page, base: str) -> None:
    page.goto(base + "/app/drop-in")
    for number in range(2):
        before = page.locator(".log-entry").count()
        page.locator(".chips button[value^='add:']").nth(number).click()
        expect(page.locator(".log-entry")).to_have_count(before + 1)


def _released(page: Page, _: str) -> None:
    """Somebody new, met the day after their release a week ago and not since; the note is signed."""
    page.locator(".disclosure:has(form[action$='/someone']) summary").click()
    page.locator("#f-alias").fill("Red cap")
    page.locator("form[action$='/someone'] button").click()
    page.locator("button[name=then][value=kind]").click()
    page.locator("button[name=kind][value=reentry]").click()
    page.locator("#f-released_on").fill(days_ago(7))
    page.locator("#f-day label.chip").last.click()
    page.locator("#f-day_other").fill(days_ago(6))
    page.locator("#note-form textarea.input").first.fill("We got the bus pass.")
    page.locator(TO_CHECK).click()
    page.locator("button[form=sign-form]").click()
    expect(page.locator(".standing").first).to_be_visible()


def _proposed(page: Page, base: str) -> None:
    """Somebody to look in on, after an event."""
    page.goto(base + "/app/")
    page.locator("#proposed .card-main").first.click()
    expect(page.locator("form[action^='/app/proposed/']").first).to_be_visible()


GROUP = Go(_group)
GROUP_CHECK = Go(_named)
GROUP_SIGNED = by("button[form=sign-form]", ".standing", GROUP_CHECK)
VISIT = Go(_visit)
OWN_TIME = at("/app/own-time", "#time-form")

MANY: dict[str, Go] = {
    "group": GROUP,
    "group-wrong": Go(_nameless, GROUP),
    "group-check": GROUP_CHECK,
    "group-signed": GROUP_SIGNED,
    "sessions": at("/app/sessions", "ul.cards"),
    "visit": VISIT,
    "visit-check": by(TO_CHECK, "button[form=sign-form]", VISIT),
    "visit-sheet": by("button[value=sheet]", "table.sheet-table", VISIT),
    "drop-in": at("/app/drop-in", "#session-form"),
    "drop-in-two": Go(_drop_in),
    "own-time": OWN_TIME,
    "own-time-wrong": wrong("button[form=time-form]", OWN_TIME),
    "gate-sheet": at("/app/gate-sheet", ".sheet"),
    "proposed": Go(_proposed, Go(_released, WHO)),
}
