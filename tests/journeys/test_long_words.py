"""Nothing is cut off where words are long: +40 % at 320 px and on a desk, on every screen there is. Large letters: test_access."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys import looks, screens, steps
from tests.journeys.conftest import Browser
from tests.support import stretched
from tests.support.office import Office


@pytest.fixture(scope="module")
def longer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return stretched.build(tmp_path_factory.mktemp("longer") / "product")


@pytest.fixture
def wordy(tmp_path: Path, organisation: tuple[Path, dict[str, Any]], longer: Path) -> Iterator[Office]:
    """The demo's office, served by the product with long words."""
    made, facts = organisation
    shutil.copytree(made, tmp_path / "office")
    office = Office(tmp_path / "office", tree=longer)
    office.facts = json.loads(json.dumps(facts).replace(facts["url"], office.url))
    office.start()
    yield office
    office.stop()


def test_words_half_as_long_again_stay_whole_on_a_small_phone(wordy: Office, browser: Browser) -> None:
    """Every screen of the phone at 320 px."""
    phone = browser("phone")
    screens.enrolled(phone, wordy)
    steps.speak(phone, wordy.url, "es")
    assert looks.walk(phone, wordy, screens.PHONE, looks.OF_LONG_WORDS) == {}


def test_words_half_as_long_again_stay_whole_at_the_office(wordy: Office, browser: Browser) -> None:
    """Every screen of the office, wide and at 320 px."""
    desk = browser("desk")
    desk.page.set_extra_http_headers({"Accept-Language": "es"})
    screens.signed_in(desk, wordy)
    assert desk.page.locator("html").get_attribute("lang") == "es"
    assert looks.walk(desk, wordy, screens.OFFICE, looks.OF_LONG_WORDS_AT_DESK) == {}
