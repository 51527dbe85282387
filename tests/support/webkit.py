"""WebKitGTK, driven by Debian's WebKitWebDriver over plain HTTP, on a screen that only exists in memory (Xvfb)."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import subprocess
import tempfile
from pathlib import Path
from typing import Any, BinaryIO

from tests.support.office import free_port
from tests.support.webdriver import RefusedError, WebDriver, until

WINDOW = Path(__file__).with_name("webkit_window.py")
NOISE = re.compile(r"manifest-src|Could not connect|Connection refused|network connection|sse:error|Load failed|due to access control|status of 4\d\d")


class WebKit(WebDriver):
    """Driver, window and engine are one process group; the screen is another and outlives a kill."""

    name = "webkit"

    def start(self) -> WebKit:
        reading, writing = os.pipe()
        self.screen = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1400x900x24", "-nolisten", "tcp"],
            pass_fds=[writing], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(writing)
        with os.fdopen(reading) as told:
            display = told.readline().strip()
        port = free_port()
        self.runtime = tempfile.TemporaryDirectory(prefix="webkit-")
        self.console: BinaryIO = (self.profile / "console.txt").open("ab")
        self.process = subprocess.Popen(
            ["WebKitWebDriver", f"--port={port}"], stdout=self.console, stderr=self.console, start_new_session=True,
            env={**os.environ, "DISPLAY": f":{display}", "GDK_BACKEND": "x11", "NO_AT_BRIDGE": "1", "XDG_RUNTIME_DIR": self.runtime.name},
        )  # fmt: skip
        self.line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        until(self._is_up, "WebKitWebDriver")
        options = {"binary": "/usr/bin/python3", "args": [str(WINDOW), str(self.profile), "390", "844"]}
        wanted = {"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": options}}}
        self.session = self._send("/session", wanted)["sessionId"]
        return self

    def _is_up(self) -> bool:
        try:
            self.line.connect()
        except OSError:
            return False
        return True

    def ask(self, command: str, body: dict[str, Any]) -> Any:
        return self._send(f"/session/{self.session}/{command}", body)

    def _send(self, path: str, body: dict[str, Any]) -> Any:
        self.line.request("POST", path, json.dumps(body), {"content-type": "application/json"})
        answer = self.line.getresponse()
        told = json.loads(answer.read())["value"]
        if answer.status != 200:
            raise RefusedError(str(told)[:600])
        return told

    def hear(self) -> None:
        """The window writes its console to a file: content security and script errors count."""
        said = (self.profile / "console.txt").read_text(errors="replace")
        lines = [line for line in said.splitlines() if line.startswith("CONSOLE") and ("ERROR" in line)]
        self.troubles = [line for line in lines if not NOISE.search(line)]

    def kill(self) -> None:
        super().kill()
        self.line.close()
        self.console.close()
        self.screen.kill()
        self.screen.wait(10)
        with contextlib.suppress(OSError):
            self.runtime.cleanup()
