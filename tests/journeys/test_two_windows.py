"""Two windows of one phone write and exchange at the same time: every note arrives, once, in one numbering."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from tests.journeys import steps
from tests.journeys.conftest import Browser
from tests.journeys.test_worker_dies import outcomes
from tests.support.office import Office

ROUNDS = 3


def _note(phone: steps.Phone) -> str:
    return str(phone.look("return location.pathname")).split("/app/notes/")[1][:36]


def _ready_to_sign(phone: steps.Phone, base: str, at: int, text: str) -> None:
    phone.go(f"{base}/app/")
    steps.begin(phone, at)
    phone.type("#f-did", text)
    phone.tap("#f-support label.chip", 0)
    phone.tap(steps.CHECK)
    phone.see(steps.SIGN)


def test_two_windows_write_and_send_at_once(office: Office, browser: Browser) -> None:
    """Signed in both before either waits for the other; then both ask for an exchange at once."""
    one = browser("phone")
    steps.enrol(one, office.facts)
    two = one.another_window()
    notes = []
    for at in range(ROUNDS):
        _ready_to_sign(one, office.url, 0, f"In the first window, {at}.")
        _ready_to_sign(two, office.url, 1, f"In the second window, {at}.")
        for window in (one, two):
            window.page.locator(steps.SIGN).click(no_wait_after=True)
        for window in (one, two):
            window.see(steps.STANDING)
            notes.append(_note(window))
        for window in (one, two):
            window.go(f"{office.url}/app/sync")
        for window in (one, two):
            window.page.locator("form[action='/app/exchange'] button").click(no_wait_after=True)
        for window in (one, two):
            window.see("main", "Everything is received", seconds=30)
    assert {note: outcomes(office, note) for note in notes} == {note: ["applied", "applied"] for note in notes}
    with closing(sqlite3.connect(office.directory / "alongside.sqlite3")) as reader:
        device = reader.execute("SELECT device FROM change WHERE doc = ?", (notes[0],)).fetchone()
        numbers = [row[0] for row in reader.execute("SELECT n FROM change WHERE device = ? ORDER BY n", device)]
    assert numbers == list(range(1, len(numbers) + 1)), "one numbering, without a hole"


def test_one_draft_in_two_windows_becomes_one_note(office: Office, browser: Browser) -> None:
    """Signed in both windows at once: both show the same signed note, and the office has it once."""
    one = browser("phone")
    steps.enrol(one, office.facts)
    two = one.another_window()
    _ready_to_sign(one, office.url, 0, "Written once.")
    two.go(one.page.url)
    two.see(steps.SIGN)
    for window in (one, two):
        window.page.locator(steps.SIGN).click(no_wait_after=True)
    for window in (one, two):
        window.see(steps.STANDING)
    assert _note(one) == _note(two)
    steps.sync_now(one, office.url)
    one.see("main", "Everything is received", seconds=30)
    assert outcomes(office, _note(two)) == ["applied", "applied"]
