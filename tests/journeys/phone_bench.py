"""How fast the phone is, in real Chromium, at full speed and slowed four times; `make bench` runs it after the office's.

The whole browser is slowed by stopping and continuing its process group (one part running, three standing still),
since the developer tools' throttling does not reach workers. Figures are medians; the table goes to
docs/benchmarks.md between its markers, the raw figures to var/bench-phone.json.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sqlite3
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from playwright.sync_api import expect, sync_playwright

from server.pokes import Pokes
from server.storage.devices import NewPhone, add_phone
from server.storage.forms import forms
from server.storage.port import Submission
from server.storage.sqlite import SqliteStorage
from tests.journeys import steps
from tests.journeys.chromium import DESKTOP, Chromium
from tests.journeys.trouble_screens import enrolment
from tests.support.office import ROOT, Office
from tests.support.phone import new_id

NOTES = 2_000
CONTACTS = 500
COST = """async () => {
  const done = (request) => new Promise((resolve) => { request.onsuccess = () => resolve(request.result); });
  const database = await done(indexedDB.open("pocket"));
  const { wraps: [wrap] } = await done(database.transaction("meta").objectStore("meta").get("vault"));
  database.close();
  return `${wrap.memoryKib / 1024} MiB, ${wrap.passes} passes`;
}"""
ROUNDS = 7
PAGE = ROOT / "docs" / "benchmarks.md"
TEXT = "We went through the letter from the housing office line by line and wrote down the three things they ask for. "


def fill(database: Path, sign_in: str) -> str:
    """Bring one specialist's phone to 2,000 notes, written through the office's own decisions; who has 500 of them."""
    with sqlite3.connect(database) as reader:
        person, org = reader.execute("SELECT person, org FROM account WHERE sign_in = ?", (sign_in,)).fetchone()
        buckets = [row[0] for row in reader.execute(
            "SELECT DISTINCT bucket FROM caseload WHERE specialist = ? AND to_seq IS NULL AND bucket LIKE 'p:%'", (person,))]  # fmt: skip
        marks = ",".join("?" * len(buckets))
        there = reader.execute(f"SELECT count(*) FROM record WHERE type = 'note' AND bucket IN ({marks})", buckets).fetchone()[0]
    asyncio.run(_write(database, org, person, buckets, NOTES - there))
    return str(buckets[0])[2:]


async def _write(database: Path, org: int, person: str, buckets: list[str], count: int) -> None:
    device, now = new_id(), time.time_ns() // 1_000_000
    async with SqliteStorage.open(database, Pokes(), forms()) as storage:
        phone = NewPhone(device, org, person, b"\4" + bytes(64), "0" * 64, now)
        await storage.write(lambda tx: add_phone(tx, phone))
        for first in range(1, count + 1, 250):
            raws = [
                _note(n, person, buckets[0 if n <= CONTACTS else n % len(buckets)], now - n * 3_600_000)
                for n in range(first, min(first + 250, count + 1))
            ]
            decided = await storage.submit(Submission(org, device, person, "specialist", first, raws, now))
            assert all(receipt.outcome == "applied" for receipt in decided.receipts), decided.receipts[0]


def _note(n: int, person: str, bucket: str, ended: int) -> bytes:
    fields = {
        "participant": bucket[2:], "contact_kind": "one_on_one", "form": "one_on_one@1", "started_at": ended - 1_800_000,
        "ended_at": ended, "zone": "America/New_York", "setting": "community", "mode": "in_person", "support": ["emotional"],
        "answers": dict.fromkeys(("said", "did", "went", "next"), TEXT * 3),
    }  # fmt: skip
    return msgspec.json.encode({
        "n": n, "kind": "create", "type": "note", "doc": new_id(), "bucket": bucket, "author": person,
        "captured": {"wall": ended + 60_000, "mono": 1, "boot": "b"}, "set": fields,
    })  # fmt: skip


@contextmanager
def slowed(browser: Chromium, times: int) -> Iterator[None]:
    """The browser gets 1/times of the time: runs 4 ms, stands still for the rest."""
    if times == 1:
        yield
        return
    stop = threading.Event()

    def alternate() -> None:
        while not stop.is_set():
            for how, rest in ((signal.SIGSTOP, 0.004 * (times - 1)), (signal.SIGCONT, 0.004)):
                if browser.process is not None:
                    os.killpg(browser.process.pid, how)
                time.sleep(rest)

    beat = threading.Thread(target=alternate, daemon=True)
    beat.start()
    try:
        yield
    finally:
        stop.set()
        beat.join()
        if browser.process is not None:
            os.killpg(browser.process.pid, signal.SIGCONT)


def clicked(browser: Chromium, selector: str, seen: str) -> float:
    """ms from a click to the frame after `seen` stands on the page, by the page's own clock."""
    browser.page.evaluate(
        """([selector, seen]) => {
          window.took = new Promise((resolve) => {
            document.querySelector(selector).addEventListener('click', () => {
              const began = performance.now();
              const look = () => document.querySelector(seen)
                ? requestAnimationFrame(() => resolve(performance.now() - began)) : setTimeout(look, 1);
              setTimeout(look, 0);
            }, { once: true, capture: true });
          });
        }""",
        [selector, seen],
    )
    browser.page.locator(selector).first.click()
    return float(browser.page.evaluate("window.took"))


