"""How one gets to a screen: from nowhere, or by one step from the screen before it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, expect

Step = Callable[[Page, str], None]


@dataclass(frozen=True, eq=False)
class Go:
    """The last step to a screen, and the screen it starts at; without one it starts anywhere. Takes (page, the office's address)."""

    step: Step
    after: Go | None = None

    def __call__(self, page: Page, base: str, stands: Go | None = None) -> None:
        """`stands`: where the page stands already; the way there is then not gone again."""
        if self.after is not None and stands is not self.after:
            self.after(page, base)
        self.step(page, base)


def at(path: str, seen: str = "main") -> Go:
    """By its address."""

    def go(page: Page, base: str) -> None:
        page.goto(base + path)
        expect(page.locator(seen).first).to_be_visible()

    return Go(go)


def by(link: str, seen: str, after: Go) -> Go:
    """One touch on the screen before; `seen` stands on this one only."""

    def go(page: Page, _: str) -> None:
        page.locator(link).filter(visible=True).first.click()
        expect(page.locator(seen).first).to_be_visible()

    return Go(go, after)


def wrong(button: str, after: Go) -> Go:
    """What was typed on the screen before is refused, and kept."""
    return by(button, ".error-summary", after)


def days_ago(days: int) -> str:
    """A day that has come in every zone, for one day and more."""
    return (datetime.now(UTC) - timedelta(days=days)).date().isoformat()
