"""What people do, step by step, as the journeys tell it, in any engine. Touches are counted by the browser they are made in."""

from __future__ import annotations

from typing import Any

from tests.journeys.chromium import Chromium
from tests.support.office import Office
from tests.support.webdriver import WebDriver

Phone = Chromium | WebDriver
START = ".card .button.soft[href^='/app/notes/new']"
KEPT = "#kept"
CHECK = "button[name=then][value=check].primary"
SIGN = "button[form=sign-form]"
STANDING = ".standing"
HELD = """
const open = indexedDB.open("pocket");
open.onsuccess = () => {
  const stores = [...open.result.objectStoreNames].filter((name) => name !== "meta");
  const look = open.result.transaction(stores);
  window.held = {};
  for (const name of stores) look.objectStore(name).count().onsuccess = ({ target }) => { window.held[name] = target.result; };
  look.oncomplete = () => { open.result.close(); window.counted = true; };
};
"""


def enrol(phone: Phone, facts: dict[str, Any]) -> str:
    """From the enrolment link to the first screen; returns the phone's own passphrase."""
    enrolment = facts["enrolment"]
    phone.go(enrolment["link"])
    phone.tap("a[data-keep-fragment]")
    phone.see_value("#f-code", ".+")
    phone.type("#f-passphrase", enrolment["passphrase"])
    phone.tap("form[action='/app/enrol'] button.primary")
    return choose_passphrase(phone)


def choose_passphrase(phone: Phone) -> str:
    """The phone shows four words and asks for them once; then it fetches what it may hold."""
    phone.see("#words")
    passphrase = phone.text("#words").strip()
    assert len(passphrase.split()) == 4
    phone.tap("button.primary")
    phone.type("#f-typed", passphrase)
    phone.tap("button.primary")
    phone.see("#progress .notice.done", seconds=60)
    phone.tap("a.button.primary")
    phone.see("nav.tabs")
    return passphrase


def unlock(phone: Phone, passphrase: str, seen: str = "nav.tabs") -> None:
    """The phone's passphrase, on the page that asks for it; `seen` stands on the page that comes after."""
    phone.type("#f-passphrase", passphrase)
    phone.tap("form[action='/app/unlock'] button")
    phone.see_gone("#f-passphrase")
    phone.see(seen)


def begin(phone: Phone, at: int = 0) -> None:
    """From Today to the form of a new note, about one of today's people."""
    phone.tap(START, at)
    phone.see("#note-form")


def write(phone: Phone, texts: dict[str, str], at: int = 0) -> None:
    """The routine note, from the home screen to the check: who, how long, support, goal, four prompts, who does what."""
    begin(phone, at)
    phone.tap("#f-minutes label.chip", 2)
    phone.tap("#f-support label.chip", 0)
    phone.tap("#f-support label.chip", 2)
    for name, text in texts.items():
        phone.type(f"#f-{name}", text)
    phone.tap("#f-next_owner label.chip", 0)


def into_kind(phone: Phone, kind: str) -> None:
    """From a draft's form to the same draft as another kind of contact."""
    phone.tap("button[name=then][value=kind]")
    phone.tap(f"button[name=kind][value={kind}]")
    phone.see("#note-form")


def speak(phone: Phone, base: str, language: str) -> None:
    """The phone in that language, and back on Today."""
    phone.go(f"{base}/app/settings")
    phone.tap(f"label:has(input[name=language][value={language}])")
    phone.tap("button[form=settings-form]")
    phone.see(f"html[lang={language}]")
    phone.go(f"{base}/app/")
    phone.see("nav.tabs")


def check_and_sign(phone: Phone) -> None:
    """Check, then sign; the signed note stands on the screen."""
    phone.tap(CHECK)
    phone.see(SIGN)
    phone.tap(SIGN)
    phone.see(STANDING)


def sync_now(phone: Phone, base: str) -> None:
    phone.go(f"{base}/app/sync")
    phone.tap("form[action='/app/exchange'] button")


def receive(phone: Chromium, base: str) -> None:
    """An exchange to its end, and nothing is left only on the phone. The page before it may have said so already."""
    phone.go(f"{base}/app/sync")
    phone.page.evaluate("document.querySelector('main').dataset.before = 'yes'")
    phone.tap("form[action='/app/exchange'] button")
    phone.see("main:not([data-before]) .notice.done", seconds=60)


def sign_in(browser: Chromium, office: Office, account: dict[str, Any], path: str = "/dashboard") -> None:
    """At the office, with sign-in name and passphrase."""
    browser.go(f"{office.url}{path}")
    browser.page.locator("input[name=sign_in]").fill(account["sign_in"])
    browser.page.locator("input[name=passphrase]").fill(account["passphrase"])
    browser.page.locator("form button.primary").click()
    browser.page.locator("form[action='/sign-out']").first.wait_for(state="attached", timeout=10_000)


def account(facts: dict[str, Any], role: str) -> dict[str, Any]:
    """The first demo account of a role."""
    return next(entry for entry in facts["accounts"] if entry["role"] == role)


def held(phone: Phone) -> dict[str, int]:
    """Rows on the phone's disk, by store."""
    phone.look(f"window.counted = false; {HELD}")
    while not phone.look("return window.counted"):
        pass
    return dict(phone.look("return window.held"))
