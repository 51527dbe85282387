"""Questions that show by the core of a note: the built style sheet alone shows and hides them, at the touch."""

from __future__ import annotations

from tests.journeys.conftest import Browser
from web.build.paths import BUILT

MARKUP = """<form class="note-form"><div class="asks"><fieldset class="field choices">
<input type="radio" name="place" value="site:1" id="site" checked>
<input type="radio" name="place" value="mode:phone" class="core-1" id="phone">
<input type="radio" name="place" value="other" id="other"></fieldset>
<div class="asked"><select name="place_other" id="list"><option value="setting:street">
<option value="setting:prison" class="core-2"><option value="mode:email" class="core-1"></select></div></div>
<input type="checkbox" name="support" id="support" class="core-4">
<p class="by-core-1">1</p><p class="by-core-2">2</p><p class="by-core-3">3</p><p class="by-core-4">4</p></form>"""


def test_a_touch_on_place_or_support_shows_and_hides_its_questions_with_no_answer_of_the_worker(browser: Browser) -> None:
    """Chips, the list of other places, several at once; a list that is left standing counts only while it is chosen."""
    page = browser("phone").page
    (sheet,) = BUILT.glob("phone.*.css")
    page.set_content(f"<style>{sheet.read_text('utf-8')}</style>{MARKUP}")

    def shown() -> str:
        return "".join(one.inner_text() for one in page.locator("p[class^=by-core]").all() if one.is_visible())

    seen = [shown()]
    page.check("#phone")
    seen.append(shown())
    page.check("#other")
    seen.append(shown())
    page.select_option("#list", "setting:prison")
    seen.append(shown())
    page.check("#support")
    seen.append(shown())
    page.check("#site")
    seen.append(shown())
    assert seen == ["", "1", "", "2", "24", "4"]