def painted(browser: Chromium) -> float:
    """ms from the navigation's start to the first contentful paint."""
    paint = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"
    deadline = time.monotonic() + 20
    while not (value := float(browser.page.evaluate(paint))):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return value


def measure(office: Office, phone: Chromium, passphrase: str, times: int, busy: str) -> dict[str, list[float]]:
    """All figures of one speed. `busy`: the person with many contacts."""
    figures: dict[str, list[float]] = {name: [] for name in ("cold", "unlock", "page", "history", "save")}
    base = office.url
    for _ in range(ROUNDS):
        phone.close()
        phone.start()
        with slowed(phone, times):
            phone.page.goto(f"{base}/app/", wait_until="commit")
            phone.page.locator("#f-passphrase").wait_for()
            figures["cold"].append(painted(phone))
            phone.page.locator("#f-passphrase").fill(passphrase)
            phone.page.locator("form[action='/app/unlock'] button.primary").click(no_wait_after=True)
            phone.page.locator("nav.tabs").wait_for()
            # Its clock began with the form's submission: the passphrase is stretched within this navigation.
            figures["unlock"].append(painted(phone))
    with slowed(phone, times):
        for _ in range(ROUNDS):
            phone.page.goto(f"{base}/app/people")
            phone.page.locator("main a[href^='/app/people/']").first.wait_for()
            figures["page"].append(clicked(phone, "main .card a[href^='/app/people/']:not([href$='/new'])", "a[href^='/app/notes/new']"))
        for _ in range(ROUNDS):
            phone.page.goto(f"{base}/app/people")
            phone.page.locator(f"main a[href='/app/people/{busy}']").first.wait_for()
            figures["history"].append(clicked(phone, f"main a[href='/app/people/{busy}']", "a[href^='/app/notes/new']"))
        phone.page.goto(f"{base}/app/")
        phone.page.locator(".card .button.soft[href^='/app/notes/new']").first.click()
        expect(phone.page.locator("#note-form")).to_be_visible()
        for number in range(ROUNDS * 3):
            figures["save"].append(_saved(phone, f"round {number} " + TEXT * 3))
    phone.close()
    return figures


