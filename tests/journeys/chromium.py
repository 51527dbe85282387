"""A real Chromium with a profile on disk, driven by real input events, that can be killed like a phone that dies.

It is started by itself, not through the test tool, so that SIGKILL reaches the whole process group at once. Every
console line about the Content Security Policy and every script error is collected: journeys fail on any.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page, Playwright

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
    """One browser process over `profile`. `touches` counts taps, typing apart."""

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
        session = self.context.new_cdp_session(page)
        session.send("Emulation.setDeviceMetricsOverride", self.screen)
        if self.screen["mobile"]:
            session.send("Emulation.setTouchEmulationEnabled", {"enabled": True, "maxTouchPoints": 1})
        page.emulate_media(color_scheme=self.theme)  # type: ignore[arg-type]

    def _hear(self, kind: str, text: str) -> None:
        if (
            "Content Security Policy" in text
            or "Content-Security-Policy" in text
            or (kind == "error" and not OFFLINE_NOISE.search(text))
        ):
            self.troubles.append(f"{kind}: {text}")

    def tap(self, target: Locator) -> None:
        """One touch: a real mouse or touch event in the middle of the target, after it is there and stands still."""
        self.touches += 1
        target.scroll_into_view_if_needed()
        target.click()

    def type(self, target: Locator, text: str) -> None:
        """Typing counts no touch beyond the one that puts the cursor there, which the caller counts."""
        target.press_sequentially(text, delay=1)

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


def until(holds: Callable[[], bool], what: str, seconds: float = 20) -> None:
    """Wait for a fact; fail by its name."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}"
        time.sleep(0.05)
