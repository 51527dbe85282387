"""What the office sees of a specialist's evening sync, and what it never does: certificates, and pages a person shared."""

from __future__ import annotations

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from typing import Any

import httpx

from tests.journeys import steps
from tests.journeys.chromium import Chromium
from tests.journeys.conftest import Browser
from tests.journeys.going import days_ago
from tests.support.desk import Desk
from tests.support.office import Office

GATE, ENDED, ETHICS = "Gate card canary4", "First aid canary4", "Ethics canary4"
SHARED, LATER, ALONE = "The river canary5 in the morning", "My brother canary6 calls", "Nobody canary7 knows this"
LAST_MOMENT = "Thrown away canary8"
TYPED_THEN_DROPPED = """(words) => {
  const page = document.querySelector('#f-well');
  page.value = words;
  page.dispatchEvent(new Event('input', { bubbles: true }));
  document.querySelector('form[data-drop] button').click();
}"""


def _specialists(office: Office) -> list[dict[str, Any]]:
    """Whose phone it is, first."""
    facts: dict[str, Any] = office.facts
    mine = facts["enrolment"]["sign_in"]
    return sorted((one for one in facts["accounts"] if one["role"] == "specialist"), key=lambda one: one["sign_in"] != mine)


def _add_credential(phone: Chromium, sort: int, name: str, days: int, more: dict[str, str] | None = None) -> None:
    """With its end so many days from now."""
    phone.tap(".disclosure:has(#credential-form) summary")
    phone.tap("#f-sort label.chip", sort)
    for field, value in {"name": name, **(more or {})}.items():
        phone.type(f"#f-{field}", value)
    phone.page.locator("#f-ends_on").fill(days_ago(-days))
    phone.tap("#credential-form .primary")
    phone.see("ul.rows", name)


def _read(office: Office, account: dict[str, Any], *paths: str) -> list[str]:
    """What one account is shown at each of these addresses, over HTTP alone: a second browser tells no more of it."""

    async def read() -> list[str]:
        async with httpx.AsyncClient(base_url=office.url) as client:
            await Desk(client).sign_in(account["sign_in"], account["passphrase"])
            return [unescape((await client.get(path, follow_redirects=True)).text) for path in ("/account", *paths)]

    with ThreadPoolExecutor(1) as thread:  # this thread has the browsers' event loop
        mine, *found = thread.submit(lambda: asyncio.run(read())).result()
    assert account["name"] in mine, "signed in"
    return found


def test_certificates_entered_offline_warn_and_block_nothing(office: Office, browser: Browser) -> None:
    """A card that ends in 29 days, one that has ended, six hours of ethics; a note is signed all the same; then the office."""
    phone = browser("phone")
    steps.enrol(phone, office.facts)
    office.stop()
    phone.go(f"{office.url}/app/credentials")
    _add_credential(phone, 2, GATE, 29)
    _add_credential(phone, 0, ENDED, -3)
    _add_credential(phone, 1, ETHICS, 300, {"hours": "6"})
    assert [phone.count(".row.credential:has(.tag)", name) for name in (GATE, ENDED, ETHICS)] == [1, 1, 0]
    phone.go(f"{office.url}/app/")
    phone.see("main .notice", GATE)
    phone.see("main .notice", ENDED)
    assert phone.count("main .notice", ETHICS) == 0
    steps.write(phone, {"said": "“It went well.”", "did": "Waited at the gate together"})
    steps.check_and_sign(phone)

    office.start()
    steps.receive(phone, office.url)
    mine, stranger, *_ = _specialists(office)
    supervisor = steps.account(office.facts, "supervisor")
    first, due = _read(office, supervisor, "/dashboard", "/dashboard/credentials")
    for page in (first, due):
        assert [name for name in (GATE, ENDED, ETHICS) if name in page] == [GATE, ENDED]
    (own,) = set(re.findall(rf'href="(/dashboard/credentials/[^"]+)">{mine["name"]}<', due))
    (page,) = _read(office, supervisor, own)
    assert all(name in page for name in (GATE, ENDED, ETHICS))
    assert re.search(rf"{ETHICS}<br><span[^>]*>6 h<", page)
    assert "canary" not in "".join(_read(office, stranger, "/dashboard", "/dashboard/credentials", own))


def test_of_the_pages_that_keep_somebody_well_the_office_sees_what_was_shared(office: Office, browser: Browser) -> None:
    """Shared as it stood; what was written after, by another person, or thrown away stays with the specialist."""
    phone = browser("phone")
    steps.enrol(phone, office.facts)
    office.stop()
    phone.go(f"{office.url}/app/people")
    links = phone.page.locator("main a.card-main[href^='/app/people/']").evaluate_all("(all) => all.map((one) => one.getAttribute('href'))")
    shares, alone = list(dict.fromkeys(links))[:2]

    def write(person: str, page: str, words: str) -> None:
        phone.go(f"{office.url}{person}/keepwell/edit")
        phone.type(f"#f-{page}", words)
        phone.tap("button[form=keepwell-form]")
        phone.see("main .prose", words)

    write(shares, "well", SHARED)
    phone.tap("a[href$='/keepwell/share']")
    phone.tap("button[form=share-form]")
    phone.see(".error-summary")
    phone.tap("#share-form label")
    phone.tap("button[form=share-form]")
    phone.see("form[action$='/unshare']")
    write(shares, "after", LATER)
    write(alone, "well", ALONE)
    phone.go(f"{office.url}{alone}/keepwell/edit")
    phone.page.evaluate(TYPED_THEN_DROPPED, LAST_MOMENT)
    phone.see("nav.tabs .tab[aria-current]", "Today")
    phone.go(f"{office.url}{alone}/keepwell")
    phone.see("main .prose", ALONE)
    assert phone.count("a[href$='/keepwell/edit']") == 1, "an unfinished one came back"

    office.start()
    steps.receive(phone, office.url)
    person, other = (one.replace("/app/", "/dashboard/") for one in (shares, alone))
    seen = "".join(_read(office, steps.account(office.facts, "supervisor"), person, other))
    assert [words for words in (SHARED, LATER, ALONE, LAST_MOMENT) if words in seen] == [SHARED]
    assert "canary" not in "".join(_read(office, _specialists(office)[1], person, other))
