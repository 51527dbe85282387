"""The three engines of the phones that people carry, by name."""

from __future__ import annotations

from tests.support import proof
from tests.support.firefox import Firefox
from tests.support.webdriver import WebDriver
from tests.support.webkit import WebKit

DRIVEN: dict[str, type[WebDriver]] = {"firefox": Firefox, "webkit": WebKit}
ENGINES = ["chromium", *DRIVEN]


def in_proof() -> list[str]:
    """All three when the full figures are asked for, Chromium in every run."""
    return ENGINES if proof.IS_PROOF else ENGINES[:1]
