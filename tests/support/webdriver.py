"""A browser driven by WebDriver's own commands with real input events: what Firefox and WebKitGTK have in common.

Only four commands are used: new session, navigate, execute script (to look, never to touch) and perform actions (the
mouse and the keys). How a command reaches the browser is the engine's own business: `ask`.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any

LOOK = """
const [css, says, at] = arguments;
const isShown = (element) => element.getClientRects().length > 0 && getComputedStyle(element).visibility !== "hidden";
const text = (element) => element.innerText ?? element.textContent;
const all = [...document.querySelectorAll(css)].filter((element) => isShown(element) && text(element).includes(says));
const element = all.at(at);
"""
POINT = (
    LOOK
    + """
if (!element || element.disabled) return null;
let box = element.getBoundingClientRect();
const dock = document.querySelector(".dock")?.getBoundingClientRect().top ?? innerHeight;
if (box.top < 0 || box.bottom > Math.min(dock, innerHeight)) element.scrollIntoView({ block: "center", behavior: "instant" });
box = element.getBoundingClientRect();
const [x, y] = [Math.round(box.left + box.width / 2), Math.round(box.top + Math.min(box.height / 2, 24))];
const hit = document.elementFromPoint(x, y);
return hit && (element.contains(hit) || hit.contains(element)) ? [x, y] : null;
"""
)


class WebDriver(ABC):
    """One browser process over `profile`; killed like a phone whose battery is pulled, started again on the same profile."""

    name = ""

    def __init__(self, profile: Path) -> None:
        self.profile = profile
        self.touches = 0
        self.troubles: list[str] = []
        self.process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def start(self) -> WebDriver: ...

    @abstractmethod
    def ask(self, command: str, body: dict[str, Any]) -> Any:
        """One command: `url`, `execute/sync`, `execute/async` or `actions`, with WebDriver's own body."""

    def hear(self) -> None:  # noqa: B027 - an engine may tell nothing
        """Gather what the page complained of, as far as the engine tells."""

    def go(self, address: str) -> None:
        self.ask("url", {"url": address})

    def look(self, script: str, *arguments: Any) -> Any:
        return self.ask("execute/sync", {"script": script, "args": list(arguments)})

    def tap(self, css: str, at: int = 0, says: str = "") -> None:
        """A touch in the middle of what is there, in sight, uncovered and standing still."""
        self.touches += 1
        before: list[Any] = [None]

        def stands() -> bool:
            now, last = self.look(POINT, css, says, at), before[0]
            before[0] = now
            return now is not None and now == last

        until(stands, f"{css} {says} to touch", near=self.words)
        x, y = before[0]
        self._act("pointer", [{"type": "pointerMove", "x": x, "y": y}, {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}])

    def type(self, css: str, text: str, at: int = 0, pause_ms: int = 0) -> None:
        """Put the cursor there with a touch, then press the keys; `pause_ms` between two keys."""
        self.tap(css, at)
        until(lambda: self.look(LOOK + "return element === document.activeElement", css, "", at), f"the cursor in {css}")
        self.keys(text, pause_ms)

    def keys(self, text: str, pause_ms: int = 0) -> None:
        pause = [{"type": "pause", "duration": pause_ms}] if pause_ms else []
        for first in range(0, len(text), 40):  # WebKit's driver takes long lists badly
            self._act("key", [step for key in text[first : first + 40] for step in ({"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}, *pause)])

    def _act(self, kind: str, steps: list[dict[str, Any]]) -> None:
        source: dict[str, Any] = {"type": kind, "id": kind, "actions": steps}
        if kind == "pointer":
            source["parameters"] = {"pointerType": "mouse"}
        self.ask("actions", {"actions": [source]})

    def count(self, css: str, says: str = "") -> int:
        return int(self._looked(LOOK + "return all.length", css, says, 0) or 0)

    def text(self, css: str, at: int = 0) -> str:
        return str(self._looked(LOOK + "return element ? text(element) : ''", css, "", at) or "")

    def value(self, css: str, at: int = 0) -> str:
        return str(self._looked(LOOK + "return element?.value ?? ''", css, "", at) or "")

    def words(self) -> str:
        return f"{self._looked('return location.href')}\n{str(self._looked('return document.body.innerText'))[:600]}"

    def _looked(self, script: str, *arguments: Any) -> Any:
        """A look in the middle of a navigation finds nothing; the next one will."""
        try:
            return self.look(script, *arguments)
        except RefusedError:
            return None

    def see(self, css: str, says: str = "", *, seconds: float = 20) -> None:
        """Wait until it stands on the screen with these words."""
        until(lambda: self.count(css, says) > 0, f"{css} {says!r}", seconds, near=self.words)

    def see_gone(self, css: str, *, seconds: float = 20) -> None:
        until(lambda: self.count(css) == 0 and self.count("body") == 1, f"no {css}", seconds, near=self.words)

    def see_value(self, css: str, pattern: str, *, seconds: float = 20) -> None:
        until(lambda: re.fullmatch(pattern, self.value(css), re.DOTALL) is not None, f"{css} = {pattern!r}", seconds, near=lambda: self.value(css))

    def kill(self) -> None:
        """The battery is pulled: SIGKILL to every process of the browser at once."""
        assert self.process is not None
        self.hear()
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)
        self.process = None

    def close(self) -> None:
        if self.process is not None:
            self.kill()


class RefusedError(Exception):
    """The browser did not do what it was asked."""


def until(holds: Callable[[], Any], what: str, seconds: float = 20, near: Callable[[], str] = str) -> None:
    """Wait for a fact; fail by its name, with what stood on the screen instead."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            if holds():
                return
        except RefusedError:
            pass
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}; on the screen: {near()}"
        time.sleep(0.05)
