"""Every screen by name, and how to get there: the list that the pictures and the access checks share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.journeys.chromium import Chromium
from tests.journeys.office_trouble import make_trouble
from tests.support.office import Office

Go = Callable[[Page, str], None]


def at(path: str) -> Go:
    def go(page: Page, base: str) -> None:
        page.goto(base + path)

    return go


def _person(page: Page, base: str) -> None:
    page.goto(base + "/app/people")
    page.locator("main a[href^='/app/people/']:not([href$='/new'])").first.click()
    expect(page.locator("a[href^='/app/notes/new']").first).to_be_visible()


def _person_edit(page: Page, base: str) -> None:
    _person(page, base)
    page.locator("a[href$='/edit']").click()
    expect(page.locator("#f-called")).to_be_visible()


def _history(page: Page, base: str) -> None:
    """A person's notes by themselves; the way there shows where there are more than the person's page holds."""
    page.goto(base + "/app/people")
    person = page.locator("main a[href^='/app/people/']:not([href$='/new'])").first.get_attribute("href")
    page.goto(f"{base}{person}/history")
    expect(page.locator(".history")).to_be_visible()


def _note_form(page: Page, base: str) -> None:
    page.goto(base + "/app/")
    page.locator(".card .button.soft[href^='/app/notes/new']").first.click()
    expect(page.locator("#note-form")).to_be_visible()


def _note_wrong(page: Page, base: str) -> None:
    _note_form(page, base)
    page.locator("#f-minutes label.chip").last.click()
    # An end this far before the start is no night, at whatever hour the test runs.
    page.locator("#f-start").fill("12:00")
    page.locator("#f-end").fill("11:00")
    page.locator("button[name=then][value=check].primary").click()
    expect(page.locator(".error-summary")).to_be_visible()


def _check(page: Page, base: str) -> None:
    _note_form(page, base)
    page.locator("#f-support label.chip").first.click()
    page.locator("#f-said").fill("“I made the call myself.”")
    page.locator("#f-did").fill("We looked at three flats together and wrote down what each one costs.")
    page.locator("button[name=then][value=check].primary").click()
    expect(page.locator("button[form=sign-form]")).to_be_visible()


def _signed(page: Page, base: str) -> None:
    _check(page, base)
    page.locator("button[form=sign-form]").click()
    expect(page.locator(".standing").first).to_be_visible()


def _addendum(page: Page, base: str) -> None:
    _signed(page, base)
    page.locator("a[href$='/addendum']").first.click()
    expect(page.locator("textarea")).to_be_visible()


def _group(page: Page, base: str) -> None:
    """Two people ticked, a name that should not be there."""
    page.goto(base + "/app/groups/new")
    page.locator("#f-title").fill("Morning circle")
    for at in range(2):
        page.locator(".roster-row .check").nth(at).click()
        page.locator(".roster-row textarea").nth(at).fill("Told how the call to the clinic went.")
    page.locator("#f-description").fill("We went around and each said one thing that had helped.")


def _group_wrong(page: Page, base: str) -> None:
    _group(page, base)
    page.locator("#f-title").fill("")
    page.locator("button[name=then][value=check].primary").click()
    expect(page.locator(".error-summary")).to_be_visible()


def _group_check(page: Page, base: str) -> None:
    _group(page, base)
    other = page.locator(".roster-row .name").nth(1).inner_text()
    page.locator(".roster-row textarea").first.fill(f"Came with {other}.")
    page.locator("button[name=then][value=check].primary").click()
    expect(page.locator("button[form=sign-form]")).to_be_visible()


def _group_signed(page: Page, base: str) -> None:
    _group_check(page, base)
    page.locator("button[form=sign-form]").click()
    expect(page.locator(".standing").first).to_be_visible()


def _jot_sheet(page: Page, base: str) -> None:
    page.goto(base + "/app/visits/new")
    for at in range(3):
        page.locator(".roster-row .check").nth(at).click()
    page.locator("summary", has_text="Before you go in").click()
    page.locator("button[value=sheet]").click()
    expect(page.locator("table.sheet-table")).to_be_visible()


def _drop_in(page: Page, base: str) -> None:
    page.goto(base + "/app/drop-in")
    if page.locator(".log-entry").count() == 0:
        page.locator(".chips button[value^='add:']").first.click()
    expect(page.locator(".log-entry").first).to_be_visible()


def _locked(path: str) -> Go:
    def go(page: Page, base: str) -> None:
        page.goto(base + "/app/")
        if page.locator("form[action='/app/lock'] button").count():
            page.locator("form[action='/app/lock'] button").click()
            expect(page.locator("#f-passphrase")).to_be_visible()
        page.goto(base + path)

    return go


def _own_heavy(page: Page, base: str) -> None:
    """The evening after a heavy day: whom to talk to."""
    page.goto(base + "/app/own")
    page.locator("#f-answer label.chip").nth(3).click()
    page.locator("button[form=own-form]").click()
    expect(page.locator(".calls")).to_be_visible()


def _kind_words(page: Page, base: str) -> None:
    _note_form(page, base)
    page.locator("#f-did").fill("He was noncompliant and refused medication. I called his sister.")
    page.locator("button[name=then][value=check].primary").click()
    expect(page.locator("#kind-words")).to_be_visible()


def _kinds(page: Page, base: str) -> None:
    _note_form(page, base)
    page.locator("button[name=then][value=kind]").click()
    expect(page.locator("form.kinds")).to_be_visible()


def _of_kind(kind: str, wrong: bool = False) -> Go:
    def go(page: Page, base: str) -> None:
        _kinds(page, base)
        page.locator(f"button[name=kind][value={kind}]").click()
        expect(page.locator(f"input[name=form_ref][value^='{kind}@']")).to_be_attached()
        if wrong:
            page.locator("#f-follow_attempt").fill("first")
            page.locator("button[name=then][value=check].primary").click()
            expect(page.locator(".error-summary")).to_be_visible()

    return go


def _somebody_new(page: Page, base: str) -> None:
    _note_form(page, base)
    page.locator("button[name=then][value=person]").click()
    page.locator("details summary").click()
    page.locator("form[action$='/someone'] button").click()
    expect(page.locator(".error-summary")).to_be_visible()


def _revise(page: Page, base: str) -> None:
    _signed(page, base)
    page.locator("a[href$='/revise']").first.click()
    expect(page.locator("#revise-form")).to_be_visible()


def _revision(page: Page, base: str) -> None:
    """A new version, before it is signed: what it changes stands above it."""
    _revise(page, base)
    page.locator("#f-reason label.chip").first.click()
    page.locator("button[form=revise-form]").click()
    page.locator("#f-did").fill("We looked at two flats together and wrote down what each one costs.")
    page.locator("button[name=then][value=check].primary").click()
    expect(page.locator(".difference ins").first).to_be_visible()


def _reading(page: Page, base: str) -> None:
    _check(page, base)
    page.locator("form[action$='/turn'] button").click()
    expect(page.locator(".reading .said")).to_be_visible()


def _reading_wrong(page: Page, base: str) -> None:
    """Still turned round: every address leads there."""
    page.goto(base + "/app/")
    page.locator("button[name=then][value=say]").click()
    expect(page.locator(".error-summary")).to_be_visible()


def _reading_done(page: Page, base: str) -> None:
    page.goto(base + "/app/")
    page.locator("#f-person_view label.chip").first.click()
    page.locator("button[name=then][value=say]").click()
    expect(page.locator("form[action='/app/turned/back'] button")).to_be_visible()


def _handed_back(page: Page, base: str) -> None:
    page.goto(base + "/app/?kept=yes")
    if not page.locator("form[action='/app/turned/back'] button").is_visible():
        page.locator(".turned-foot summary").click()
    page.locator("form[action='/app/turned/back'] button").click()
    expect(page.locator("nav.tabs")).to_be_visible()
    page.goto(base + "/app/tasks")


PHONE_OPEN: dict[str, Go] = {
    "today": at("/app/"),
    "people": at("/app/people"),
    "person-new": at("/app/people/new"),
    "person": _person,
    "person-edit": _person_edit,
    "history": _history,
    "capture": at("/app/capture"),
    "note-form": _note_form,
    "note-wrong": _note_wrong,
    "note-kinds": _kinds,
    "note-crisis": _of_kind("crisis"),
    "note-reentry": _of_kind("reentry"),
    "note-follow-up-wrong": _of_kind("discharge_follow_up", wrong=True),
    "note-somebody-new": _somebody_new,
    "check": _check,
    "note": _signed,
    "addendum": _addendum,
    "revise": _revise,
    "revision": _revision,
    "reading": _reading,
    "reading-wrong": _reading_wrong,
    "reading-done": _reading_done,
    "tasks": _handed_back,
    "inbox": at("/app/inbox"),
    "credentials": at("/app/credentials"),
    "passkey": at("/app/passkey"),
    "own": at("/app/own"),
    "own-heavy": _own_heavy,
    "kind-words": _kind_words,
    "safety": at("/app/safety"),
    "sync": at("/app/sync"),
    "settings": at("/app/settings"),
    "missing": at("/app/nowhere"),
    "group": _group,
    "group-wrong": _group_wrong,
    "group-check": _group_check,
    "group-signed": _group_signed,
    "sessions": at("/app/sessions"),
    "visit": at("/app/visits/new"),
    "jot-sheet": _jot_sheet,
    "drop-in": _drop_in,
    "own-time": at("/app/own-time"),
    "gate-sheet": at("/app/gate-sheet"),
}
def _jot_saved(page: Page, base: str) -> None:
    _locked("/app/jot")(page, base)
    page.locator("#f-line").fill("Met at the shelter, wants to go on with the form")
    page.locator("button.primary").click()
    expect(page.locator(".notice.done")).to_be_visible()


PHONE_LOCKED: dict[str, Go] = {
    "unlock": _locked("/app/unlock"),
    "safety-locked": _locked("/app/safety"),
    "jot": _locked("/app/jot"),
    "jot-saved": _jot_saved,
}


def _first(path: str, link: str) -> Go:
    def go(page: Page, base: str) -> None:
        page.goto(base + path)
        page.locator(link).first.click()
        page.wait_for_load_state()

    return go


def _opened(page: Page, base: str) -> None:
    """A sealed note, opened."""
    _first("/dashboard/quarantine", "main a[href^='/dashboard/quarantine/phones/']")(page, base)
    page.locator("button[formaction*='/open']").first.click()
    expect(page.locator("article.note").first).to_be_visible()


def _export_wrong(page: Page, base: str) -> None:
    """Nothing is named yet."""
    page.goto(base + "/dashboard/exports")
    page.locator("button[value=make]").click()
    expect(page.locator(".error-summary")).to_be_visible()


def _export_print(page: Page, base: str) -> None:
    """A person's own record, as pages."""
    page.goto(base + "/dashboard/exports")
    page.locator("#f-person").select_option(index=1)
    page.locator("label:has(input[name=format][value=print])").click()
    page.locator("#f-recipient").fill("The person")
    page.locator("#f-purpose").fill("Asked to read it")
    page.locator("#f-basis").select_option("own_request")
    page.locator("#f-from").fill("2020-01-01")
    page.locator("button[value=make]").click()
    expect(page.locator("article.note").first).to_be_visible()


