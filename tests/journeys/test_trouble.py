"""Every trouble has a state on the screen that says what is safe, and nothing that was typed is gone.

The office is stopped and something else answers on its port, as a hotel's Wi-Fi or a broken proxy does.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from playwright.sync_api import expect

from tests.journeys import steps
from tests.journeys.chromium import Chromium
from tests.journeys.conftest import Browser
from tests.support.office import Office

WORDS = "Words that must outlive every trouble."
TROUBLES = [
    ("captive", 200, "text/html", "<h1>Free Wi-Fi</h1>", "asks you to sign in"),
    ("server", 500, "text/plain", "oops", "does not answer"),
    ("busy", 429, "application/json", '{"code": "THROTTLED", "retry_after_s": 1}', "is busy"),
    ("full", 503, "application/json", '{"code": "STORAGE_FULL", "retry_after_s": 1}', "is busy"),
    ("too large", 413, "application/json", '{"code": "TOO_LARGE"}', "too big to send"),
]


@contextmanager
def something_else(port: int, status: int, kind: str, body: str) -> Iterator[None]:
    """Whatever is asked, it answers this."""

    class Answers(BaseHTTPRequestHandler):
        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("content-length") or 0))
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        do_GET = do_POST = do_HEAD = answer  # noqa: N815 - the library's names

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", port), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


def sync_now(phone: Chromium, base: str) -> None:
    phone.page.goto(f"{base}/app/sync")
    phone.page.locator("form[action='/app/exchange'] button").click()


def test_every_trouble_says_what_is_safe_and_the_work_arrives_in_the_end(office: Office, browser: Browser) -> None:
    """No signal, captive portal, 500, 429, full disk, 413: each in its own words; then all is received once."""
    phone = browser("phone")
    steps.enrol(phone, office.facts)
    page = phone.page
    office.stop()
    page.goto(f"{office.url}/app/")
    steps.write(phone, {"said": WORDS, "did": WORDS, "went": WORDS, "next": WORDS})
    steps.check_and_sign(phone)
    note = page.url
    sync_now(phone, office.url)
    expect(page.locator("main")).to_contain_text("No signal", timeout=15_000)
    for _, status, kind, body, said in TROUBLES:
        with something_else(office.port, status, kind, body):
            sync_now(phone, office.url)
            expect(page.locator("main .notice").first).to_contain_text(said, timeout=20_000)
            expect(page.locator("main")).to_contain_text("safe", ignore_case=True)
            expect(page.locator("main")).to_contain_text("only on this phone")
        page.goto(note)
        expect(page.locator("article, main").first).to_contain_text(WORDS)
        expect(page.locator(".standing").first).to_contain_text("On this phone")
    office.start()
    sync_now(phone, office.url)
    expect(page.locator("main")).to_contain_text("Everything is received", timeout=30_000)
    with sqlite3.connect(office.directory / "alongside.sqlite3") as reader:
        doc = note.split("/app/notes/")[1][:36]
        assert reader.execute("SELECT count(*) FROM change WHERE doc = ? AND outcome = 'applied'", (doc,)).fetchone() == (2,)
