"""Firefox, driven by Marionette: the plain socket inside Firefox that its WebDriver (geckodriver) uses too.

A message is `<length>:<JSON>`; a command is `[0, number, name, body]`, an answer `[1, number, error, value]`.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
from typing import Any

from tests.support.webdriver import RefusedError, WebDriver, until

EXECUTABLE = "/usr/bin/firefox-esr"
COMMANDS = {"url": "WebDriver:Navigate", "execute/sync": "WebDriver:ExecuteScript", "execute/async": "WebDriver:ExecuteAsyncScript", "actions": "WebDriver:PerformActions"}
# Nothing is asked of the network but what the app asks; no questions after a kill; nothing of the app's own is changed.
SETTINGS: dict[str, Any] = {
    "marionette.port": 0, "browser.startup.page": 0, "browser.sessionstore.resume_from_crash": False,
    "toolkit.startup.max_resumed_crashes": -1, "toolkit.telemetry.enabled": False, "datareporting.policy.dataSubmissionEnabled": False,
    "app.update.disabledForTesting": True, "network.captive-portal-service.enabled": False, "network.connectivity-service.enabled": False,
    "browser.safebrowsing.malware.enabled": False, "browser.safebrowsing.phishing.enabled": False, "extensions.update.enabled": False,
    "services.settings.server": "data:,#remote-settings-dummy/v1", "browser.aboutwelcome.enabled": False, "browser.shell.checkDefaultBrowser": False,
}  # fmt: skip
# Pictures of the home screen are not kept by the app; Firefox asks for them while there is no office.
NOISE = re.compile(r"Failed to load .*/static/icon-\d+\.")
COMPLAINTS = """
const own = arguments[0];
return Services.console.getMessageArray()
  .filter((m) => m instanceof Ci.nsIScriptError && (m.sourceName ?? "").startsWith(own) && !(m.flags & Ci.nsIScriptError.warningFlag))
  .map((m) => `${m.category}: ${m.errorMessage} (${m.sourceName}:${m.lineNumber})`);
"""


class Firefox(WebDriver):
    """A headless Firefox over `profile`."""

    name = "firefox"
    line: socket.socket

    def start(self) -> Firefox:
        settings = "".join(f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in SETTINGS.items())
        (self.profile / "user.js").write_text(settings)
        port = self.profile / "MarionetteActivePort"
        port.unlink(missing_ok=True)
        self.process = subprocess.Popen(
            [EXECUTABLE, "--headless", "--no-remote", "--marionette", "--remote-allow-system-access", "--profile", str(self.profile),
             "--width", "500", "--height", "900", "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True, env={**os.environ, "MOZ_HEADLESS": "1"},
        )  # fmt: skip
        until(lambda: port.exists() and port.read_text().strip() != "", "Firefox's Marionette", 40)
        self.line = socket.create_connection(("127.0.0.1", int(port.read_text())), timeout=60)
        self._receive()
        self.number = 0
        self.command("WebDriver:NewSession", {"capabilities": {"alwaysMatch": {"acceptInsecureCerts": False}}})
        return self

    def ask(self, command: str, body: dict[str, Any]) -> Any:
        return self.command(COMMANDS[command], body)

    def command(self, name: str, body: dict[str, Any]) -> Any:
        self.number += 1
        told = json.dumps([0, self.number, name, body]).encode()
        self.line.sendall(b"%d:%s" % (len(told), told))
        _, number, error, value = self._receive()
        assert number == self.number
        if error:
            raise RefusedError(f"{error.get('error')}: {error.get('message')}"[:600])
        return value.get("value") if isinstance(value, dict) and "value" in value else value

    def _receive(self) -> Any:
        length = b""
        while (byte := self.line.recv(1)) != b":":
            if not byte:
                raise RefusedError("Firefox is gone")
            length += byte
        body = b""
        while len(body) < int(length):
            body += self.line.recv(int(length) - len(body))
        return json.loads(body)

    def inside(self, script: str, *arguments: Any) -> Any:
        """Asks the browser itself, not the page."""
        self.command("Marionette:SetContext", {"value": "chrome"})
        try:
            return self.command("WebDriver:ExecuteScript", {"script": script, "args": list(arguments)})
        finally:
            self.command("Marionette:SetContext", {"value": "content"})

    def hear(self) -> None:
        self.troubles += [line for line in self.inside(COMPLAINTS, "http://127.0.0.1") if not NOISE.search(line)]

    def kill(self) -> None:
        super().kill()
        self.line.close()
        for lock in (self.profile / "lock", self.profile / ".parentlock"):
            lock.unlink(missing_ok=True)
