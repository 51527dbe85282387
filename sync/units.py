"""Minutes to units, and which of them are paid, by the organisation's rules: docs/rules.md.

Twin of web/pocket/units.ts: tests/vectors/units.json holds for both. Units are counted in hundredths within, because
`exact` has two decimals and sums of floats have more.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final, Literal

import msgspec

from sync.records.rules import Billing, UnitRule, Unpaid

_EPOCH: Final = date(1970, 1, 1)
_WHOLE: Final = 100


class Contact(msgspec.Struct, frozen=True, gc=False):
    """What counting has to know of a note. `day`: days since 1970 where it was, of its beginning.

    `is_site_paid`: None away from every site. `group_size`: people there, 0 where nobody counted.
    """

    doc: str
    person: str
    specialist: str
    started_at: int
    ended_at: int
    day: int
    kind: str = "one_on_one"
    setting: str = "community"
    mode: str = "in_person"
    is_site_paid: bool | None = None
    has_goal: bool = False
    group_size: int = 0
    is_volunteer: bool = False
    is_transport_only: bool = False


class Counted(msgspec.Struct, frozen=True, gc=False):
    """A contact by the rules. `units`: rounded alone, or what it adds to the person's day; `paid`: how many of them.

    `unpaid`: why not all of them are, or "". `earlier`: contacts of that person earlier on the day that count with it;
    `day_minutes`, `day_units`, `period_units`: the day and the period up to it, itself included; 0 where it counts for
    nothing.
    """

    minutes: int
    units: float
    paid: float
    unpaid: Unpaid | Literal[""] = ""
    earlier: int = 0
    day_minutes: int = 0
    day_units: float = 0
    period_units: float = 0


class _Day:
    """What a person's day has come to."""

    def __init__(self) -> None:
        self.contacts = self.minutes = self.made = self.paid = 0
        self.short: list[str] = []


def contact_of(  # noqa: PLR0917 - a note, and what it does not say itself
    doc: str,
    author: str,
    fields: Mapping[str, Any],
    day: int,
    is_site_paid: bool | None,
    group_size: int = 0,
    *,
    is_volunteer: bool = False,
) -> Contact:
    """A note's fields as counting sees them. `group_size` matters to groups alone."""
    answers = fields.get("answers") or {}
    return Contact(
        doc=doc,
        person=fields["participant"],
        specialist=author,
        started_at=fields["started_at"],
        ended_at=fields["ended_at"],
        day=day,
        kind=fields["contact_kind"],
        setting=fields["setting"],
        mode=fields["mode"],
        is_site_paid=is_site_paid,
        has_goal=bool(fields.get("goals")),
        group_size=group_size if fields["contact_kind"] == "group" else 0,
        is_volunteer=is_volunteer,
        is_transport_only=answers.get("transport_only") is True,
    )


def minutes(started_at: int, ended_at: int) -> int:
    """Whole minutes of a contact; begun minutes do not count."""
    return (ended_at - started_at) // 60_000


def units(length_min: int, rule: UnitRule) -> float:
    """Units of one length. Whole for every rounding but `exact`, which gives two decimals, half up.

    `midpoint8` counts a unit from its middle on: floor((minutes + 7) / 15) for units of 15 minutes.
    """
    return _shown(_hundredths(length_min, rule))


def count(contacts: Iterable[Contact], rule: UnitRule, billing: Billing) -> dict[str, Counted]:
    """Every contact of one person, by doc. Earlier contacts come first to whatever limit there is.

    One that was too short is so no more once a later one has made a unit with it.
    """
    days: dict[int, _Day] = {}
    paid_on: list[tuple[int, int]] = []
    seen: set[tuple[str, int, int]] = set()
    found: dict[str, Counted] = {}
    for one in sorted(contacts, key=lambda one: (one.started_at, one.doc)):
        why = _never_paid(one, billing) or ("duplicate" if _identity(one) in seen else "")
        seen.add(_identity(one))
        if why:
            length = minutes(one.started_at, one.ended_at)
            found[one.doc] = Counted(length, units(length, rule), 0, why)
        else:
            found[one.doc] = _counted(one, rule, days.setdefault(one.day, _Day()), paid_on)
            if found[one.doc].units:
                short = [doc for doc in days[one.day].short if rule.aggregate == "per_person_day"]
                found |= {doc: msgspec.structs.replace(found[doc], unpaid="") for doc in short}
    return found


