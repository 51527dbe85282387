"""Everybody can use every screen: axe finds nothing, boxes are large enough to touch, no word is cut off, no policy is violated.

Each screen is opened once and looked at in every way (looks.py): both themes, two widths, letters twice as large.
"""

from __future__ import annotations

import re

from playwright.sync_api import Page

from tests.journeys import looks, screens, trouble_screens
from tests.journeys.conftest import Browser
from tests.support.office import ROOT, Office
from tests.support.proof import tell

PHONE_ROUTE = re.compile(r"[\"`]GET (/app[^\"`]*)[\"`]")
SEVERAL = {"${place}": ("groups", "visits")}
# Screens that no walk of these goes to, and why.
ELSEWHERE = {
    "/app/enrol", "/app/enrol/passphrase", "/app/enrol/ready",  # the way to an enrolled phone; ready and again: trouble
    "/app/drafts/{}/attachments/{}", "/app/notes/{}/attachments/{}",  # a file, no page
    "/app/inbox/{}", "/app/conflicts/{}", "/app/conflicts/{}/write", "/app/jottings/unreadable",  # trouble
    "/app/jottings/{}",  # test_moment: a line that was written on the locked phone
    "/app/notes/{}/show",  # the same page as a draft's
    "/app/drafts/{}/form",  # test_kinds: a draft moves to a newer form
    "/app/proposed",  # a piece of Today
    "/app/notes/new", "/app/groups/new", "/app/visits/new", "/app/drop-in", "/app/people/{}/goals/new",  # lead on to a draft
}  # fmt: skip


def bare(path: str) -> str:
    """A path without its ids."""
    return re.sub(r"\{\w+(:\w+)?\}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "{}", path).rstrip("/") or "/"


def phone_routes() -> set[str]:
    """Every page of the phone, as its sources write them down."""
    found = set()
    for source in sorted((ROOT / "web/pocket").glob("*/*.ts")):
        for route in PHONE_ROUTE.findall(source.read_text()):
            for word, places in SEVERAL.items():
                found |= {bare(route.replace(word, place)) for place in places} if word in route else {bare(route)}
    assert len(found) > 60
    return found


def went(page: Page) -> set[str]:
    """Collects the paths that this page's window shows from now on."""
    paths: set[str] = set()
    page.on("framenavigated", lambda frame: paths.add(bare(re.sub(r"^https?://[^/]+|[?#].*$", "", frame.url))))
    return paths


def test_every_screen_of_the_phone(office: Office, browser: Browser) -> None:
    """At 390 px in both themes, at 320, at 200 %: 0 violations of axe, no box under 48 px, nothing cut off; and every route is walked."""
    phone = browser("phone")
    screens.enrolled(phone, office)
    paths = went(phone.page)
    assert looks.walk(phone, office, screens.PHONE, looks.OF_PHONE) == {}
    assert sorted(phone_routes() - paths - ELSEWHERE) == []
    tell("screens of the phone, each in four looks", screens=len(screens.PHONE), problems=0)


def test_every_screen_of_trouble(office: Office, browser: Browser) -> None:
    """The same of what only trouble shows; the office is away, so that nothing heals under the ruler."""
    phone = browser("phone")
    trouble_screens.enrolled(phone, browser("desk"), office)
    office.stop()
    assert looks.walk(phone, office, trouble_screens.OPEN, looks.OF_PHONE) == {}
    assert looks.walk(phone, office, {"unlock": screens.PHONE["unlock"], **trouble_screens.ENDED}, looks.OF_PHONE) == {}


def test_every_screen_of_the_office(office: Office, browser: Browser) -> None:
    """Both themes, three widths: 0 violations of axe; at least 32 px for a fine pointer, 48 px on a phone; nothing cut off."""
    desk = browser("desk")
    found = looks.walk(desk, office, screens.OFFICE_OUTSIDE, looks.OF_OFFICE)
    screens.signed_in(desk, office)
    found |= looks.walk(desk, office, screens.OFFICE, looks.OF_OFFICE)
    supervisor = browser("supervisor")
    screens.signed_in(supervisor, office, "supervisor")
    assert {**found, **looks.walk(supervisor, office, screens.SUPERVISED, looks.OF_OFFICE)} == {}
    tell("screens of the office, each in four looks", screens=len(screens.OFFICE) + len(screens.OFFICE_OUTSIDE), problems=0)
