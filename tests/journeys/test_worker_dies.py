"""The service worker is stopped at any moment: nothing that was shown as kept is lost, nothing arrives twice."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing

from playwright.sync_api import Error

from tests.journeys import steps
from tests.journeys.chromium import Chromium
from tests.journeys.conftest import Browser
from tests.support.office import Office
from tests.support.proof import often, tell

STOPS = 4


class Stopper:
    """Stops the worker by the developer tools, whatever it is doing, while the browser is busy with something else.

    Chromium starts it anew and sends a request without an answer once more, so one stop is not enough to be noticed.
    """

    def __init__(self, phone: Chromium) -> None:
        self.stopped = 0
        self.session = phone.context.new_cdp_session(phone.page)
        self.session.on("ServiceWorker.workerVersionUpdated", self._hear)
        self.session.send("ServiceWorker.enable")

    def _hear(self, told: dict[str, list[dict[str, str]]]) -> None:
        self.stopped += sum(version["runningStatus"] == "stopped" for version in told["versions"])

    def stop_in(self, seconds: float) -> None:
        loop, session = self.session._loop, self.session._impl_obj
        loop.call_later(seconds, lambda: loop.create_task(session.send("ServiceWorker.stopAllWorkers", {}, None)))

    def stop_often(self, dice: random.Random) -> None:
        moment = dice.uniform(0, 0.2)
        for _ in range(STOPS):
            self.stop_in(moment)
            moment += dice.uniform(0.01, 0.06)


def outcomes(office: Office, note: str) -> list[str]:
    """What the office decided about a note: the outcomes of its changes, in order."""
    with closing(sqlite3.connect(office.directory / "alongside.sqlite3")) as reader:
        return [row[0] for row in reader.execute("SELECT outcome FROM change WHERE doc = ? ORDER BY seq", (note,))]


def _signed(phone: Chromium) -> bool:
    """What stands on the screen: the signed note, or still the check page, which claims nothing."""
    try:
        phone.see(steps.STANDING, seconds=3)
    except AssertionError:
        assert phone.count(steps.SIGN) == 1 or phone.count(steps.STANDING) == 1
    return phone.count(steps.STANDING) == 1


def _go_in_spite(phone: Chromium, address: str) -> None:
    """A page whose worker is stopped while it is read may hang in Chromium; people reload."""
    for _ in range(5):
        try:
            phone.page.goto(address, timeout=5000)
        except Error:
            continue
        if phone.count("nav.tabs"):
            return
    phone.see("nav.tabs")


def test_a_worker_stopped_at_any_moment_loses_nothing_and_sends_nothing_twice(office: Office, browser: Browser) -> None:
    """While the note is signed and while it is sent; what stands on the screen as signed is received, each change once."""
    dice = random.Random(1935)
    phone = browser("phone")
    steps.enrol(phone, office.facts)
    stopper, notes, again = Stopper(phone), [], 0
    for at in range(often(12, 200)):
        _go_in_spite(phone, f"{office.url}/app/")
        steps.begin(phone)
        phone.type("#f-said", f"Round {at}.")
        phone.see(steps.KEPT, "Kept ")
        phone.tap("#f-support label.chip", 0)
        phone.tap(steps.CHECK)
        phone.see(steps.SIGN)
        stopper.stop_often(dice)
        phone.tap(steps.SIGN)
        while not _signed(phone):
            again += 1
            phone.tap(steps.SIGN)
        notes.append(phone.page.url.split("/app/notes/")[1][:36])
        phone.page.wait_for_timeout(300)
    _go_in_spite(phone, f"{office.url}/app/")
    steps.sync_now(phone, office.url)
    phone.see("main", "Everything is received", seconds=30)
    assert stopper.stopped >= len(notes)
    assert len(set(notes)) == len(notes)
    assert {note: outcomes(office, note) for note in notes} == {note: ["applied", "applied"] for note in notes}
    tell("worker stopped while signing and sending", notes=len(notes), stops=stopper.stopped, touched_again=again, lost=0, twice=0)
