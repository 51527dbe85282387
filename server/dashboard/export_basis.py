"""Why something may leave: the legal bases, and whose notes each of them covers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from sync.consents import state_of
from sync.records.consent import ConsentFields


class Basis(msgspec.Struct, frozen=True):
    """`rule`: the regulation. `needs_consent`: only of people with a consent in force; "care": for payment too.

    `needs_reference`: the contract, order or request that it rests on has to be named. `needs_person`: for one person.
    """

    name: str
    rule: str
    needs_consent: str = ""
    needs_reference: bool = False
    needs_person: bool = False


BASES: Final[Mapping[str, Basis]] = {
    basis.name: basis
    for basis in (
        Basis("consent", "42 CFR 2.31", needs_consent="any", needs_person=True),
        Basis("payment", "42 CFR 2.33", needs_consent="care"),
        Basis("own_request", "42 CFR 2.23", needs_person=True),
        Basis("qso", "42 CFR 2.12(c)(4)", needs_reference=True),
        Basis("audit", "42 CFR 2.53", needs_reference=True),
        Basis("court_order", "42 CFR 2.61-2.67", needs_reference=True, needs_person=True),
        Basis("emergency", "42 CFR 2.51", needs_reference=True, needs_person=True),
    )
}
FIGURES: Final = "figures"  # numbers of many people, the small ones left out: nobody's record


def covers(basis: Basis, consents: Sequence[ConsentFields], today: str) -> bool:
    """Whether a participant's notes may leave on this basis. `today`: YYYY-MM-DD where the organisation is."""
    if not basis.needs_consent:
        return True
    in_force = [one for one in consents if state_of(one, today, 0) in ("active", "expiring")]
    return any(one.is_for_care or basis.needs_consent == "any" for one in in_force)
