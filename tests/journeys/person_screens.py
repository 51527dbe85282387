"""What is kept with a person: plan and goals, pages that keep them well, consents, referrals and the directory, check-ins."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.journeys.day_screens import PEOPLE
from tests.journeys.going import Go, at, by, wrong

# The first of these people whose page at that path holds the words of a selector; pages are asked for without leaving this one.
FIRST = """async ([people, path, seen]) => {
  for (const person of people) {
    const answer = await fetch(person + path);
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    if (page.querySelector(seen)) return person;
  }
  return null;
}"""


# Kept by a window that still stood open when its record had left this phone.
KEEP_LATE = """async ([path, typed]) => {
  const answer = await fetch(path, { method: "POST", body: new URLSearchParams(typed) });
  if (!answer.ok) throw new Error(`not kept: ${answer.status}`);
}"""
GONE = "0190d3e0-0000-7000-8000-0000000000ff"
WORDS_LEFT = {"form_ref": "addendum@1", "note": GONE, "person": GONE, "person_name": "Alex Example", "reason": "left_out"}


def of(path: str, shows: str, seen: str = "main") -> Go:
    """That page of the first person for whom it shows something; `seen` stands on it."""

    def go(page: Page, base: str) -> None:
        page.goto(base + "/app/people")
        links = page.locator(PEOPLE)
        people = [links.nth(number).get_attribute("href") for number in range(links.count())]
        mine = [one for one in dict.fromkeys(people) if one]
        person = page.evaluate(FIRST, [mine, path, shows])
        assert person, f"nobody here has {shows} at {path}"
        page.goto(f"{base}{person}{path}")
        expect(page.locator(seen).first).to_be_visible()

    return Go(go)


def draw(page: Page) -> None:
    """A signature with a finger: one stroke."""
    box = page.locator("[data-sign-box]")
    box.scroll_into_view_if_needed()
    place = box.bounding_box()
    assert place is not None
    page.mouse.move(place["x"] + 30, place["y"] + 30)
    page.mouse.down()
    for x, y in ((80, 60), (120, 20), (160, 70), (220, 30)):
        page.mouse.move(place["x"] + x, place["y"] + y, steps=3)
    page.mouse.up()


def _plan_signed(page: Page, base: str) -> None:
    page.locator("#f-signed_name").fill("Alex Example")
    page.locator("#f-agree").check()
    draw(page)
    page.locator("button[form=plan-sign]").click()
    expect(page.locator(".signature")).to_be_visible()


def _named(page: Page, _: str) -> None:
    page.locator("form[action$='/consents'] button").click()
    expect(page.locator("#f-named")).to_be_visible()


def _recipient(page: Page, _: str) -> None:
    page.locator("#f-named").fill("Alex Example")
    page.locator("button[form=consent-form]").click()
    expect(page.locator("#f-discloser")).to_be_visible()
    page.locator("button[form=consent-form]").click()
    page.locator("#f-recipient").fill("Dr. Lee, county clinic")


def _information(page: Page, _: str) -> None:
    page.locator("button[form=consent-form]").click()
    expect(page.locator("#f-shared")).to_be_visible()
    page.locator("button[form=consent-form]").click()
    expect(page.locator(".error-summary")).to_be_visible()


def _purpose(page: Page, _: str) -> None:
    page.locator("#f-shared label.chip").first.click()
    page.locator("button[form=consent-form]").click()
    expect(page.locator("#f-purpose")).to_be_visible()


def _ends(page: Page, _: str) -> None:
    page.locator("#f-purpose label.chip").nth(2).click()
    page.locator("button[form=consent-form]").click()
    expect(page.locator("#f-expires_on")).to_be_visible()


def _to_sign(page: Page, _: str) -> None:
    page.locator("#f-expires_on").fill("2099-01-01")
    page.locator("button[form=consent-form]").click()
    expect(page.locator("article.consent")).to_be_visible()


def _found(page: Page, _: str) -> None:
    page.locator("#f-q").fill("house")
    expect(page.locator("#found .card").first).to_be_visible()
    page.wait_for_timeout(400)  # the letters are sent after a pause


def _refer(page: Page, _: str) -> None:
    page.locator(".foot a.primary").click()
    expect(page.locator("#referral-form")).to_be_visible()


def _said(page: Page, _: str) -> None:
    page.locator("#f-q_mood label.chip").nth(7).click()
    page.locator("#f-q_hope label.chip").nth(9).click()
    page.locator("#f-good").fill("The bus driver waited for me")
    page.locator("button[form=checkin-form]").click()
    expect(page.locator(".measure").first).to_be_visible()


def _left(draft: str, keep: str, typed: dict[str, str]) -> Go:
    """An unfinished form that cannot be finished here; reached as Today reaches it."""

    def go(page: Page, base: str) -> None:
        page.goto(base + "/app/people")
        page.evaluate(KEEP_LATE, [keep, typed])
        page.goto(base + "/app/")
        page.locator(f"a[href='/app/drafts/{draft}/left']").first.click()
        expect(page.locator("main .notice.attention")).to_be_visible()

    return Go(go)


WORDS, NO_WORDS = GONE[:-2] + "01", GONE[:-2] + "02"
LEFT = _left(WORDS, f"/app/drafts/{WORDS}", {**WORDS_LEFT, "text": "She asked me to write down that the move went well."})
LEFT_EMPTY = _left(NO_WORDS, "/app/referrals/keep", {"referral_id": NO_WORDS, "person": GONE, "need": ""})
PLAN = of("/plan", ".plan-step", ".plan-goal")
TO_SIGN_PLAN = by("a[href$='/plan/sign']", "#plan-sign", PLAN)
KEEPWELL = of("/keepwell", ".plan", ".plan")
WRITE_KEEPWELL = of("/keepwell/edit", "#keepwell-form", "#keepwell-form")
CONSENTS = of("/consents", "ul.rows .tag", "ul.rows")
IN_FORCE = of("/consents", "ul.rows .tag.attention", "ul.rows")
CONSENT = by("ul.rows a", "article.consent", IN_FORCE)
NAMED = Go(_named, CONSENTS)
RECIPIENT = Go(_recipient, NAMED)
INFORMATION = Go(_information, RECIPIENT)
PURPOSE = Go(_purpose, INFORMATION)
ENDS = Go(_ends, PURPOSE)
SIGN_CONSENT = Go(_to_sign, ENDS)
REFERRALS = of("/referrals", ".card .tag", "ul.cards")
DIRECTORY = by("main a.row-main[href^='/app/directory']", "#found .card", of("", "#more", "#more"))
RESOURCE = by("#found a.card-main", "main a[href^='tel:']", DIRECTORY)
REFER = Go(_refer, RESOURCE)
CHECKINS = of("/checkins", ".line-chart", ".measure")
ASK = by(".foot a.primary", "#checkin-form", CHECKINS)


def _keepwell_kept(page: Page, _: str) -> None:
    page.locator("#f-well").fill("Coffee and ten minutes outside before I look at my phone.")
    page.locator("button[form=keepwell-form]").click()
    expect(page.locator("a[href$='/keepwell/share']")).to_be_visible()


KEPT = Go(_keepwell_kept, WRITE_KEEPWELL)
OF_PERSON: dict[str, Go] = {
    "person-full": of("", ".fact .tag.attention", "#more"),
    "plan": PLAN,
    "goal": by("a[href*='/goals/']:not([href$='/new'])", "#goal-form", PLAN),
    "goal-new": by("a[href$='/goals/new']", "#goal-form", PLAN),
    "plan-edit": by("a[href$='/plan/edit']", "#plan-form", PLAN),
    "plan-edit-drop": by(".disclosure summary", "form[data-drop]", by("a[href$='/plan/edit']", "#plan-form", PLAN)),
    "plan-sign": TO_SIGN_PLAN,
    "plan-sign-wrong": wrong("button[form=plan-sign]", TO_SIGN_PLAN),
    "plan-signed": Go(_plan_signed, TO_SIGN_PLAN),
    "keepwell-empty": of("/keepwell", ".empty", ".empty"),
    "keepwell-edit": WRITE_KEEPWELL,
    "keepwell": KEPT,
    "keepwell-share": by("a[href$='/keepwell/share']", "#share-form", KEPT),
    "consents": CONSENTS,
    "consents-empty": of("/consents", ".empty", ".empty"),
    "consent": CONSENT,
    "consent-back": by("a[href$='/back']", "#back-form", CONSENT),
    "consent-named": NAMED,
    "consent-recipient": RECIPIENT,
    "consent-information-wrong": INFORMATION,
    "consent-purpose": PURPOSE,
    "consent-ends": ENDS,
    "consent-sign": SIGN_CONSENT,
    "consent-sign-wrong": wrong("button[form=consent-sign]", SIGN_CONSENT),
    "referrals": REFERRALS,
    "referrals-empty": of("/referrals", ".empty", ".empty"),
    "referral": by(".card a.card-main", "#step-form", REFERRALS),
    "referrals-all": at("/app/referrals", "ul.cards"),
    "directory": DIRECTORY,
    "directory-found": Go(_found, DIRECTORY),
    "resource": RESOURCE,
    "referral-new": REFER,
    "referral-new-wrong": wrong("button[form=referral-form]", REFER),
    "checkins": CHECKINS,
    "checkins-empty": of("/checkins", ".empty", ".empty"),
    "checkin-new": ASK,
    "checkin-said": Go(_said, ASK),
    "left": LEFT,
    "left-drop": by(".disclosure summary", "form[data-drop]", LEFT),
    "left-empty": LEFT_EMPTY,
}
