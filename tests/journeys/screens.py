"""Every screen by name, and how to get there: the list that the pictures and the access checks share."""

from __future__ import annotations

from typing import Any

from tests.journeys import day_screens, many_screens, office_screens, person_screens, steps
from tests.journeys.chromium import Chromium
from tests.journeys.going import Go
from tests.journeys.office_trouble import make_trouble
from tests.support.office import Office

PHONE: dict[str, Go] = {**day_screens.DAY, **many_screens.MANY, **person_screens.OF_PERSON, **day_screens.LOCKED}
"""In this order: what one screen leaves behind, a later one shows. The locked phone comes last."""
OFFICE = office_screens.OFFICE
OFFICE_OUTSIDE = office_screens.OUTSIDE
SUPERVISED = office_screens.SUPERVISED


def enrolled(phone: Chromium, office: Office) -> str:
    """An enrolled, unlocked phone; its passphrase."""
    return steps.enrol(phone, office.facts)


def signed_in(browser: Chromium, office: Office, role: str = "administrator") -> None:
    """A session, an administrator's sees nearly every office screen, in an office with trouble to show."""
    make_trouble(office)
    facts: dict[str, Any] = office.facts
    steps.sign_in(browser, office, steps.account(facts, role), "/sign-in")
