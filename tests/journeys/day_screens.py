"""A specialist's day on the phone: today, a note from its first word to its revision, what is shown, what is kept for oneself."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.journeys.going import Go, at, by, wrong

PEOPLE = "main a[href^='/app/people/']:not([href$='/new'])"


def _first_person(page: Page, base: str) -> None:
    page.goto(base + "/app/people")
    page.locator(PEOPLE).first.click()
    expect(page.locator("a[href^='/app/notes/new']").first).to_be_visible()


def _history(page: Page, base: str) -> None:
    """A person's notes by themselves; the way there shows where there are more than the person's page holds."""
    page.goto(base + "/app/people")
    person = page.locator(PEOPLE).first.get_attribute("href")
    page.goto(f"{base}{person}/history")
    expect(page.locator(".history")).to_be_visible()


def _searched(page: Page, base: str) -> None:
    page.goto(base + "/app/people")
    page.locator("#f-q").fill("nobody of this name")
    expect(page.locator("#found .empty")).to_be_visible()


def _nameless(page: Page, base: str) -> None:
    page.goto(base + "/app/people/new")
    page.locator(".foot .primary").click()
    expect(page.locator(".error-summary")).to_be_visible()


def _note_form(page: Page, base: str) -> None:
    page.goto(base + "/app/")
    page.locator(".card .button.soft[href^='/app/notes/new']").first.click()
    expect(page.locator("#note-form")).to_be_visible()


def _wrong_times(page: Page, _: str) -> None:
    page.locator("#f-minutes label.chip").last.click()
    # An end this far before the start is no night, at whatever hour the test runs.
    page.locator("#f-start").fill("12:00")
    page.locator("#f-end").fill("11:00")
    page.locator("button[name=then][value=check].primary").click()
    expect(page.locator(".error-summary")).to_be_visible()


def _of_kind(kind: str) -> Go:
    def go(page: Page, _: str) -> None:
        page.locator(f"button[name=kind][value={kind}]").click()
        expect(page.locator(f"input[name=form_ref][value^='{kind}@']")).to_be_attached()

    return Go(go, NOTE_KINDS)


def _no_attempt(page: Page, _: str) -> None:
    page.locator("#f-follow_attempt").fill("first")
    page.locator("button[name=then][value=check].primary").click()
    expect(page.locator(".error-summary")).to_be_visible()


def _somebody(page: Page, _: str) -> None:
    page.locator(".disclosure:has(form[action$='/someone']) summary").click()
    page.locator("form[action$='/someone'] button").click()
    expect(page.locator(".error-summary")).to_be_visible()


def _kind_words(page: Page, _: str) -> None:
    page.locator("#f-did").fill("He was noncompliant and refused medication. I called his sister.")
    page.locator("button[name=then][value=check].primary").click()
    expect(page.locator("#kind-words")).to_be_visible()


def _check(page: Page, _: str) -> None:
    page.locator("#f-support label.chip").first.click()
    page.locator("#f-said").fill("“I made the call myself.”")
    page.locator("#f-did").fill("We looked at three flats together and wrote down what each one costs.")
    page.locator("button[name=then][value=check].primary").click()
    expect(page.locator("button[form=sign-form]")).to_be_visible()


def _revision(page: Page, _: str) -> None:
    """A new version, before it is signed: what it changes stands above it."""
    page.locator("#f-reason label.chip").first.click()
    page.locator("button[form=revise-form]").click()
    page.locator("#f-did").fill("We looked at two flats together and wrote down what each one costs.")
    page.locator("button[name=then][value=check].primary").click()
    expect(page.locator(".difference ins").first).to_be_visible()


def _reading_done(page: Page, base: str) -> None:
    """The phone is still turned round: every address leads there."""
    page.goto(base + "/app/")
    page.locator("#f-person_view label.chip").first.click()
    page.locator("button[name=then][value=say]").click()
    expect(page.locator("form[action='/app/turned/back'] button")).to_be_visible()


def _handed_back(page: Page, base: str) -> None:
    page.locator("form[action='/app/turned/back'] button").click()
    expect(page.locator("nav.tabs")).to_be_visible()
    page.goto(base + "/app/tasks")
    expect(page.locator(".tasks")).to_be_visible()


def _task_done(page: Page, base: str) -> None:
    page.goto(base + "/app/tasks")
    page.locator("form[action^='/app/tasks/'] button[value=yes]").first.click()
    expect(page.locator(".task.done")).to_be_visible()


def _returned(page: Page, base: str) -> None:
    """A note that a supervisor returned, with what was asked."""
    page.goto(base + "/app/")
    page.locator(".asked-again .card-main").first.click()
    expect(page.locator(".asked-back").first).to_be_visible()


def _own_heavy(page: Page, _: str) -> None:
    """The evening after a heavy day: whom to talk to."""
    page.locator("#f-answer label.chip").nth(3).click()
    page.locator("button[form=own-form]").click()
    expect(page.locator(".calls")).to_be_visible()


def locked(path: str, seen: str) -> Go:
    """The same phone, locked."""

    def go(page: Page, base: str) -> None:
        page.goto(base + "/app/")
        if page.locator("form[action='/app/lock'] button").count():
            page.locator("form[action='/app/lock'] button").click()
            expect(page.locator("#f-passphrase")).to_be_visible()
        page.goto(base + path)
        expect(page.locator(seen).first).to_be_visible()

    return Go(go)


def _jot_saved(page: Page, _: str) -> None:
    page.locator("#f-line").fill("Met at the shelter, wants to go on with the form")
    page.locator("button.primary").click()
    expect(page.locator(".notice.done")).to_be_visible()


PERSON = Go(_first_person)
NOTE_FORM = Go(_note_form)
NOTE_KINDS = by("button[name=then][value=kind]", "form.kinds", NOTE_FORM)
FOLLOW_UP = _of_kind("discharge_follow_up")
CHECK = Go(_check, NOTE_FORM)
READING = by("form[action$='/turn'] button", ".reading .said", CHECK)
READING_WRONG = wrong("button[name=then][value=say]", READING)
READING_DONE = Go(_reading_done, READING_WRONG)
SIGNED = by("button[form=sign-form]", ".standing", CHECK)
REVISE = by("a[href$='/revise']", "#revise-form", SIGNED)
WHO = by("button[name=then][value=person]", "#who-form", NOTE_FORM)
ATTACH = by("button[name=then][value=attachments]", "#attach-form", NOTE_FORM)
OWN = at("/app/own", "#own-form")
JOT = locked("/app/jot", "#f-line")

DAY: dict[str, Go] = {
    "today": at("/app/", "nav.tabs"),
    "people": at("/app/people", "#f-q"),
    "people-none": Go(_searched),
    "person-new": at("/app/people/new", "#f-called"),
    "person-new-wrong": Go(_nameless),
    "person": PERSON,
    "person-edit": by("a[href$='/edit']", "#f-called", PERSON),
    "history": Go(_history),
    "capture": at("/app/capture", "nav.tabs"),
    "note-form": NOTE_FORM,
    "note-wrong": Go(_wrong_times, NOTE_FORM),
    "note-kinds": NOTE_KINDS,
    "note-crisis": _of_kind("crisis"),
    "note-reentry": _of_kind("reentry"),
    "note-follow-up-wrong": Go(_no_attempt, FOLLOW_UP),
    "note-who": WHO,
    "note-somebody-new": Go(_somebody, WHO),
    "attachments": ATTACH,
    "attachments-wrong": wrong("button[form=attach-form]", ATTACH),
    "kind-words": Go(_kind_words, NOTE_FORM),
    "check": CHECK,
    "reading": READING,
    "reading-wrong": READING_WRONG,
    "reading-done": READING_DONE,
    "tasks": Go(_handed_back, READING_DONE),
    "task-done": Go(_task_done),
    "returned-note": Go(_returned),
    "note": SIGNED,
    "revise": REVISE,
    "revision": Go(_revision, REVISE),
    "addendum": by("a[href$='/addendum']", "textarea", SIGNED),
    "inbox": at("/app/inbox"),
    "credentials": at("/app/credentials", "ul.rows"),
    "credentials-wrong": wrong("#credential-form .primary", by(".disclosure summary", "#credential-form", at("/app/credentials"))),
    "passkey": at("/app/passkey"),
    "own": OWN,
    "own-heavy": Go(_own_heavy, OWN),
    "safety": at("/app/safety", "a[href^='tel:']"),
    "sync": at("/app/sync"),
    "settings": at("/app/settings", "#settings-form"),
    "missing": at("/app/nowhere"),
}  # fmt: skip
LOCKED: dict[str, Go] = {
    "unlock": locked("/app/unlock", "#f-passphrase"),
    "safety-locked": locked("/app/safety", "a[href^='tel:']"),
    "jot": JOT,
    "jot-saved": Go(_jot_saved, JOT),
}
