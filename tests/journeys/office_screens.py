"""Every screen of the office, as an administrator sees it in an office with some trouble."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.journeys.going import Go, Step, at, by, days_ago, wrong


def first(path: str, link: str, seen: str = "main") -> Go:
    """The first such link of a list."""

    def go(page: Page, base: str) -> None:
        page.goto(base + path)
        page.locator(link).first.click()
        page.wait_for_load_state()
        expect(page.locator(seen).first).to_be_visible()

    return Go(go)


def _person(seen: str) -> Go:
    """The first person of the administration's list for whom the office has such a thing."""

    def go(page: Page, base: str) -> None:
        page.goto(base + "/administration/participants")
        links = page.locator("main th a[href^='/administration/participants/']")
        for number in range(links.count()):
            person = (links.nth(number).get_attribute("href") or "").rpartition("/")[2]
            answer = page.request.get(f"{base}/dashboard/people/{person}")
            if seen in answer.text():
                page.goto(f"{base}/dashboard/people/{person}")
                return
        raise AssertionError(f"nobody has {seen}")

    return Go(go)


def _own_record(page: Page, button: str, seen: str) -> None:
    """What one person asked for about themselves."""
    page.locator("#f-person").select_option(index=1)
    page.locator("label:has(input[name=format][value=print])").click()
    page.locator("#f-recipient").fill("The person")
    page.locator("#f-purpose").fill("Asked to read it")
    page.locator("#f-basis").select_option("own_request")
    page.locator("#f-from").fill(days_ago(20))
    page.locator(f"button[value={button}]").click()
    expect(page.locator(seen).first).to_be_visible()


def _previewed(words: str) -> Step:
    """An import read, and what it would do."""

    def go(page: Page, _: str) -> None:
        page.locator("main textarea").fill(words)
        page.locator("main form button.primary").click()
        expect(page.locator("form[action$='/confirm']")).to_be_visible()

    return go


ATTENTION = at("/dashboard", "main table")
EXPORTS = at("/dashboard/exports", "#f-basis")
PERSON = _person("/dashboard/plans/")
REVIEW = at("/dashboard/review", "main table")
REVIEWED = by(".head a.button.primary", "article.note", REVIEW)
SEALED = first("/dashboard/quarantine", "main a[href^='/dashboard/quarantine/phones/']")
IMPORT = at("/administration/import")
IMPORT_PLACES = at("/administration/resources/import")

OFFICE: dict[str, Go] = {
    "attention": ATTENTION,
    "review": REVIEW,
    "caseloads": at("/dashboard/caseloads"),
    "caseload": first("/dashboard/caseloads", "main a[href^='/dashboard/caseloads/']"),
    "notes": at("/dashboard/notes"),
    "note": first("/dashboard/notes", "main a[href^='/dashboard/notes/']", "article.note"),
    "activity": at("/dashboard/activity"),
    "units": at("/dashboard/units"),
    "credentials": at("/dashboard/credentials"),
    "credentials-one": first("/dashboard/credentials", "main ul.rows a[href^='/dashboard/credentials/']", "main form"),
    "phones": at("/dashboard/phones"),
    "sessions": at("/dashboard/sessions", "main table"),
    "session": first("/dashboard/sessions", "main th a[href^='/dashboard/sessions/']", "main .facts"),
    "own-time": at("/dashboard/sessions/own-time"),
    "referrals": at("/dashboard/referrals", "main table"),
    "outcomes": at("/dashboard/outcomes", "main table"),
    "unseen": at("/dashboard/unseen"),
    "person": PERSON,
    "consent": by("main a[href^='/dashboard/consents/']", "article.consent", PERSON),
    "plan": by("main a[href^='/dashboard/plans/']", "article.plan", PERSON),
    "kept": first("/dashboard", "main a[href^='/dashboard/kept/']"),
    "kept-list": at("/dashboard/kept", "main table"),
    "hold": at("/dashboard/quarantine", "main table"),
    "hold-one": first("/dashboard/quarantine", "main a[href^='/dashboard/quarantine/']:not([href*='/phones/'])"),
    "sealed": SEALED,
    "sealed-open": by("button[formaction*='/open']", "article.note", SEALED),
    "people": at("/administration/people"),
    "member-new": at("/administration/people/new"),
    "member": first("/administration/people", "main th a[href^='/administration/people/']"),
    "organisation": at("/administration/organisation"),
    "instruments": at("/administration/instruments"),
    "rules": at("/administration/rules"),
    "rules-profile": at("/administration/rules/profiles/virginia"),
    "exports": EXPORTS,
    "exports-wrong": wrong("button[value=make]", EXPORTS),
    "exports-counted": Go(lambda page, _: _own_record(page, "count", "main [role=status] .notice"), EXPORTS),
    "export-print": Go(lambda page, _: _own_record(page, "make", "article.note"), EXPORTS),
    "accounting": at("/dashboard/accounting", "main table"),
    "lock-phone": first("/administration/phones", "main a.button.soft[href^='/administration/phones/']"),
    "sites": at("/administration/sites"),
    "site-new": at("/administration/sites/new"),
    "site": first("/administration/sites", "main th a[href^='/administration/sites/']"),
    "participants": at("/administration/participants"),
    "participant-new": at("/administration/participants/new"),
    "participant": first("/administration/participants", "main th a[href^='/administration/participants/']"),
    "import": IMPORT,
    "import-preview": Go(_previewed("name,code,specialist\nAlex R.,HB-9001,"), IMPORT),
    "resources": at("/administration/resources", "main table"),
    "resource-new": at("/administration/resources/new"),
    "resource": first("/administration/resources", "main th a[href^='/administration/resources/']"),
    "resources-import": IMPORT_PLACES,
    "resources-preview": Go(_previewed("name,kinds\nThe Open Kitchen,food"), IMPORT_PLACES),
    "admin-phones": at("/administration/phones"),
    "backups": at("/administration/backups"),
    "access": at("/administration/access", "main table"),
    "account": at("/account"),
    "passphrase": at("/account/passphrase"),
    "missing": at("/dashboard/nowhere", "h1"),
}
OUTSIDE: dict[str, Go] = {"sign-in": at("/sign-in", "form"), "enrol-landing": at("/enrol", "h1")}
# What a supervisor does with a note, and an administrator does not.
SUPERVISED: dict[str, Go] = {
    "review-note": REVIEWED,
    "review-return-wrong": wrong("form[action$='/return'] .button.secondary", REVIEWED),
}
