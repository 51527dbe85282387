"""Pictures of every screen, phone and desktop, light and dark, into var/screenshots. `make screenshots` runs it."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

from tests.journeys import screens, steps, trouble_screens
from tests.journeys.chromium import DESKTOP, PHONE, Chromium
from tests.journeys.going import Go
from tests.support.office import ROOT, Office

OUT = ROOT / "var" / "screenshots"


def _picture(browser: Chromium, kind: str, name: str, go: Go, base: str, *, whole: bool) -> str | None:
    for theme in ("light", "dark"):
        browser.page.emulate_media(color_scheme=theme)
        if theme == "light":
            try:
                go(browser.page, base)
            except (Error, AssertionError) as trouble:
                return f"{kind}-{name}: {str(trouble).splitlines()[0]}"
        browser.page.wait_for_timeout(250)
        browser.page.screenshot(path=OUT / f"{kind}-{name}-{theme}.png", full_page=whole, caret="initial")
    return None


def main() -> int:
    OUT.mkdir(parents=True, exist_ok=True)
    whole = "--whole" in sys.argv
    only = [word for word in sys.argv[1:] if not word.startswith("--")]
    troubles: list[str | None] = []
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        office = Office(Path(place))
        office.facts = office.demo()
        office.start()
        browsers = []
        try:
            if not only or "phone" in only:
                phone = Chromium(playwright, Path(place) / "phone", PHONE).start()
                browsers.append(phone)
                passphrase = steps.enrol(phone, office.facts)
                for name, go in screens.PHONE.items():
                    troubles.append(_picture(phone, "phone", name, go, office.url, whole=whole))
                del passphrase
                troubled = Chromium(playwright, Path(place) / "troubled", PHONE).start()
                desk = Chromium(playwright, Path(place) / "own-desk", DESKTOP).start()
                browsers += [troubled, desk]
                trouble_screens.enrolled(troubled, desk, office)
                for name, go in {**trouble_screens.OPEN, **trouble_screens.ENDED}.items():
                    troubles.append(_picture(troubled, "phone", name, go, office.url, whole=whole))
            if not only or "office" in only:
                for kind, size in (("office", DESKTOP), ("office-phone", PHONE)):
                    desk = Chromium(playwright, Path(place) / kind, size).start()
                    browsers.append(desk)
                    for name, go in screens.OFFICE_OUTSIDE.items():
                        troubles.append(_picture(desk, kind, name, go, office.url, whole=whole))
                    screens.signed_in(desk, office)
                    for name, go in screens.OFFICE.items():
                        troubles.append(_picture(desk, kind, name, go, office.url, whole=whole))
        finally:
            for browser in browsers:
                troubles += browser.troubles
                browser.close()
            office.stop()
    for trouble in filter(None, troubles):
        print(trouble, file=sys.stderr)
    print(f"{len(list(OUT.glob('*.png')))} pictures in {OUT.relative_to(ROOT)}")
    return 1 if any(troubles) else 0


if __name__ == "__main__":
    sys.exit(main())
