"""A real office for tests: the product's own command in a process of its own, on a free port."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Office:
    """`alongside serve` over a directory; can be stopped, killed and started again on the same port."""

    def __init__(self, directory: Path, port: int | None = None, tree: Path = ROOT, fault: str = "") -> None:
        self.directory = directory
        self.program = ["tests.support.faulty", fault] if fault else ["server"]
        self.tree = tree
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None
        self.log = directory / "office.log"

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "PORT": str(self.port),
            "DATABASE": str(self.directory / "alongside.sqlite3"),
            "PYTHONPATH": str(self.tree),
        }

    def run(self, *arguments: str) -> None:
        """One command of the product, to its end."""
        subprocess.run(
            [sys.executable, "-m", "server", *arguments],
            cwd=self.tree,
            env=self.environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )

    def start(self) -> Office:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *self.program, "serve"], cwd=self.tree, env=self.environment, stdout=log, stderr=log
            )
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as answer:
                    if answer.status == 200:
                        return self
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                pass
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise AssertionError(f"the office did not start:\n{self.log.read_text()[-3000:]}")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)
            self.process = None

    def demo(self, *more: str) -> dict[str, Any]:
        """Generate the demo organisation and return what `demo.json` says."""
        self.run("demo", "--only-generate", *more)
        return dict(json.loads((self.directory / "demo.json").read_text()))
