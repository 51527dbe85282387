"""Nothing is cut off where words are long or letters large: +40 % at 320 px, 200 % text, on every screen there is."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys import screens, steps
from tests.journeys.chromium import DESKTOP, PHONE, Chromium
from tests.journeys.conftest import Browser
from tests.support import stretched
from tests.support.office import Office

NARROW = {**PHONE, "width": 320, "height": 640}

# Words that reach beyond the screen, beyond a box that hides what sticks out, or beyond the button they stand on. What
# scrolls sideways by itself (a table) may hold more than it shows.
CUT = """
() => {
  const found = new Set();
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const isSeen = (element) => element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
  const hides = (style) => ['hidden', 'clip'].includes(style.overflowX);
  while (words.nextNode()) {
    const text = words.currentNode.textContent.trim();
    const element = words.currentNode.parentElement;
    if (!text || !isSeen(element) || element.closest('option, script, style, template, title, .skip, .visually-hidden')) continue;
    const range = document.createRange();
    range.selectNodeContents(words.currentNode);
    const boxes = [...range.getClientRects()].filter((box) => box.width > 1 && box.height > 1);
    for (let up = element; up && up !== document.documentElement; up = up.parentElement) {
      const style = getComputedStyle(up);
      if (['auto', 'scroll'].includes(style.overflowX)) { boxes.length = 0; break; }
      const frame = up.getBoundingClientRect();
      if (frame.width <= 1.5) { boxes.length = 0; break; }
      const isBoard = up.matches('.button, button, summary, .chip, .badge, label');
      if (!hides(style) && !isBoard) continue;
      if (boxes.some((box) => box.right > frame.right + 1 || box.left < frame.left - 1)) found.add('cut: ' + text.slice(0, 40));
    }
    if (boxes.some((box) => box.right > innerWidth + 1 || box.left < -1)) found.add('outside: ' + text.slice(0, 40));
  }
  if (document.documentElement.scrollWidth > innerWidth + 1) found.add('wider than the screen');
  return [...found];
}
"""


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


def walk(browser: Chromium, office: Office, places: dict[str, screens.Go], *, is_large: bool = False) -> dict[str, list[str]]:
    """Every place; screen to what is cut off there."""
    found = {}
    for name, go in places.items():
        go(browser.page, office.url)
        if is_large:
            browser.page.evaluate("document.documentElement.style.fontSize = '200%'")
        browser.page.wait_for_timeout(150)
        if problems := browser.page.evaluate(CUT):
            found[name] = problems
    return found


def test_words_half_as_long_again_stay_whole_on_a_small_phone(wordy: Office, browser: Browser) -> None:
    """Every screen of the phone at 320 px."""
    phone = browser("phone", NARROW)
    screens.enrolled(phone, wordy)
    steps.speak(phone, wordy.url, "es")
    assert walk(phone, wordy, {**screens.PHONE_WALKED, **screens.PHONE_LOCKED}) == {}


@pytest.mark.parametrize("screen", [DESKTOP, NARROW], ids=["desktop", "phone"])
def test_words_half_as_long_again_stay_whole_at_the_office(wordy: Office, browser: Browser, screen: dict[str, Any]) -> None:
    desk = browser("desk", screen)
    desk.page.set_extra_http_headers({"Accept-Language": "es"})
    screens.signed_in(desk, wordy)
    assert desk.page.locator("html").get_attribute("lang") == "es"
    assert walk(desk, wordy, screens.OFFICE_WALKED) == {}


def test_letters_twice_as_large_stay_whole(office: Office, browser: Browser) -> None:
    """200 % text on the phone: nothing is cut, nothing scrolls sideways."""
    phone = browser("phone", PHONE)
    screens.enrolled(phone, office)
    assert walk(phone, office, {**screens.PHONE_WALKED, **screens.PHONE_LOCKED}, is_large=True) == {}
