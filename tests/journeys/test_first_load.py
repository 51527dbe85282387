"""Setting up on a bad line: the first program suffices for it, the whole one follows, and nothing pretends it is there."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys import steps
from tests.journeys.conftest import Browser
from tests.support.office import ROOT, Office

TAKEN_OVER = "return navigator.serviceWorker.controller?.scriptURL.endsWith('/sw.js') ? 'yes' : null"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """An office of its own, whose files a test may take away."""
    copy = tmp_path / "product"
    for part in ("sync", "server", "web"):
        shutil.copytree(ROOT / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
    directory = tmp_path / "office"
    directory.mkdir()
    office = Office(directory, tree=copy)
    office.facts = office.demo()
    office.start()
    yield office
    office.stop()


def _parts(office: Office) -> list[Path]:
    return list((office.tree / "web/dist/static").glob("main.*"))


def test_a_phone_is_set_up_before_the_whole_program_is_there(office: Office, browser: Browser) -> None:
    phone = browser("phone-early")
    away = [path.rename(path.with_name(f"away-{path.name}")) for path in _parts(office)]
    enrolment: dict[str, Any] = office.facts["enrolment"]
    phone.go(enrolment["link"])
    phone.tap("a[data-keep-fragment]")
    phone.type("#f-passphrase", enrolment["passphrase"])
    phone.tap("form[action='/app/enrol'] button.primary")
    phone.see("#words")
    passphrase = phone.text("#words").strip()
    phone.tap("button.primary")
    phone.type("#f-typed", passphrase)
    phone.tap("button.primary")
    phone.see("[data-coming]")
    phone.see("[data-install-failed] .notice")
    for path in away:
        path.rename(path.with_name(path.name.removeprefix("away-")))
    office.stop()
    office.start()
    phone.see("#progress .notice.done", seconds=60)
    phone.tap("a.button.primary")
    phone.see("nav.tabs")


def test_nothing_typed_is_lost_when_the_whole_program_arrives(office: Office, browser: Browser) -> None:
    phone = browser("phone-typing")
    enrolment: dict[str, Any] = office.facts["enrolment"]
    phone.go(f"{office.url}/app/enrol")
    phone.type("#f-code", "7K3F9")
    phone.page.wait_for_function(f"() => {{ {TAKEN_OVER} }}")
    assert phone.value("#f-code") == "7K3F9"
    phone.go(enrolment["link"])
    assert steps.enrol(phone, office.facts)
