"""A new version of the app arrives while work is unsent and a draft is open: it waits to be asked, and nothing is gone."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.journeys import steps
from tests.journeys.conftest import Browser
from tests.journeys.engines import ENGINES
from tests.support.office import ROOT, Office

NEXT = "0123456789"
WORDS = {"said": "Before the update.", "did": "Signed, and not sent yet."}


class Shelf(SimpleHTTPRequestHandler):
    """Gives the files of a build and answers nothing else: an office that is just being renewed."""

    def end_headers(self) -> None:
        self.send_header("cache-control", "no-cache")
        self.send_header("service-worker-allowed", "/")
        self.send_header("content-security-policy", "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'")
        super().end_headers()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length") or 0))
        self.send_error(503)

    def log_message(self, *_: object) -> None: ...


@contextmanager
def served(folder: Path, port: int) -> Iterator[None]:
    server = ThreadingHTTPServer(("127.0.0.1", port), partial(Shelf, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


def next_build(folder: Path, version: str, following: str = NEXT) -> Path:
    """This build under another version: new files of the worker, none of the old."""
    shutil.copytree(ROOT / "web/dist", folder)
    loader = (folder / "sw.js").read_text()
    for name in re.findall(r"/static/((?:core|first|main)\.\w+\.js)", loader):
        renamed = re.sub(r"\.\w+\.js$", f".{following}.js", name)
        (folder / "static" / renamed).write_text((folder / "static" / name).read_text().replace(version, following))
        (folder / "static" / name).unlink()
        loader = loader.replace(name, renamed)
    (folder / "sw.js").write_text(loader)
    return folder


def versions(phone: steps.Phone) -> list[str]:
    """Of the shells that the phone keeps; asked again where the page was loaded anew meanwhile."""
    names: list[str] = []
    while not names:
        phone.look("caches.keys().then((names) => { window.shellNames = names; })")
        names = phone.look("return window.shellNames") or []
    return sorted(name.removeprefix("shell-") for name in names)


def _unsent_note_and_open_draft(phone: steps.Phone, base: str) -> str:
    """A signed note that the office has not seen; the address of a draft that is open."""
    phone.go(f"{base}/app/")
    steps.write(phone, WORDS)
    steps.check_and_sign(phone)
    phone.go(f"{base}/app/")
    steps.begin(phone, 1)
    phone.type("#f-said", "Half a ")
    phone.see(steps.KEPT, "Kept ")
    return str(phone.look("return location.pathname"))


@pytest.mark.parametrize("engine", ENGINES)
def test_an_update_waits_for_a_touch_and_takes_nothing_along(office: Office, browser: Browser, tmp_path: Path, engine: str) -> None:
    """Offered, not forced; typed on, touched, taken: draft whole, note still on this phone, received in the end."""
    phone = browser("phone", engine=engine)
    steps.enrol(phone, office.facts)
    office.stop()
    draft = _unsent_note_and_open_draft(phone, office.url)
    (before,) = versions(phone)
    with served(next_build(tmp_path / "next", before), office.port):
        phone.go(f"{office.url}{draft}")
        phone.see("[data-update]", seconds=30)
        assert phone.look("return document.querySelector('#f-said').value") == "Half a "
        phone.tap("#f-said")
        phone.look("const field = document.activeElement; field.setSelectionRange(99, 99)")
        phone.keys("sentence")
        phone.tap("[data-update]")
        phone.see_gone("[data-update]")
        phone.see_value("#f-said", "Half a sentence")
        assert versions(phone)[0] == NEXT
    phone.go(f"{office.url}/app/")
    phone.see(".strip")
    phone.go(f"{office.url}{draft}")
    phone.see_value("#f-said", "Half a sentence")
    office.start()
    steps.sync_now(phone, office.url)
    phone.see("main", "Everything is received", seconds=30)


def test_a_version_with_a_missing_file_leaves_the_old_one_working(office: Office, browser: Browser, tmp_path: Path) -> None:
    """Whichever file is missing, the new version is not offered, and the phone starts without the office as before."""
    phone = browser("phone")
    passphrase = steps.enrol(phone, office.facts)
    office.stop()
    draft = _unsent_note_and_open_draft(phone, office.url)
    (before,) = versions(phone)
    for missing in ("main", "page"):
        # Each under a name of its own: what was fetched for the first must not stand in for the second.
        following = f"{missing}{NEXT}"[:10]
        build = next_build(tmp_path / missing, before, following)
        for file in (build / "static").glob(f"{missing}.*.js"):
            file.rename(file.with_name(f"gone.{file.name}"))
        if missing == "page":  # what the phone has already is not fetched again: a version that names a new one
            core = build / "static" / f"core.{following}.js"
            core.write_text(re.sub(r"/static/page\.\w+\.js", "/static/page.nowhere.js", core.read_text()))
        with served(build, office.port):
            phone.go(f"{office.url}{draft}")
            asked = "navigator.serviceWorker.getRegistration().then((r) => r.update()).then(() => 'found', () => 'refused')"
            phone.page.evaluate(asked)
            phone.page.wait_for_function("navigator.serviceWorker.getRegistration().then((r) => !r.installing)")
            phone.see_gone("[data-update]")
    phone.kill()
    phone = browser("phone")
    phone.go(f"{office.url}{draft}")
    steps.unlock(phone, passphrase)
    phone.see_value("#f-said", "Half a ")
    assert before in versions(phone)
    assert phone.look("return navigator.serviceWorker.controller.state") == "activated"
