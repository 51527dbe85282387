"""What every journey starts from: a built product, a demo office in its own process, a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Playwright, sync_playwright

from tests.journeys.chromium import DESKTOP, PHONE, Chromium
from tests.support.office import Office


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """Ends with the journeys: it runs an event loop in this thread, beside which no other test could have its own."""
    with sync_playwright() as tool:
        yield tool


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """An office with the demo organisation; `office.facts` is its demo.json."""
    directory = tmp_path / "office"
    directory.mkdir()
    office = Office(directory)
    office.facts = office.demo()  # type: ignore[attr-defined]
    office.start()
    yield office
    office.stop()


Browser = Callable[..., Chromium]


@pytest.fixture
def browser(playwright: Playwright, tmp_path: Path) -> Iterator[Browser]:
    """Starts browsers by name; the same name is the same profile. Fails the journey on any trouble they heard."""
    running: list[Chromium] = []

    def start(name: str, screen: dict[str, Any] | None = None, *, theme: str = "light") -> Chromium:
        profile = tmp_path / name
        profile.mkdir(exist_ok=True)
        chromium = Chromium(
            playwright, profile, screen or (PHONE if name.startswith("phone") else DESKTOP), theme=theme
        ).start()
        running.append(chromium)
        return chromium

    yield start
    troubles = [trouble for chromium in running for trouble in chromium.troubles]
    for chromium in running:
        chromium.close()
    assert troubles == []
