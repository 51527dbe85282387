"""The whole browser is killed while somebody types on without a pause: at most the last second of typing is gone."""

from __future__ import annotations

import random
import statistics
import string
import time

import pytest

from tests.journeys import steps
from tests.journeys.conftest import Browser
from tests.journeys.engines import ENGINES
from tests.support.office import Office
from tests.support.proof import often, tell

MOST_MS = 1000
ROUNDS = {"chromium": (12, 200), "firefox": (3, 20), "webkit": (3, 20)}
FIELD = "#f-said"


def _type_on(phone: steps.Phone, seconds: float, dice: random.Random) -> list[tuple[str, float]]:
    """Keys as a quick typist presses them, each with the moment it had been pressed."""
    pressed, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        key = dice.choice(string.ascii_lowercase + " ")
        phone.keys(key)
        pressed.append((key, time.monotonic()))
        time.sleep(dice.uniform(0.02, 0.1))
    return pressed


def _lost_ms(pressed: list[tuple[str, float]], restored: str, killed: float) -> float:
    """Age, at the kill, of the oldest key that is not there any more; what is there is what was typed, in its order."""
    typed = "".join(key for key, _ in pressed)
    assert typed.startswith(restored), (typed, restored)
    return (killed - pressed[len(restored)][1]) * 1000 if len(restored) < len(typed) else 0.0


@pytest.mark.parametrize("engine", ENGINES)
def test_a_kill_while_typing_costs_at_most_a_second_of_text(office: Office, browser: Browser, engine: str) -> None:
    """SIGKILL at a random moment, again and again in one draft that grows; no office, cold start, unlock, compare."""
    dice = random.Random(1935)
    phone = browser("phone", engine=engine)
    passphrase = steps.enrol(phone, office.facts)
    office.stop()
    phone.go(f"{office.url}/app/")
    steps.begin(phone)
    draft, kept, losses = phone.look("return location.pathname"), "", []
    phone.tap(FIELD)
    for _ in range(often(*ROUNDS[engine])):
        pressed = _type_on(phone, dice.uniform(0.3, 2.5), dice)
        killed = time.monotonic()
        phone.kill()
        phone.start()
        phone.go(f"{office.url}{draft}")
        if phone.count("#f-passphrase"):
            steps.unlock(phone, passphrase, seen="h1")
        if phone.count(FIELD) == 0:  # killed before anything of a new draft was kept
            phone.go(f"{office.url}/app/")
            steps.begin(phone)
            draft = phone.look("return location.pathname")
        restored = phone.value(FIELD)
        assert restored.startswith(kept)
        losses.append(_lost_ms(pressed, restored[len(kept) :], killed))
        kept = restored
        phone.tap(FIELD)
        phone.look("const field = document.activeElement; field.setSelectionRange(field.value.length, field.value.length)")
    tell(f"kill while typing, {engine}", kills=len(losses), median_ms=round(statistics.median(losses)), most_ms=round(max(losses)))
    assert max(losses) <= MOST_MS, sorted(losses)
