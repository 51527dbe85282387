"""The phone's disk, read as somebody who found the phone would: no word of anybody's, while the control run shows them all.

Fifty canaries are typed: in notes that are signed, in drafts that are edited, in a person's name, in a line kept for
later; six more while the phone is locked, in the specialist's own book and in a scan. The phone is locked, unlocked, used again, and
killed. Everything it left on disk is searched.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect

from tests.journeys import steps
from tests.journeys.chromium import Chromium
from tests.support.forensics import search
from tests.support.office import ROOT, Office

CANARIES = [f"canary{number:02d}q{number * 7919 % 9973:04d}zv" for number in range(50)]
BESIDE = [f"canary{name}{number}q7zv" for name in ("locked", "own", "paper") for number in range(2)]


def _live(phone: Chromium, office: Office, passphrase: str) -> None:
    """A working hour: everything that can be typed is typed, then the battery dies."""
    page, words = phone.page, iter(CANARIES)
    page.goto(f"{office.url}/app/people/new")
    page.locator("input[name=called]").press_sequentially("Nora " + " ".join(next(words) for _ in range(3)))
    page.locator("button.primary").last.click()
    expect(page.locator("h1")).to_contain_text("Nora")
    for _ in range(4):
        page.goto(f"{office.url}/app/")
        page.locator(".card .button.soft[href^='/app/notes/new']").first.click()
        for name in ("said", "did", "went", "next"):
            page.locator(f"#f-{name}").press_sequentially(f"{next(words)} {next(words)}")
        page.locator("button[name=then][value=check].primary").click()
        page.locator("button[form=sign-form]").click()
        expect(page.locator(".standing").first).to_be_visible()
    page.goto(f"{office.url}/app/capture")
    page.locator("#f-person label.chip").first.click()
    page.locator("#f-did").press_sequentially(" ".join(next(words) for _ in range(3)))
    page.locator("button[name=then][value=keep].primary").click()
    page.goto(f"{office.url}/app/")
    page.locator(".card .button.soft[href^='/app/notes/new']").nth(2).click()
    for name in ("said", "did", "went", "next"):
        field = page.locator(f"#f-{name}")
        field.press_sequentially(f"{next(words)} {next(words)}")
        expect(page.locator("#kept")).to_contain_text("Kept")
        field.press("End")
        for _ in range(4):
            field.press("Backspace")
    page.locator("button[name=then][value=attachments]").click()
    # Large enough that a browser would rather keep it on the disk.
    scan = phone.profile.parent / "scan.pdf"
    scan.write_bytes(b"%PDF-1.4\n" + f"{BESIDE[4]} ".encode() * 150_000)
    page.locator("#f-file").set_input_files(scan)
    page.locator("#f-name").press_sequentially(BESIDE[5])
    page.locator("button[form=attach-form]").click()
    expect(page.locator(".attachment")).to_contain_text(BESIDE[5])
    page.locator("form[action='/app/lock'] button").click()
    page.locator("a[href='/app/jot']").click()
    page.locator("#f-line").press_sequentially(BESIDE[0])
    page.locator("#f-place").press_sequentially(BESIDE[1])
    page.locator("button.primary").click()
    expect(page.locator(".notice.done")).to_be_visible()
    page.locator("a[href='/app/unlock']").click()
    steps.unlock(phone, passphrase)
    page.goto(f"{office.url}/app/own")
    page.locator("#f-line").press_sequentially(BESIDE[2])
    page.locator("#f-answer label.chip").first.click()
    page.locator("button[form=own-form]").click()
    page.goto(f"{office.url}/app/own")
    page.locator("#f-talk").press_sequentially(BESIDE[3])
    page.locator("form[action='/app/own/choose'] button").click()
    expect(page.locator("#f-talk")).to_have_value(BESIDE[3])
    page.goto(f"{office.url}/app/")
    page.locator(".card a.button[href^='/app/drafts/']", has_text="Finish").first.click()
    page.locator("#f-went").press_sequentially(" ".join(words))
    expect(page.locator("#kept")).to_contain_text("Kept")
    page.wait_for_timeout(1500)  # the browser's own session file is written now and then
    phone.kill()


def _control(tmp_path: Path) -> Path:
    """A copy of the product whose service worker leaves records in clear: to show that the search can see."""
    copy = tmp_path / "control"
    for part in ("sync", "server", "web"):
        shutil.copytree(ROOT / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
    code = "import json; from web.build import scripts; print(json.dumps({n: c.decode() for n, c in scripts.service_worker().items()}))"
    environment = {**os.environ, "CLEAR": "1", "PYTHONPATH": str(ROOT)}
    answer = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=True, capture_output=True).stdout
    for name, built in json.loads(answer).items():
        (shipped,) = (copy / "web/dist/static").glob(f"{name}.*.js")
        shipped.write_text(built, "utf-8")
        for packed in shipped.parent.glob(f"{shipped.name}.*"):
            packed.unlink()
    return copy


@pytest.mark.parametrize("is_encrypted", [True, False], ids=["as shipped", "control without encryption"])
def test_the_disk_holds_no_word(playwright: Playwright, tmp_path: Path, *, is_encrypted: bool) -> None:
    """As shipped: 0 of 50 canaries in any form. Without encryption the same search finds them."""
    directory = tmp_path / "office"
    directory.mkdir()
    office = Office(directory, tree=ROOT if is_encrypted else _control(tmp_path))
    office.facts = office.demo()
    office.start()
    profile = tmp_path / "phone"
    profile.mkdir()
    phone = Chromium(playwright, profile).start()
    try:
        passphrase = steps.enrol(phone, office.facts)
        office.stop()
        _live(phone, office, passphrase)
    finally:
        phone.close()
        office.stop()
    found = search(profile, [*CANARIES, *BESIDE])
    print(f"{len(found)} of {len(CANARIES) + len(BESIDE)} canaries found on disk", json.dumps({k: sorted(v) for k, v in found.items()})[:2000])
    if is_encrypted:
        assert found == {}
        log = office.log.read_text()
        assert [word for word in [*CANARIES, *BESIDE] if word in log] == []
    else:
        assert len(found) >= 45, "the search is blind"
        assert set(BESIDE) <= set(found), "the search is blind to what is written beside the notes"
