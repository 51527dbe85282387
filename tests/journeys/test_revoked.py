"""A phone that was taken out of use: it shows nothing, delivers what it still holds without a key, and empties itself."""

from __future__ import annotations

import sqlite3
import time

from playwright.sync_api import expect

from tests.journeys import steps
from tests.journeys.chromium import Chromium
from tests.journeys.conftest import Browser
from tests.support.office import Office

WORDS = "Words of a phone that was locked."
FORTNIGHT_MS = 15 * 86_400_000


def newest_phone(office: Office) -> str:
    with sqlite3.connect(office.directory / "alongside.sqlite3") as reader:
        newest = "SELECT id FROM device WHERE kind = 'phone' AND state = 'active' ORDER BY key DESC LIMIT 1"
        return str(reader.execute(newest).fetchone()[0])


def lock_out(desk: Chromium, office: Office, device: str) -> None:
    page = desk.page
    page.goto(f"{office.url}/administration/phones/{device}")
    page.locator("input[name=mode][value=lock]").check()
    for name in ("reason", "understood"):
        page.locator(f"#f-{name} label, label:has([name={name}])").first.click()
    page.locator("form[action$='/revoke'] button.safety").click()
    page.wait_for_url(lambda address: not address.endswith("/revoke") and not address.endswith(device))


def kept(office: Office) -> list[tuple[int, str]]:
    with sqlite3.connect(office.directory / "alongside.sqlite3") as reader:
        return reader.execute("SELECT n, state FROM salvage ORDER BY n").fetchall()


def test_a_locked_phone_delivers_without_a_key_and_empties_itself(office: Office, browser: Browser) -> None:
    """Written and signed with no signal, then revoked: nothing is readable, the office gets it sealed, the phone ends."""
    phone = browser("phone")
    passphrase = steps.enrol(phone, office.facts)
    device = newest_phone(office)
    desk = browser("desk")
    steps.sign_in(desk, office, steps.account(office.facts, "administrator"), "/sign-in")
    page = phone.page
    office.stop()
    page.goto(f"{office.url}/app/")
    steps.write(phone, {"said": WORDS, "did": WORDS, "went": WORDS, "next": WORDS})
    steps.check_and_sign(phone)
    note = page.url
    page.goto("about:blank")  # without a window nothing is sent
    office.start()
    lock_out(desk, office, device)
    page.goto(f"{office.url}/app/sync")
    if page.locator("#f-passphrase").count():  # the worker, and the key with it, may have ended meanwhile
        phone.type("#f-passphrase", passphrase)
        phone.tap("form[action='/app/unlock'] button.primary")
    deadline = time.monotonic() + 60
    while "taken out of use" not in page.locator("h1").inner_text() and time.monotonic() < deadline:
        page.wait_for_timeout(3000)
        page.reload()  # opening it kicks the exchange, which rests for a while after attempts that failed
    expect(page.locator("h1")).to_contain_text("taken out of use")

    for path in ("/app/", "/app/people", f"/app/notes/{note.split('/')[-1]}"):
        page.goto(f"{office.url}{path}")
        assert page.locator("nav.tabs").count() == 0
        assert WORDS not in page.content()
        assert passphrase not in page.content()
    deadline = time.monotonic() + 60
    while not kept(office) and time.monotonic() < deadline:
        page.reload()
        page.wait_for_timeout(3000)
    unsent = steps.held(phone)["outbox"]  # the note and its signature; where typing took long, its draft as well
    assert unsent >= 2
    assert kept(office) == [(n, "waiting") for n in range(1, unsent + 1)]

    with sqlite3.connect(office.directory / "alongside.sqlite3") as writer:
        writer.execute("UPDATE salvage SET at = at - ?", (FORTNIGHT_MS,))
    while "This phone is empty" not in page.content() and time.monotonic() < deadline + 60:
        page.reload()
        page.wait_for_timeout(3000)
    expect(page.locator("h1")).to_contain_text("This phone is empty")