OFFICE: dict[str, Go] = {
    "attention": at("/dashboard"),
    "review": at("/dashboard/review"),
    "caseloads": at("/dashboard/caseloads"),
    "caseload": _first("/dashboard/caseloads", "main a[href^='/dashboard/caseloads/']"),
    "notes": at("/dashboard/notes"),
    "note": _first("/dashboard/notes", "main a[href^='/dashboard/notes/']"),
    "activity": at("/dashboard/activity"),
    "units": at("/dashboard/units"),
    "credentials": at("/dashboard/credentials"),
    "credentials-one": _first("/dashboard/credentials", "main a[href^='/dashboard/credentials/']"),
    "phones": at("/dashboard/phones"),
    "sessions-office": at("/dashboard/sessions"),
    "session-office": _first("/dashboard/sessions", "main th a[href^='/dashboard/sessions/']"),
    "own-time-office": at("/dashboard/sessions/own-time"),
    "kept": _first("/dashboard", "main a[href^='/dashboard/kept/']"),
    "kept-list": at("/dashboard/kept"),
    "hold": at("/dashboard/quarantine"),
    "hold-one": _first("/dashboard/quarantine", "main a[href^='/dashboard/quarantine/']"),
    "sealed": _first("/dashboard/quarantine", "main a[href^='/dashboard/quarantine/phones/']"),
    "sealed-open": _opened,
    "people": at("/administration/people"),
    "person-add": at("/administration/people/new"),
    "member": _first("/administration/people", "main th a[href^='/administration/people/']"),
    "organisation": at("/administration/organisation"),
    "rules": at("/administration/rules"),
    "rules-profile": at("/administration/rules/profiles/virginia"),
    "exports": at("/dashboard/exports"),
    "exports-wrong": _export_wrong,
    "export-print": _export_print,
    "accounting": at("/dashboard/accounting"),
    "lock-phone": _first("/administration/phones", "main a.button.soft[href^='/administration/phones/']"),
    "sites": at("/administration/sites"),
    "participants": at("/administration/participants"),
    "import": at("/administration/import"),
    "admin-phones": at("/administration/phones"),
    "backups": at("/administration/backups"),
    "access": at("/administration/access"),
    "account": at("/account"),
    "office-missing": at("/dashboard/nowhere"),
}
OFFICE_OUTSIDE: dict[str, Go] = {"sign-in": at("/sign-in"), "enrol-landing": at("/enrol")}

# What the checks of looks walk. The screens beside them have pictures, and are to join as soon as their walk was seen green.
PHONE_WALKED: dict[str, Go] = {name: PHONE_OPEN[name] for name in (
    "today", "people", "person-new", "person", "person-edit", "history", "capture", "note-form", "note-wrong",
    "check", "note", "addendum", "inbox", "safety", "sync", "settings", "missing",
)}  # fmt: skip
OFFICE_WALKED: dict[str, Go] = {name: OFFICE[name] for name in (
    "attention", "notes", "note", "activity", "phones", "kept", "kept-list", "hold", "hold-one",
    "sealed", "sealed-open", "people", "person-add", "member", "organisation", "lock-phone", "sites", "participants",
    "import", "admin-phones", "backups", "access", "account", "office-missing",
)}  # fmt: skip


def enrolled(phone: Chromium, office: Office) -> str:
    """An enrolled, unlocked phone; its passphrase."""
    return steps.enrol(phone, office.facts)


def signed_in(browser: Chromium, office: Office) -> None:
    """An administrator's session, which sees every office screen, in an office with trouble to show."""
    make_trouble(office)
    facts: dict[str, Any] = office.facts
    steps.sign_in(browser, office, steps.account(facts, "administrator"), "/sign-in")
