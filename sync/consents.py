"""In which state consents are. The phone's twin is web/pocket/consents.ts; both answer tests/vectors/consents.json.

A consent is good through its last day. Days are civil days at the organisation, compared as text.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal

from sync.records.consent import ConsentFields

ConsentState = Literal["none", "active", "expiring", "expired", "revoked"]


def state_of(consent: ConsentFields, today: str, warn_days: int) -> ConsentState:
    """State of one consent. `today`: YYYY-MM-DD; `warn_days` before its last day it counts as expiring."""
    if consent.revoked_on:
        return "revoked"
    last = consent.expires_on
    if (consent.event_on and consent.event_on <= today) or (last and last < today):
        return "expired"
    soon = (date.fromisoformat(today) + timedelta(days=warn_days)).isoformat()
    return "expiring" if last and last <= soon else "active"


def overall(consents: Sequence[ConsentFields], today: str, warn_days: int) -> ConsentState:
    """State for the person's card: the best that is in force, else how the last one ended."""
    states = [state_of(consent, today, warn_days) for consent in consents]
    for state in ("active", "expiring"):
        if state in states:
            return state
    ended = max(((_ended_on(consent), states[at]) for at, consent in enumerate(consents)), default=("", "none"))
    return ended[1]


def _ended_on(consent: ConsentFields) -> str:
    return consent.revoked_on or consent.event_on or consent.expires_on
