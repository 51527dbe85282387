"""Opening the phone with a passkey, in a real Chromium with a virtual authenticator that has the PRF extension."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import CDPSession

from tests.journeys import looks, steps
from tests.journeys.chromium import Chromium
from tests.journeys.conftest import Browser
from tests.support.office import Office

ABLE = {
    "protocol": "ctap2", "ctap2Version": "ctap2_1", "transport": "internal", "hasResidentKey": True,
    "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


def authenticator(session: CDPSession, **more: bool) -> str:
    session.send("WebAuthn.enable")
    return str(session.send("WebAuthn.addVirtualAuthenticator", {"options": {**ABLE, **more}})["authenticatorId"])


def by_name(office: Office) -> dict[str, Any]:
    """A passkey belongs to a name; an address in numbers has none. Browsers take localhost for safe."""
    facts = {**office.facts, "enrolment": {**office.facts["enrolment"]}}
    facts["enrolment"]["link"] = facts["enrolment"]["link"].replace("127.0.0.1", "localhost")
    return facts


def lock(phone: Chromium) -> None:
    phone.tap("form[action='/app/lock'] button")
    phone.see("#f-passphrase")


def set_up(phone: Chromium, base: str, passphrase: str) -> None:
    phone.go(f"{base}/app/settings")
    phone.tap("a[href='/app/passkey']")
    phone.type("#f-passphrase", passphrase)
    phone.tap("form[data-passkey] button.primary")


def test_a_passkey_opens_the_phone_offline_and_another_one_does_not(office: Office, browser: Browser) -> None:
    """Set up; office gone; worker stopped; one touch opens. Without the user's check, with another authenticator, after a cold
    start: the passphrase, at once. Then taken off."""
    base = office.url.replace("127.0.0.1", "localhost")
    phone = browser("phone")
    session = phone.context.new_cdp_session(phone.page)
    own = authenticator(session, hasPrf=True)
    passphrase = steps.enrol(phone, by_name(office))
    set_up(phone, base, passphrase)
    phone.see(".notice.done", "A passkey is set up")
    assert looks.problems(phone, looks.LIGHT) == []

    office.stop()
    phone.go(f"{base}/app/")
    lock(phone)
    session.send("ServiceWorker.enable")
    session.send("ServiceWorker.stopAllWorkers")
    phone.go(f"{base}/app/people")
    assert looks.problems(phone, looks.LIGHT) == []
    phone.touches = 0
    phone.tap("form[data-passkey] button")
    phone.see("nav.tabs")
    assert phone.touches == 1
    assert phone.page.url == f"{base}/app/people"

    lock(phone)
    session.send("WebAuthn.setUserVerified", {"authenticatorId": own, "isUserVerified": False})
    phone.tap("form[data-passkey] button")
    phone.see("[data-passkey-failed]", "did not open this phone", seconds=90)
    assert phone.look("return document.activeElement?.id") == "f-passphrase"
    assert phone.count("nav.tabs") == 0

    session.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": own})
    phone.kill()
    phone = browser("phone")
    session = phone.context.new_cdp_session(phone.page)
    authenticator(session, hasPrf=True)
    phone.go(f"{base}/app/")
    phone.tap("form[data-passkey] button")
    phone.see("[data-passkey-failed]", "did not open this phone", seconds=90)
    steps.unlock(phone, passphrase)
    phone.go(f"{base}/app/passkey")
    phone.tap("form[action='/app/passkey/remove'] button")
    phone.see("form[data-passkey] button")
    phone.go(f"{base}/app/")
    lock(phone)
    assert phone.count("form[data-passkey]") == 0
    steps.unlock(phone, passphrase)


def test_a_phone_that_cannot_says_so(office: Office, browser: Browser) -> None:
    """An authenticator without PRF, then an address without a name: plain words, nothing changed, the passphrase stays."""
    base = office.url.replace("127.0.0.1", "localhost")
    phone = browser("phone")
    session = phone.context.new_cdp_session(phone.page)
    authenticator(session, hasPrf=False)
    passphrase = steps.enrol(phone, by_name(office))
    set_up(phone, base, passphrase)
    phone.see("[data-passkey-unable]", "cannot do this")
    phone.go(f"{base}/app/")
    lock(phone)
    assert phone.count("form[data-passkey]") == 0
    steps.unlock(phone, passphrase)