def _saved(phone: Chromium, text: str) -> float:
    """ms for the service worker to keep the form as typed, durably, asked as autosave does: by message, 250 ms after the last letter."""
    return float(phone.page.evaluate(
        """async (text) => {
          const form = document.querySelector('#note-form');
          form.querySelector('#f-did').value = text;
          await new Promise((resolve) => setTimeout(resolve, 250));
          const began = performance.now();
          const { port1, port2 } = new MessageChannel();
          const said = { ask: 'keep', path: form.dataset.autosave, form: new URLSearchParams(new FormData(form)).toString() };
          const answer = await new Promise((resolve) => {
            port1.onmessage = ({ data }) => resolve(data);
            navigator.serviceWorker.controller.postMessage(said, [port2]);
          });
          const took = performance.now() - began;
          if (!answer.isKept || !answer.words.includes('id="kept"')) throw new Error('not kept');
          return took;
        }""",
        text,
    ))  # fmt: skip


def table(figures: dict[int, dict[str, list[float]]]) -> str:
    """The figures in the document's words."""
    rows = (
        ("cold offline start to unlock page painted", "cold", {1: 300, 4: 900}),
        (f"unlock to the first screen, {NOTES:,} notes on the phone", "unlock", {1: 500, 4: 2300}),
        ("boosted page: a person with their history", "page", {4: 70}),
        (f"boosted page: a person with {CONTACTS} contacts", "history", {4: 200}),
        ("keep a draft, strict durability, asked from the page", "save", {4: 20}),
    )
    lines = ["| ms, median (slowest) | 1x | 4x | budget |", "|---|---|---|---|"]
    for words, name, budget in rows:
        found = cells({times: of[name] for times, of in figures.items()})
        lines.append(f"| {words} | {found} | {', '.join(f'{value} at {times}x' for times, value in budget.items())} |")
    return "\n".join(lines)


def cells(figures: dict[int, list[float]]) -> str:
    """Median and slowest of one figure at both speeds, as the table's columns have them."""
    return " | ".join(f"{statistics.median(figures[times]):.0f} ({max(figures[times]):.0f})" for times in (1, 4))


def publish(part: str, text: str) -> None:
    """Put a part of docs/benchmarks.md between its markers."""
    begin, end = f"<!-- {part}: begin -->", f"<!-- {part}: end -->"
    page = PAGE.read_text()
    assert begin in page, part
    PAGE.write_text(re.sub(f"{begin}.*{end}", lambda _: f"{begin}\n{text}\n{end}", page, flags=re.DOTALL))


def main() -> int:
    with tempfile.TemporaryDirectory() as place:
        office = Office(Path(place))
        facts = office.demo()
        busy = fill(Path(place) / "alongside.sqlite3", facts["enrolment"]["sign_in"])
        office.start()
        account = next(each for each in facts["accounts"] if each["sign_in"] == facts["enrolment"]["sign_in"])
        figures: dict[int, dict[str, list[float]]] = {}
        costs: dict[int, str] = {}
        with sync_playwright() as playwright:
            phones = {times: Chromium(playwright, Path(place) / f"phone-{times}").start() for times in (1, 4)}
            desk = Chromium(playwright, Path(place) / "desk", DESKTOP).start()
            try:
                words = {}
                for times, phone in phones.items():
                    given = enrolment(desk, office, account)
                    with slowed(phone, times):  # its vault is made at its own speed, and as strong as it can bear
                        words[times] = steps.enrol(phone, {**facts, "enrolment": given})
                    costs[times] = str(phone.page.evaluate(COST))
                    phone.close()
                desk.close()
                office.stop()
                for times, phone in phones.items():
                    phone.start()
                    figures[times] = measure(office, phone, words[times], times, busy)
            finally:
                for browser in (*phones.values(), desk):
                    browser.close()
                office.stop()
    text = table(figures) + f"\n\nArgon2id as each phone chose it: {costs[1]} at 1x, {costs[4]} at 4x."
    print(text)
    (ROOT / "var").mkdir(exist_ok=True)
    (ROOT / "var" / "bench-phone.json").write_text(json.dumps(figures))
    publish("phone", text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
