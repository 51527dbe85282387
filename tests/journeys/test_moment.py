"""The moment itself, on a real phone without signal: writing down while locked, kinder words, and what stays one's own."""

from __future__ import annotations

import asyncio
import contextlib
import re
import threading
from collections.abc import Iterator

from tests.journeys import looks, steps
from tests.journeys.conftest import Browser
from tests.support.line import Line
from tests.support.office import Office

LINE = "canaryline7 met at the shelter, form not done"
PLACE = "canaryplace7 by the bus stop"


def test_a_line_written_on_the_locked_phone_is_sealed_and_finished_later(office: Office, browser: Browser) -> None:
    """No office: lock; three touches to "saved, sealed"; SIGKILL; the cold locked phone shows nothing; unlock, finish, sign."""
    phone = browser("phone")
    passphrase = steps.enrol(phone, office.facts)
    office.stop()
    phone.tap("form[action='/app/lock'] button")
    phone.see("#f-passphrase")
    phone.touches = 0
    phone.tap("a[href='/app/jot']")
    phone.type("#f-line", LINE)
    phone.tap("button.primary")
    phone.see("h1", "Saved on this phone, sealed")
    assert phone.touches == 3
    phone.kill()

    phone = browser("phone")
    phone.go(f"{office.url}/app/")
    phone.see("main", "1 sealed line waits")
    for path in ("/app/jot", "/app/jottings/0190d3e0-0000-7000-8000-0000000000aa", "/app/own", "/app/"):
        phone.go(f"{office.url}{path}")
        assert "canary" not in phone.page.content()
    phone.go(f"{office.url}/app/jot")
    phone.type("#f-line", "a second line")
    phone.tap("#f-minutes label.chip", 1)
    phone.type("#f-place", PLACE)
    phone.tap("button.primary")
    phone.see("main", "2 sealed lines wait")
    phone.tap("a[href='/app/unlock']")
    steps.unlock(phone, passphrase)
    phone.see("main", "Unfinished")
    phone.tap("a.card-main", says=LINE)
    phone.see(".panel", LINE)
    assert [one for look in looks.OF_PHONE for one in looks.problems(phone, look)] == []
    looks.put(phone, looks.LIGHT)
    phone.tap("#f-person label.chip")
    phone.tap("button[form=jotting-form]")
    phone.see_value("#f-did", f"{LINE}.*")
    phone.tap("#f-support label.chip", 0)
    steps.check_and_sign(phone)
    phone.go(f"{office.url}/app/")
    phone.tap("a.card-main", says="a second line")
    phone.see(".panel", "30 min")
    phone.see(".panel", PLACE)
    phone.tap("details summary", says="I do not need this")
    phone.tap("form[action$='/drop'] button")
    phone.see("nav.tabs")
    assert phone.count("a.card-main", "a second line") == 0


def test_kinder_words_are_offered_and_signing_goes_on(office: Office, browser: Browser) -> None:
    """Without signal: the person's words and what is quoted stay as they are, one's own word has a suggestion, nothing blocks."""
    phone = browser("phone")
    steps.enrol(phone, office.facts)
    office.stop()
    steps.begin(phone)
    phone.type("#f-said", "I was an addict for years")
    phone.type("#f-did", "He was noncompliant, as his file says: “manipulative addict”.")
    phone.tap(steps.CHECK)
    phone.see("#kind-words", "noncompliant")
    words = phone.text("#kind-words")
    assert "addict" not in words
    assert "manipulative" not in words
    phone.tap(steps.SIGN)
    phone.see(steps.STANDING, "On this phone")


@contextlib.contextmanager
def recorded(office: Office) -> Iterator[Line]:
    """A line to the office that writes down every request, served beside the test."""
    loop = asyncio.new_event_loop()
    worker = threading.Thread(target=loop.run_forever, daemon=True)
    worker.start()
    line = asyncio.run_coroutine_threadsafe(Line(office.port).__aenter__(), loop).result(10)
    try:
        yield line
    finally:
        asyncio.run_coroutine_threadsafe(line.__aexit__(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        worker.join(10)
        loop.close()


def test_how_i_am_never_leaves_the_phone(office: Office, browser: Browser) -> None:
    """All traffic of a day is recorded, all files of the office are searched: a note's word is found in both, the own book's in
    neither, nor any address of it."""
    own = ["canaryevening3", "canarytalk3"]
    with recorded(office) as line:
        facts = {**office.facts, "enrolment": {**office.facts["enrolment"]}}
        facts["enrolment"]["link"] = re.sub(r"^http://[^/]+", line.url, facts["enrolment"]["link"])
        phone = browser("phone")
        steps.enrol(phone, facts)
        phone.go(f"{line.url}/app/own")
        phone.tap("#f-answer label.chip", says="Heavy")
        phone.type("#f-line", own[0])
        phone.tap("button[form=own-form]")
        phone.see(".calls")
        phone.type("#f-talk", own[1])
        phone.tap("form[action='/app/own/choose'] button")
        phone.see_value("#f-talk", own[1])
        phone.see("main", own[0])
        phone.go(f"{line.url}/app/")
        steps.write(phone, {"did": "canarynote3 in a note"})
        steps.check_and_sign(phone)
        steps.sync_now(phone, line.url)
        phone.see("main", "Everything is received", seconds=30)
        said = [f"{heard.path} {heard.body.decode('utf-8', 'replace')}" for heard in line.heard]
    office.stop()
    files = {path.name: path.read_bytes() for path in office.directory.rglob("*") if path.is_file()}
    assert any("canarynote3" in one for one in said)
    assert any(b"canarynote3" in content for content in files.values())
    for word in own:
        assert [one for one in said if word in one] == []
        assert [name for name, content in files.items() if word.encode() in content] == []
    assert [heard.path for heard in line.heard if "own" in heard.path.split("/")] == []
