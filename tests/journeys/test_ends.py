"""A phone that ends - taken out of use, or its passphrase forgotten - and an office that goes back: no note goes with it."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.journeys import steps
from tests.journeys.chromium import Chromium
from tests.journeys.conftest import Browser
from tests.journeys.engines import in_proof
from tests.journeys.test_worker_dies import outcomes
from tests.support.office import Office
from tests.support.webdriver import until

WORDS = "Written before the phone ended, and never sent by it."
# A phone whose last attempts failed rests up to 20 s, and its locked self as long between two questions: no haste here.
PATIENCE = 120


def _unsent_note(phone: steps.Phone, office: Office) -> str:
    """Signed while there is no office; its id."""
    office.stop()
    phone.go(f"{office.url}/app/")
    steps.write(phone, {"said": WORDS, "did": WORDS})
    steps.check_and_sign(phone)
    return str(phone.look("return location.pathname")).split("/app/notes/")[1][:36]


def _device(office: Office) -> str:
    with closing(sqlite3.connect(office.directory / "alongside.sqlite3")) as reader:
        newest = "SELECT id FROM device WHERE kind = 'phone' AND state = 'active' ORDER BY key DESC LIMIT 1"
        return str(reader.execute(newest).fetchone()[0])


def _lock_out(desk: Chromium, office: Office, mode: str) -> None:
    """An administrator takes the newest phone out of use."""
    steps.sign_in(desk, office, steps.account(_facts(office), "administrator"), "/sign-in")
    desk.go(f"{office.url}/administration/phones/{_device(office)}")
    desk.page.locator(f"input[name=mode][value={mode}]").check()
    desk.page.locator("#f-reason label").first.click()
    desk.page.locator("input[name=understood]").check()
    desk.page.locator("form[action$='/revoke'] button.safety").click()
    desk.see_gone("form[action$='/revoke']")


def _filed_by_supervisor(browser: Browser, office: Office) -> Chromium:
    """What was delivered sealed waits for a supervisor, who files it."""
    desk: Chromium = browser("supervisor")
    steps.sign_in(desk, office, steps.account(_facts(office), "supervisor"), "/dashboard/quarantine")
    desk.tap("a[href^='/dashboard/quarantine/phones/']")
    desk.tap("form[action$='/file'] button.primary")
    desk.see("[role=status] .notice.done, [role=status].notice.done, .notice.done")
    return desk


def _facts(office: Office) -> dict[str, Any]:
    return dict(office.facts)


def _opened_again(phone: steps.Phone, office: Office) -> steps.Phone:
    """A locked phone asks how things stand when it is opened, after a rest."""
    phone.go(f"{office.url}/app/")
    time.sleep(3)
    return phone


def _backup(office: Office, tmp_path: Path) -> None:
    (tmp_path / "backups").mkdir(exist_ok=True)
    office.run("backup", "--to", str(tmp_path / "backups"))


@pytest.mark.parametrize("engine", in_proof())
def test_a_phone_taken_out_of_use_delivers_its_work_and_then_forgets(office: Office, browser: Browser, tmp_path: Path, engine: str) -> None:
    """It reads nothing more; its unsent note reaches a supervisor, sealed; once a backup holds that, the phone is empty."""
    office.run("backup", "--make-key", str(tmp_path / "backup.key"))
    phone = browser("phone", engine=engine)
    passphrase = steps.enrol(phone, _facts(office))
    note = _unsent_note(phone, office)
    phone.kill()
    office.start()
    _lock_out(browser("desk"), office, "lock")

    phone = browser("phone", engine=engine)
    phone.go(f"{office.url}/app/")
    steps.unlock(phone, passphrase, seen="h1")
    phone.see("main", "has ended its access", seconds=PATIENCE)
    assert phone.count("nav.tabs") == 0
    phone.see("#delivery", "are with your supervisor", seconds=PATIENCE)
    phone.go(f"{office.url}/app/notes/{note}")
    assert WORDS not in phone.text("body")

    desk = _filed_by_supervisor(browser, office)
    assert outcomes(office, note) == ["applied", "applied"]
    desk.go(f"{office.url}/dashboard/notes/{note}")
    desk.see("main", WORDS)

    _backup(office, tmp_path)
    until(lambda: _opened_again(phone, office).count("h1", "This phone is empty"), "an empty phone", PATIENCE)
    assert {name: rows for name, rows in steps.held(phone).items() if rows} == {}


def test_a_phone_to_be_wiped_at_once_is_empty_after_its_next_word(office: Office, browser: Browser) -> None:
    """Nothing waits: the next exchange leaves no row on its disk."""
    phone = browser("phone")
    steps.enrol(phone, _facts(office))
    assert steps.held(phone)["records"] > 0
    _lock_out(browser("desk"), office, "wipe_now")
    steps.sync_now(phone, office.url)
    phone.see("h1", "This phone is empty", seconds=PATIENCE)
    assert {name: rows for name, rows in steps.held(phone).items() if rows} == {}


def test_a_forgotten_passphrase_costs_no_note(office: Office, browser: Browser) -> None:
    """Set up again with a new code: the earlier work, which nobody can read here any more, reaches a supervisor."""
    facts = _facts(office)
    phone = browser("phone")
    steps.enrol(phone, facts)
    note = _unsent_note(phone, office)
    phone.kill()
    office.start()
    desk = browser("desk")
    steps.sign_in(desk, office, steps.account(facts, "administrator"), "/sign-in")
    desk.go(f"{office.url}/administration/phones")
    name = next(one["name"] for one in facts["accounts"] if one["sign_in"] == facts["enrolment"]["sign_in"])
    desk.page.locator("select[name=specialist]").select_option(label=name)
    desk.page.locator("form[action='/administration/phones/code'] button").click()
    code = desk.page.locator("#typed-code").inner_text().strip()

    phone = browser("phone")
    phone.go(f"{office.url}/app/")
    phone.tap("a[href='/app/enrol?again=yes']")
    phone.type("#f-code", code)
    phone.type("#f-passphrase", facts["enrolment"]["passphrase"])
    phone.tap("form[action='/app/enrol'] button.primary")
    steps.choose_passphrase(phone)
    steps.sync_now(phone, office.url)

    desk = _filed_by_supervisor(browser, office)
    assert outcomes(office, note) == ["applied", "applied"]
    desk.go(f"{office.url}/dashboard/notes/{note}")
    desk.see("main", WORDS)


@pytest.mark.parametrize("engine", in_proof())
def test_an_office_restored_from_a_backup_gets_back_what_it_forgot(office: Office, browser: Browser, tmp_path: Path, engine: str) -> None:
    """Received, then forgotten by a restore: the phone shows it all along, and offers it again, unchanged."""
    key = tmp_path / "backup.key"
    office.run("backup", "--make-key", str(key))
    phone = browser("phone", engine=engine)
    steps.enrol(phone, _facts(office))
    _backup(office, tmp_path)
    note = _unsent_note(phone, office)
    office.start()
    steps.sync_now(phone, office.url)
    phone.see("main", "Everything is received", seconds=PATIENCE)
    assert outcomes(office, note) == ["applied", "applied"]

    office.stop()
    (file,) = (tmp_path / "backups").glob("*.age")
    office.run("restore", str(file), "--key", str(key), "--move-aside")
    assert outcomes(office, note) == []
    phone.go(f"{office.url}/app/notes/{note}")
    phone.see("article, main", WORDS)
    office.start()
    steps.sync_now(phone, office.url)
    phone.see("main", "Everything is received", seconds=PATIENCE)
    assert outcomes(office, note) == ["applied", "applied"]
    phone.go(f"{office.url}/app/notes/{note}")
    phone.see(steps.STANDING, "Received")
