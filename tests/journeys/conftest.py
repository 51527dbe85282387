"""What every journey starts from: a built product, a demo office in its own process, a browser."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Playwright, sync_playwright

from tests.journeys.chromium import DESKTOP, PHONE, Chromium
from tests.journeys.engines import DRIVEN
from tests.support.office import Office
from tests.support.webdriver import WebDriver


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """Ends with the journeys: it runs an event loop in this thread, beside which no other test could have its own."""
    with sync_playwright() as tool:
        yield tool


@pytest.fixture(scope="package")
def organisation(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """The demo organisation, made once; every office begins with a copy of it."""
    directory = tmp_path_factory.mktemp("organisation")
    return directory, Office(directory).demo()


@pytest.fixture
def office(tmp_path: Path, organisation: tuple[Path, dict[str, Any]]) -> Iterator[Office]:
    """An office with the demo organisation; `office.facts` is its demo.json, with the addresses of this office."""
    made, facts = organisation
    directory = tmp_path / "office"
    shutil.copytree(made, directory)
    office = Office(directory)
    office.facts = json.loads(json.dumps(facts).replace(facts["url"], office.url))
    office.start()
    yield office
    office.stop()


Browser = Callable[..., Any]


@pytest.fixture
def browser(playwright: Playwright, tmp_path: Path) -> Iterator[Browser]:
    """Starts browsers by name; the same name is the same profile. Fails the journey on any trouble they heard."""
    running: list[Chromium | WebDriver] = []

    def start(name: str, screen: dict[str, Any] | None = None, *, theme: str = "light", engine: str = "chromium") -> Any:
        profile = tmp_path / name
        profile.mkdir(exist_ok=True)
        if engine in DRIVEN:
            running.append(DRIVEN[engine](profile).start())
        else:
            shape = screen or (PHONE if name.startswith("phone") else DESKTOP)
            running.append(Chromium(playwright, profile, shape, theme=theme).start())
        return running[-1]

    yield start
    for one in running:
        one.close()
    assert [trouble for one in running for trouble in one.troubles] == []