def first_day(day: int, rule: UnitRule) -> int | None:
    """From which day on contacts matter to one of `day`; None: all there ever were."""
    if not rule.max_per_period or rule.period == "none":
        return day
    return None if rule.period == "rolling_months" else min(day, period_start(day, rule))


def _counted(one: Contact, rule: UnitRule, day: _Day, paid_on: list[tuple[int, int]]) -> Counted:
    length, is_alone, earlier = minutes(one.started_at, one.ended_at), rule.aggregate == "per_contact", day.contacts
    day.contacts += 1
    day.minutes += length
    made = _above_least(length, rule) if is_alone else _above_least(day.minutes, rule) - day.made
    day.made += made
    why: Unpaid | Literal[""] = "under_min_minutes" if not day.made or (is_alone and not made) else ""
    if why:
        day.short.append(one.doc)
    in_day = min(made, max(0, rule.max_per_day * _WHOLE - day.paid)) if rule.max_per_day else made
    used = _paid_before(one.day, rule, paid_on)
    has_limit = rule.period != "none" and rule.max_per_period > 0
    paid = min(in_day, max(0, rule.max_per_period * _WHOLE - used)) if has_limit else in_day
    day.paid += paid
    paid_on.append((one.day, paid))
    return Counted(
        minutes=length,
        units=_shown(made),
        paid=_shown(paid),
        unpaid=rule.past_period if paid < in_day else rule.past_day if in_day < made else why,
        earlier=earlier,
        day_minutes=day.minutes,
        day_units=_shown(day.made),
        period_units=0 if rule.period == "none" else _shown(used + made),
    )


def _paid_before(day: int, rule: UnitRule, paid_on: list[tuple[int, int]]) -> int:
    """Hundredths of units paid so far in the period that ends with `day`."""
    if rule.period == "none":
        return 0
    start = period_start(day, rule)
    return sum(paid for on, paid in paid_on if start <= on <= day)


def _never_paid(one: Contact, billing: Billing) -> Unpaid | Literal[""]:  # noqa: PLR0911 - one line a reason
    """Why this contact is not paid whatever its minutes; the first reason that holds."""
    if one.kind in billing.unpaid_kinds:
        return "outreach" if one.kind == "outreach" else "kind"
    if one.is_site_paid is False or (one.is_site_paid is None and one.setting in billing.unpaid_settings):
        return "place"
    if one.mode in billing.unpaid_modes:
        return "mode"
    if one.is_volunteer and not billing.is_volunteer_paid:
        return "volunteer"
    if one.is_transport_only and not billing.is_transport_paid:
        return "transport_only"
    if billing.group_max and one.group_size > billing.group_max:
        return "group_over_cap"
    return "no_goal" if billing.is_goal_needed and not one.has_goal else ""


def _identity(one: Contact) -> tuple[str, int, int]:
    return (one.specialist, one.started_at, one.ended_at)


def _above_least(length_min: int, rule: UnitRule) -> int:
    return _hundredths(length_min, rule) if length_min >= rule.min_minutes else 0


def _hundredths(length_min: int, rule: UnitRule) -> int:
    unit = rule.unit_minutes
    match rule.rounding:
        case "midpoint8":
            return (length_min + unit // 2) // unit * _WHOLE
        case "floor":
            return length_min // unit * _WHOLE
        case "ceil":
            return -(-length_min // unit) * _WHOLE
        case "exact":
            return (length_min * 2 * _WHOLE + unit) // (2 * unit)


def _shown(hundredths: int) -> float:
    return hundredths // _WHOLE if hundredths % _WHOLE == 0 else hundredths / _WHOLE


def period_start(day: int, rule: UnitRule) -> int:
    """First day of the period that `day` lies in; of a rolling one the day after the same date, so many months ago."""
    on = _EPOCH + timedelta(days=day)
    if rule.period == "calendar_year":
        start = date(on.year, 1, 1)
    elif rule.period == "fiscal_year":
        start = date(on.year - (on.month < rule.fiscal_month), rule.fiscal_month, 1)
    else:
        year, month = divmod(on.year * 12 + on.month - 1 - rule.rolling_months, 12)
        last = calendar.monthrange(year, month + 1)[1]
        start = date(year, month + 1, min(on.day, last)) + timedelta(days=1)
    return (start - _EPOCH).days


def total(counted: Sequence[Counted]) -> tuple[float, float]:
    """Units made and units paid of several contacts."""
    made = sum(round(one.units * _WHOLE) for one in counted)
    return _shown(made), _shown(sum(round(one.paid * _WHOLE) for one in counted))
