"""A real Chromium with a profile on disk, driven by real input events, that can be killed like a phone that dies.

It is started by itself, not through the test tool, so that SIGKILL reaches the whole process group at once. Every
console line about the Content Security Policy and every script error is collected: journeys fail on any.
"""

from __future__ import annotations

import copy
import os
import re
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Error, Locator, Page, Playwright, expect

from tests.support.webdriver import until

EXECUTABLE = "/usr/bin/chromium"
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--no-default-browser-check",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
    "--disable-default-apps", "--metrics-recording-only", "--password-store=basic", "--use-mock-keychain", "--hide-scrollbars",
)  # fmt: skip
PHONE = {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True}
DESKTOP = {"width": 1360, "height": 860, "deviceScaleFactor": 1, "mobile": False}
OFFLINE_NOISE = re.compile(
    r"ERR_CONNECTION_REFUSED|ERR_INTERNET_DISCONNECTED|Failed to load resource|net::ERR|sse:error|network error|Failed to fetch"
)


class Chromium:
    """One browser process over `profile`. `touches` counts taps, typing apart. Speaks the words that every engine speaks
    (tests/support/webdriver.py) and, by `page`, Playwright's own."""

    name = "chromium"

    def __init__(
        self, playwright: Playwright, profile: Path, screen: dict[str, Any] = PHONE, *, theme: str = "light"
    ) -> None:
        self.playwright = playwright
        self.profile = profile
        self.screen = screen
        self.theme = theme
        self.touches = 0
        self.troubles: list[str] = []
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> Chromium:
        shutil.rmtree(self.profile / "DevToolsActivePort", ignore_errors=True)
        (self.profile / "DevToolsActivePort").unlink(missing_ok=True)
        self.process = subprocess.Popen(
            [EXECUTABLE, *FLAGS, "--remote-debugging-port=0", f"--user-data-dir={self.profile}",
             f"--window-size={self.screen['width']},{self.screen['height']}", "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        port = self.profile / "DevToolsActivePort"
        until(lambda: port.exists() and port.read_text().strip() != "", "Chromium's debugging port")
        number = port.read_text().splitlines()[0]
        self.browser = self.playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{number}")
        self.context: BrowserContext = self.browser.contexts[0]
        self.context.on("page", self._watch)
        self.page: Page = self.context.pages[0] if self.context.pages else self.context.new_page()
        self._watch(self.page)
        return self

    def _watch(self, page: Page) -> None:
        page.on("console", lambda message: self._hear(message.type, message.text))
        page.on("pageerror", lambda error: self.troubles.append(f"script error: {error}"))
        self.session = self.context.new_cdp_session(page)
        self.session.send("Emulation.setDeviceMetricsOverride", self.screen)
        if self.screen["mobile"]:
            self.session.send("Emulation.setTouchEmulationEnabled", {"enabled": True, "maxTouchPoints": 1})
        page.emulate_media(color_scheme=self.theme)

    def resize(self, screen: dict[str, Any]) -> None:
        """The window as another screen: size, and finger or mouse. Never a phone's zooming viewport: what is too wide shows."""
        size = {**screen, "mobile": False, "deviceScaleFactor": 1}
        self.session.send("Emulation.setDeviceMetricsOverride", size)
        self.session.send("Emulation.setTouchEmulationEnabled", {"enabled": screen["mobile"], "maxTouchPoints": 1})

    def _hear(self, kind: str, text: str) -> None:
        if (
            "Content Security Policy" in text
            or "Content-Security-Policy" in text
            or (kind == "error" and not OFFLINE_NOISE.search(text))
        ):
            self.troubles.append(f"{kind}: {text}")

    def another_window(self) -> Chromium:
        """The same browser, profile and list of troubles; another window beside the first, not a tab behind it."""
        with self.context.expect_page() as opened:
            self.browser.new_browser_cdp_session().send("Target.createTarget", {"url": "about:blank", "newWindow": True})
        other = copy.copy(self)
        other.page = opened.value
        return other

    def go(self, address: str) -> None:
        self.page.goto(address)

    def look(self, script: str, *arguments: Any) -> Any:
        """The page's own view: a function body, as WebDriver has it."""
        return self.page.evaluate(f"(given) => (function () {{ {script} }})(...given)", list(arguments))

    def tap(self, target: Locator | str, at: int = 0, says: str = "") -> None:
        """One touch: a real mouse or touch event in the middle of the target, after it is there and stands still."""
        self.touches += 1
        place = self._place(target, says).nth(at) if isinstance(target, str) else target
        with suppress(Error):  # swapped by a live update at this very moment: the click looks again
            place.scroll_into_view_if_needed()
        place.click()

    def type(self, target: Locator | str, text: str, at: int = 0, pause_ms: int = 1) -> None:
        """A touch puts the cursor there, then the keys are pressed."""
        place = self._place(target, "").nth(at) if isinstance(target, str) else target
        self.tap(place)
        place.press_sequentially(text, delay=pause_ms)

    def keys(self, text: str, pause_ms: int = 0) -> None:
        self.page.keyboard.type(text, delay=pause_ms)

    def _place(self, css: str, says: str) -> Locator:
        return self.page.locator(css, has_text=re.compile(re.escape(says))).filter(visible=True) if says else self.page.locator(css).filter(visible=True)

    def count(self, css: str, says: str = "") -> int:
        return self._place(css, says).count()

    def text(self, css: str, at: int = 0) -> str:
        return self.page.locator(css).nth(at).inner_text()

    def value(self, css: str, at: int = 0) -> str:
        return self.page.locator(css).nth(at).input_value()

    def see(self, css: str, says: str = "", *, seconds: float = 20) -> None:
        expect(self._place(css, says).first).to_be_visible(timeout=seconds * 1000)

    def see_gone(self, css: str, *, seconds: float = 20) -> None:
        expect(self.page.locator(css).filter(visible=True)).to_have_count(0, timeout=seconds * 1000)

    def see_value(self, css: str, pattern: str, *, seconds: float = 20) -> None:
        expect(self.page.locator(css).first).to_have_value(re.compile(f"^(?:{pattern})$", re.DOTALL), timeout=seconds * 1000)

    def kill(self) -> None:
        """The battery is pulled: SIGKILL to the whole process group."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)
        self.process = None
        for lock in self.profile.glob("Singleton*"):
            lock.unlink(missing_ok=True)

    def close(self) -> None:
        if self.process is not None:
            self.kill()
