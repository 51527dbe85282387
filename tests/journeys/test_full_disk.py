"""The browser gives no more room: the screen says that nothing was kept, the words stay on it, and nothing is lost later."""

from __future__ import annotations

from tests.journeys import steps
from tests.journeys.conftest import Browser
from tests.support.office import Office

TEXT = "No room for this. "


def test_without_room_nothing_is_called_kept(office: Office, browser: Browser) -> None:
    """The quota is lowered before the app opens its store; typed, refused, said so; with room again, kept."""
    phone = browser("phone")
    passphrase = steps.enrol(phone, office.facts)
    office.stop()
    phone.kill()
    phone = browser("phone")
    quota = phone.context.new_cdp_session(phone.page)
    quota.send("Storage.overrideQuotaForOrigin", {"origin": office.url, "quotaSize": 1000})
    phone.go(f"{office.url}/app/")
    steps.unlock(phone, passphrase)
    steps.begin(phone)
    phone.type("#f-said", TEXT)
    phone.see(steps.KEPT, "NOT kept yet")
    phone.see_value("#f-said", TEXT)
    quota.send("Storage.overrideQuotaForOrigin", {"origin": office.url})
    phone.keys("Now there is.")
    phone.see(steps.KEPT, "Kept ")
    phone.go(str(phone.look("return location.href")))
    phone.see_value("#f-said", f"{TEXT}Now there is.")
