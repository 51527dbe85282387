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


def _pictures(browser: Chromium, kind: str, places: dict[str, Go], base: str, *, whole: bool) -> list[str]:
    """Every place in both themes, each opened once. Those nobody could get to, and why."""
    missed = []
    last = None
    for name, go in places.items():
        browser.page.emulate_media(color_scheme="light")
        try:
            go(browser.page, base, last)
        except (Error, AssertionError) as trouble:
            missed.append(f"{kind}-{name}: {str(trouble).splitlines()[0]}")
            last = None
            continue
        last = go
        for theme in ("light", "dark"):
            browser.page.emulate_media(color_scheme=theme)
            browser.page.wait_for_timeout(250)
            browser.page.screenshot(path=OUT / f"{kind}-{name}-{theme}.png", full_page=whole, caret="initial")
    return missed


def main() -> int:
    OUT.mkdir(parents=True, exist_ok=True)
    whole = "--whole" in sys.argv
    only = [word for word in sys.argv[1:] if not word.startswith("--")]
    troubles: list[str] = []
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        office = Office(Path(place))
        office.facts = office.demo()
        office.start()
        browsers = []
        try:
            if not only or "phone" in only:
                phone = Chromium(playwright, Path(place) / "phone", PHONE).start()
                browsers.append(phone)
                steps.enrol(phone, office.facts)
                troubles += _pictures(phone, "phone", screens.PHONE, office.url, whole=whole)
                troubled = Chromium(playwright, Path(place) / "troubled", PHONE).start()
                desk = Chromium(playwright, Path(place) / "own-desk", DESKTOP).start()
                browsers += [troubled, desk]
                trouble_screens.enrolled(troubled, desk, office)
                office.stop()  # nothing heals before its picture is taken
                for places in (trouble_screens.OPEN, trouble_screens.ENDED):
                    troubles += _pictures(troubled, "phone", places, office.url, whole=whole)
                office.start()
            if not only or "office" in only:
                for kind, size in (("office", DESKTOP), ("office-phone", PHONE)):
                    desk = Chromium(playwright, Path(place) / kind, size).start()
                    browsers.append(desk)
                    troubles += _pictures(desk, kind, screens.OFFICE_OUTSIDE, office.url, whole=whole)
                    screens.signed_in(desk, office)
                    troubles += _pictures(desk, kind, screens.OFFICE, office.url, whole=whole)
        finally:
            for browser in browsers:
                troubles += browser.troubles
                browser.close()
            office.stop()
    for trouble in troubles:
        print(trouble, file=sys.stderr)
    print(f"{len(list(OUT.glob('*.png')))} pictures in {OUT.relative_to(ROOT)}")
    return 1 if troubles else 0


if __name__ == "__main__":
    sys.exit(main())
