"""The person, offline: a plan with two goals signed with a finger, a consent asked, signed and taken back; seen at the office."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.journeys.conftest import Browser
from tests.support.office import Office

SECRET = "The smell of the river at night keeps me steady."


def add_goal(page: Page, words: str, step: str) -> None:
    """From the plan: a goal with one step."""
    page.locator("a[href$='/goals/new']").click()
    page.locator("#f-words").fill(words)
    page.locator("#f-step_0_text").fill(step)
    page.locator("#f-step_0_who").select_option("both")
    page.locator("#f-dimension label.chip").nth(1).click()
    page.locator("button[form=goal-form]").click()
    expect(page.locator("main")).to_contain_text(words)


def draw(page: Page) -> None:
    """A signature with a finger: two strokes."""
    box = page.locator("[data-sign-box]")
    box.scroll_into_view_if_needed()
    place = box.bounding_box()
    assert place is not None
    for shift in (0, 60):
        page.mouse.move(place["x"] + 20 + shift, place["y"] + 20)
        page.mouse.down()
        page.mouse.move(place["x"] + 60 + shift, place["y"] + 60, steps=5)
        page.mouse.up()
    assert page.locator("[data-sign] input").input_value().count("M") == 2


def ask_consent(page: Page) -> None:
    """Six questions; the fourth one is answered wrongly first, and keeps what was typed."""
    page.locator("form[action$='/consents'] button").click()
    next_one = page.locator("button[form=consent-form]")
    page.locator("#f-named").fill("Alex Example")
    next_one.click()
    expect(page.locator("#f-discloser")).not_to_have_value("")
    next_one.click()
    page.locator("#f-recipient").fill("Dr. Lee, county clinic")
    next_one.click()
    expect(page.locator("#f-shared")).to_be_visible()
    next_one.click()
    expect(page.locator(".error-summary")).to_be_visible()
    page.locator("#f-shared label.chip").first.click()
    next_one.click()
    page.locator("#f-purpose label.chip").nth(2).click()
    next_one.click()
    expect(page.locator("#f-expires_on")).not_to_have_value("")
    page.locator("#f-expires_on").fill("2020-01-01")
    next_one.click()
    expect(page.locator(".error-summary")).to_be_visible()
    expect(page.locator("#f-expires_on")).to_have_value("2020-01-01")
    page.locator("#f-expires_on").fill("2099-01-01")
    next_one.click()
    expect(page.locator("article.consent")).to_contain_text("Dr. Lee, county clinic")


def test_a_plan_and_a_consent_made_offline_are_seen_at_the_office(office: Office, browser: Browser) -> None:
    """No office; two goals with steps; a step done; signed; a consent signed and taken back; a private page; sync; read."""
    phone = browser("phone")
    steps.enrol(phone, office.facts)
    page: Page = phone.page
    office.stop()
    phone.go(f"{office.url}/app/people/new")
    phone.type("#f-called", "Alex River")
    phone.tap("button.primary")
    phone.see("#more")
    person = page.url.split("/")[-1]

    page.locator("a[href$='/plan']").click()
    add_goal(page, "A door of my own", "Ask for the list of rooms")
    add_goal(page, "Sing in the choir again", "Call the church")
    page.locator("button.plan-step").first.click()
    expect(page.locator("button.plan-step[aria-pressed=true]")).to_have_count(1)
    page.locator("a[href$='/plan/sign']").click()
    page.locator("button[form=plan-sign]").click()
    expect(page.locator(".error-summary")).to_be_visible()
    draw(page)
    page.locator("button[form=plan-sign]").click()
    expect(page.locator("main")).to_contain_text("with a finger")

    phone.go(f"{office.url}/app/people/{person}/consents")
    ask_consent(page)
    page.locator("#f-agree").check()
    page.locator("button[form=consent-sign]").click()
    phone.see("main", "In force")
    phone.go(f"{office.url}/app/people/{person}")
    phone.see(".facts", "In force")
    page.locator("a[href$='/consents']").click()
    page.locator("ul.rows a").first.click()
    page.locator("a[href$='/back']").click()
    page.locator("#f-how label.chip").first.click()
    page.locator("button[form=back-form]").click()
    phone.see("main", "Taken back")
    phone.go(f"{office.url}/app/people/{person}")
    phone.see(".facts", "Taken back")

    phone.go(f"{office.url}/app/people/{person}/keepwell/edit")
    phone.type("#f-well", SECRET)
    page.locator("button[form=keepwell-form]").click()
    phone.see("main", "Private: only on your phone")

    office.start()
    steps.sync_now(phone, office.url)
    phone.see("main", "Everything is received", seconds=30)
    desk = browser("supervisor")
    steps.sign_in(desk, office, steps.account(office.facts, "supervisor"), f"/dashboard/people/{person}")
    desk.see("main", "A door of my own")
    desk.see("main", "Sing in the choir again")
    desk.see("main", "Taken back")
    assert SECRET not in desk.page.content()
    desk.page.locator("a[href*='/dashboard/plans/']").click()
    assert (desk.page.locator(".signature path").get_attribute("d") or "").count("M") == 2
    desk.see(".signature", "with a finger")
