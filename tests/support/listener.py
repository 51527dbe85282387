"""What somebody hears who uses a keyboard and a screen reader: each stop of the focus as the browser's accessibility tree
tells it (role, name, value, states), each new page by title and heading, and what live regions announce in between.

`tell` writes the whole log to var/screen-reader/, so that a person can read it aloud.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import CDPSession, Error, Page

from tests.support.office import ROOT

LOGS: Final = ROOT / "var" / "screen-reader"
STOPS_LIMIT: Final = 120
STATES: Final = ("checked", "expanded", "selected", "invalid", "required", "disabled")
WATCH = """
() => {
  if (window.heard) return;
  window.heard = [];
  const isLive = '[role=status], [role=alert], [aria-live=polite], [aria-live=assertive]';
  new MutationObserver((changes) => {
    for (const { target } of changes) {
      const live = (target.nodeType === 1 ? target : target.parentElement)?.closest(isLive);
      const text = live?.textContent.trim().replace(/\\s+/g, ' ');
      if (text && window.heard.at(-1) !== text) window.heard.push(text);
    }
  }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ['hidden'] });
}
"""
SEEN = """
() => {
  const one = document.activeElement;
  const style = getComputedStyle(one.matches('input[type=radio], input[type=checkbox]') ? one.closest('label') ?? one : one);
  const box = one.getBoundingClientRect();
  const isMarked = style.outlineStyle !== 'none' || getComputedStyle(one).outlineStyle !== 'none' || style.boxShadow !== 'none';
  return { isMarked, isThere: box.bottom > 0 && box.top < innerHeight, isBody: one === document.body };
}
"""


class Listener:
    """One page, used by keys alone. `log`: what was heard, in order; `troubles`: stops without a name or without a mark."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.log: list[str] = []
        self.troubles: list[str] = []
        self.session: CDPSession = page.context.new_cdp_session(page)
        page.add_init_script(f"({WATCH})()")
        page.evaluate(WATCH)

    def press(self, key: str) -> None:
        """A key, and what it makes heard."""
        self.page.keyboard.press(key)
        self.page.wait_for_timeout(40)
        self._listen()

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.log.append(f"  typed: {len(text)} characters")

    def arrive(self, sign: str) -> None:
        """A new page: what says that one is there, then how it introduces itself."""
        self.page.wait_for_selector(sign)
        self._listen()
        heading = self.page.locator("h1").first.inner_text().strip()
        self.log.append(f"page: {self.page.title()} — heading: {heading}")

    def to(self, wanted: str) -> str:
        """Tab on until the focus stands on `wanted` (a selector); what is said there."""
        for _ in range(STOPS_LIMIT):
            self.press("Tab")
            said = self.stop()
            if self.page.evaluate("(wanted) => document.activeElement.matches(wanted)", wanted):
                return said
        raise AssertionError(f"no way by Tab to {wanted}; the last stops: {self.log[-5:]}")

    def stop(self) -> str:
        """The focused thing as it is said; remembers what is wrong with it."""
        seen = self.page.evaluate(SEEN)
        if seen["isBody"]:
            return ""
        node = self._node()
        name, role = node.get("name", {}).get("value", ""), node.get("role", {}).get("value", "")
        states = [
            f"{one['name']} {one['value'].get('value')}"
            for one in node.get("properties", [])
            if one["name"] in STATES and one["value"].get("value") not in (False, "false")
        ]
        said = ", ".join(part for part in (role, " ".join(str(name).split()), str(node.get("value", {}).get("value", ""))[:60], *states) if part)
        self.log.append(said)
        if not str(name).strip():
            self.troubles.append(f"no name: {said} on {self.page.title()}")
        if not seen["isMarked"]:
            self.troubles.append(f"focus not to be seen: {said}")
        if not seen["isThere"]:
            self.troubles.append(f"focus outside the screen: {said}")
        return said

    def tell(self, task: str) -> Path:
        LOGS.mkdir(parents=True, exist_ok=True)
        path = LOGS / f"{task}.txt"
        path.write_text("\n".join(self.log) + "\n")
        return path

    def _node(self) -> dict[str, Any]:
        found = self.session.send("Runtime.evaluate", {"expression": "document.activeElement"})
        tree = self.session.send(
            "Accessibility.getPartialAXTree", {"objectId": found["result"]["objectId"], "fetchRelatives": False}
        )
        nodes: list[dict[str, Any]] = tree["nodes"]
        return nodes[0]

    def _listen(self) -> None:
        with suppress(Error):  # a key has just led to another page, which is heard when it is there
            for text in self.page.evaluate("() => window.heard?.splice(0) ?? []"):
                self.log.append(f"announced: {text}")
