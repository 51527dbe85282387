"""The measured office, in a process of its own: the real one, or the same one that stores nothing."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic

import uvicorn

from server import log, runtime
from server.app import create_app
from server.settings import Settings, from_environment
from server.storage.port import Along, Decided, Submission
from server.storage.sqlite import SqliteStorage
from sync.messages import Receipt


class StoresNothing(SqliteStorage):
    """Everything of a push but the deciding and the keeping."""

    async def submit(self, submission: Submission, along: Along | None = None) -> Decided:  # noqa: ARG002 - the port's shape
        last = submission.first_n + len(submission.raws)
        receipts = [
            Receipt(n, "applied", n, submission.device, submission.now) for n in range(submission.first_n, last)
        ]
        return Decided(receipts, last, last)


@asynccontextmanager
async def office(database: Path, *, is_storing: bool = True) -> AsyncIterator[tuple[int, int]]:
    """Start an office over a database; its port and process id while the block lasts."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {"PORT": str(port), "DATABASE": str(database)}
    environment.pop("PUBLIC_URL", None)
    process = subprocess.Popen(  # noqa: ASYNC220, S603 - our own module
        [sys.executable, "-m", "server.bench.office", *([] if is_storing else ["nothing"])],
        env=environment,
        stderr=subprocess.DEVNULL,
    )
    try:
        await asyncio.to_thread(_wait, port, process)
        yield port, process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        await asyncio.to_thread(process.wait, 20)


def cpu_s(pid: int) -> float:
    """Processor seconds a process has used so far, its threads together."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mb(pid: int) -> float:
    """Resident memory of a process, in millions of bytes."""
    return int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = monotonic() + 60
    while monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            pass
    raise RuntimeError("the office did not start")


def main(is_storing: bool) -> None:
    """Serve without a throttle, and with the log that the office always writes."""
    log.configure()
    runtime.settle()
    found = from_environment()
    settings = Settings(
        database=found.database, keys=found.keys, port=found.port, sync_burst=10**9, sync_per_second=1e6
    )
    app = create_app(settings, storage=SqliteStorage if is_storing else StoresNothing)
    uvicorn.run(
        app,
        http=runtime.Punctual,
        host=found.host,
        port=found.port,
        access_log=False,
        log_config=None,
        backlog=4096,
        timeout_keep_alive=75,
    )


if __name__ == "__main__":
    main("nothing" not in sys.argv)
