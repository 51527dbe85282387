"""One page, looked at in several ways without leaving it: sizes, themes, letters; axe, the ruler, words that are cut off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Error

from tests.journeys.chromium import DESKTOP, PHONE, Chromium
from tests.journeys.going import Go
from tests.support.office import ROOT, Office

AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text()
ALL = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
# What another theme, and what another width, can change; the rest of a page is the same page.
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
SIZES = {"type": "rule", "values": ["target-size", "scrollable-region-focusable"]}

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

# Words that reach beyond the screen, beyond a box that hides what sticks out, or beyond the button they stand on. What
# scrolls sideways by itself (a table) may hold more than it shows.
CUT = """
() => {
  const found = new Set();
  const width = document.documentElement.clientWidth;
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
      const isBoard = up.matches('.button, button, summary, .chip, .badge, .tag, label');
      if (!hides(style) && !isBoard) continue;
      if (boxes.some((box) => box.right > frame.right + 1 || box.left < frame.left - 1)) found.add('cut: ' + text.slice(0, 40));
    }
    if (boxes.some((box) => box.right > width + 1 || box.left < -1)) found.add('outside: ' + text.slice(0, 40));
  }
  if (document.documentElement.scrollWidth > width + 1) found.add(`wider than the screen: ${document.documentElement.scrollWidth}`);
  return [...found];
}
"""
SETTLED = """() => new Promise((done) => {
  const look = (left) => requestAnimationFrame(() => left > 0 && document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling')
    ? look(left - 1) : requestAnimationFrame(() => done(null)));
  look(90);
})"""


@dataclass(frozen=True)
class Look:
    """One way to look at a page that is open. `rules`: axe's, or none; `least`: px that a target must have, 0 unasked."""

    name: str
    screen: dict[str, Any]
    rules: dict[str, Any] | None = None
    least: int = 0
    theme: str = "light"
    letters: str = ""


NARROW = {**PHONE, "width": 320, "height": 640}
LIGHT = Look("light", PHONE, ALL, 48)
DARK = Look("dark", PHONE, COLOURS, theme="dark")
SMALL = Look("320 px", NARROW, SIZES, 48)
LARGE = Look("200 % text", PHONE, letters="200%")
OF_PHONE = (LIGHT, DARK, SMALL, LARGE)
OF_OFFICE = (Look("desktop", DESKTOP, ALL, 32), Look("desktop, dark", DESKTOP, COLOURS, theme="dark"), Look("phone", PHONE, ALL, 48), SMALL)
OF_LONG_WORDS = (Look("long words, 320 px", NARROW),)
OF_LONG_WORDS_AT_DESK = (Look("long words, desktop", DESKTOP), *OF_LONG_WORDS)


def problems(browser: Chromium, look: Look) -> list[str]:
    """What axe, the ruler and the eye for cut words find. The window is made as tall as the page: nothing is covered."""
    page = browser.page
    put(browser, look)
    found: list[str] = []
    if look.rules is not None:
        if not page.evaluate("'axe' in window"):
            page.evaluate(AXE)
        seen: list[dict[str, Any]] = page.evaluate(
            "(rules) => axe.run(document, { runOnly: rules, resultTypes: ['violations'] }).then((result) => result.violations)", look.rules
        )
        found += [f"axe {one['id']}: {node['html'][:160]}" for one in seen for node in one["nodes"][:2]]
    if look.least:
        found += [f"small: {one}" for one in page.evaluate(TOO_SMALL, look.least)]
    return [*found, *page.evaluate(CUT)]


def put(browser: Chromium, look: Look) -> None:
    """The window, the theme and the letters of a look."""
    page = browser.page
    page.emulate_media(color_scheme=look.theme)
    page.evaluate("(size) => { document.documentElement.style.fontSize = size; }", look.letters)
    browser.resize(look.screen)
    page.evaluate(SETTLED)
    height = page.evaluate("document.documentElement.scrollHeight")
    browser.resize({**look.screen, "height": max(height, look.screen["height"])})
    page.evaluate(SETTLED)


def walk(browser: Chromium, office: Office, places: dict[str, Go], looks: tuple[Look, ...]) -> dict[str, list[str]]:
    """Every place in every look, each place opened once. "screen, look" to problems; who cannot get there is a problem too."""
    found: dict[str, list[str]] = {}
    last = None
    for name, go in places.items():
        put(browser, looks[0])
        browser.resize(looks[0].screen)
        try:
            go(browser.page, office.url, last)
        except (Error, AssertionError) as trouble:
            found[name] = [str(trouble)[:300]]
            last = None
            continue
        last = go
        for look in looks:
            if seen := problems(browser, look):
                found[f"{name}, {look.name}"] = seen
    return found
