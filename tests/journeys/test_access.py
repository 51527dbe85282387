"""Everybody can use every screen: axe finds nothing, boxes are large enough to touch, no policy is violated."""

from __future__ import annotations

from typing import Any

import pytest

from tests.journeys import screens, trouble_screens
from tests.journeys.chromium import DESKTOP, PHONE, Chromium
from tests.journeys.conftest import Browser
from tests.support.office import ROOT, Office

AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text()
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}}
NARROW = {**PHONE, "width": 320, "height": 640}

# Boxes that a finger or pointer is meant for; a link inside a sentence is exempt (WCAG 2.5.8), as is what is hidden.
TOO_SMALL = """
(least) => [...document.querySelectorAll('a[href], button, summary, select, textarea, input:not([type=hidden]), [role=button]')]
  .map((element) => element.matches('input[type=radio], input[type=checkbox]') ? element.closest('label') ?? element : element)
  .filter((element) => element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }))
  .filter((element) => !(element.matches('a') && getComputedStyle(element).display === 'inline'))
  .filter((element) => !element.matches('.skip'))
  .map((element) => ({ element, box: element.getBoundingClientRect() }))
  .filter(({ box }) => box.width > 1 && box.height > 1 && (box.height < least - 0.5 || box.width < least - 0.5))
  .map(({ element, box }) => `${element.tagName} "${element.textContent.trim().slice(0, 30)}" ${Math.round(box.width)} x ${Math.round(box.height)}`)
"""


def look(browser: Chromium, least: int) -> list[str]:
    """What axe and the ruler find. The window is made as tall as the page: what lies below the fold is not covered."""
    page = browser.page
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": browser.screen["width"], "height": max(height, browser.screen["height"])})
    page.wait_for_timeout(150)
    page.evaluate(AXE)
    found: list[dict[str, Any]] = page.evaluate("(rules) => axe.run(document, rules).then((result) => result.violations)", RULES)
    problems = [f"axe {one['id']}: {one['nodes'][0]['html'][:160]}" for one in found]
    problems += [f"small: {one}" for one in page.evaluate(TOO_SMALL, least)]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth + 1"):
        problems.append(f"wider than the screen: {page.evaluate('document.documentElement.scrollWidth')}")
    return problems


def walk(browser: Chromium, office: Office, places: dict[str, screens.Go], least: int) -> dict[str, list[str]]:
    """Every place in both themes, on a narrow phone in one: there only the layout is another. Screen to problems."""
    found: dict[str, list[str]] = {}
    themes = ("light",) if browser.screen["width"] < PHONE["width"] else ("light", "dark")
    for name, go in places.items():
        browser.page.set_viewport_size({"width": browser.screen["width"], "height": browser.screen["height"]})
        go(browser.page, office.url)
        for theme in themes:
            browser.page.emulate_media(color_scheme=theme)
            problems = look(browser, least)
            if problems:
                found[f"{name} {theme}"] = problems
    return found


@pytest.mark.parametrize("screen", [PHONE, NARROW], ids=["390", "320"])
def test_every_screen_of_the_phone(office: Office, browser: Browser, screen: dict[str, Any]) -> None:
    """At 390 px (both themes) and 320: 0 violations of axe, no box under 48 px, no sideways scrolling."""
    phone = browser("phone", screen)
    screens.enrolled(phone, office)
    assert walk(phone, office, {**screens.PHONE_WALKED, **screens.PHONE_LOCKED}, 48) == {}


@pytest.mark.parametrize("screen", [PHONE, NARROW], ids=["390", "320"])
def test_every_screen_of_trouble(office: Office, browser: Browser, screen: dict[str, Any]) -> None:
    """The same of what only trouble shows; the office is away, so that nothing heals under the ruler."""
    phone = browser("phone", screen)
    trouble_screens.enrolled(phone, browser("desk"), office)
    office.stop()
    assert walk(phone, office, trouble_screens.OPEN, 48) == {}
    screens.PHONE_LOCKED["unlock"](phone.page, office.url)
    assert walk(phone, office, trouble_screens.ENDED, 48) == {}


@pytest.mark.parametrize(("screen", "least"), [(DESKTOP, 32), (PHONE, 48)], ids=["desktop", "phone"])
def test_every_screen_of_the_office(office: Office, browser: Browser, screen: dict[str, Any], least: int) -> None:
    """Both themes: 0 violations of axe; at least 32 px for a fine pointer, 48 px on a phone."""
    desk = browser("desk", screen)
    found = walk(desk, office, screens.OFFICE_OUTSIDE, least)
    screens.signed_in(desk, office)
    assert {**found, **walk(desk, office, screens.OFFICE_WALKED, least)} == {}
