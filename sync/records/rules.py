"""An organisation's rules as data: how minutes become units, what is paid, when notes are due, who co-signs.

Every number here differs by state and payer, so none of them is a constant anywhere else: docs/rules.md tells what each
means. A phone that gets a record without one of them uses the default below (web/build writes them out for it).
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec

from sync.records.note import ContactKind, Mode, Setting

Rounding = Literal["midpoint8", "floor", "ceil", "exact"]
Aggregate = Literal["per_contact", "per_person_day"]
Period = Literal["none", "calendar_year", "fiscal_year", "rolling_months"]
Past = Literal["over_cap", "no_auth"]
CosignWho = Literal["none", "all", "sample", "provisional", "crisis_only"]
Statement = Literal["full", "short"]
Unpaid = Literal[
    "place", "kind", "mode", "over_cap", "no_goal", "no_auth", "under_min_minutes", "volunteer", "outreach",
    "transport_only", "duplicate", "group_over_cap",
]  # fmt: skip
RequiredKey = Annotated[str, msgspec.Meta(pattern=r"^[a-z_]{1,40}$")]
Hours = Annotated[int, msgspec.Meta(ge=1, le=720)]

EVERY_KIND: Final = "every"
CORE_ASKED: Final = ("support", "goals")
"""Fields of a note's core that an organisation may require; any other key is one of a form."""


class UnitRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How minutes become units, and how many of them are paid for one person. A limit of 0 is no limit.

    `midpoint8` counts a unit from its middle on: floor((minutes + 7) / 15) for 15-minute units. `aggregate`: round each
    contact, or the minutes of a person's whole day. `min_minutes`: less than this makes no unit. `past_day`,
    `past_period`: why units beyond the limit are not paid; "no_auth" where an approval would lift it. `fiscal_month`:
    the first month of a fiscal year. `rolling_months`: how many months back a rolling period reaches.
    """

    unit_minutes: Annotated[int, msgspec.Meta(ge=1, le=120)] = 15
    rounding: Rounding = "midpoint8"
    aggregate: Aggregate = "per_contact"
    min_minutes: Annotated[int, msgspec.Meta(ge=0, le=480)] = 0
    max_per_day: Annotated[int, msgspec.Meta(ge=0, le=1440)] = 0
    past_day: Past = "over_cap"
    period: Period = "none"
    max_per_period: Annotated[int, msgspec.Meta(ge=0, le=100_000)] = 0
    past_period: Past = "over_cap"
    fiscal_month: Annotated[int, msgspec.Meta(ge=1, le=12)] = 7
    rolling_months: Annotated[int, msgspec.Meta(ge=1, le=36)] = 6


class Billing(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What nobody pays, whatever its minutes. A site says itself whether it is paid; `unpaid_settings` is for the rest.

    `group_max`: people in a group beyond which it is not paid; 0: no limit.
    """

    unpaid_settings: tuple[Setting, ...] = ("jail", "prison")
    unpaid_kinds: tuple[ContactKind, ...] = ("attempt_no_show", "own_time")
    unpaid_modes: tuple[Mode, ...] = ()
    group_max: Annotated[int, msgspec.Meta(ge=0, le=500)] = 0
    is_goal_needed: bool = False
    is_volunteer_paid: bool = True
    is_transport_paid: bool = True


class Cosign(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Whose notes a supervisor co-signs. `percent`: how many of a hundred, for "sample"."""

    who: CosignWho = "none"
    percent: Annotated[int, msgspec.Meta(ge=1, le=100)] = 10


class Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Everything but the units. `profile`: the example it began from, "" for none.

    `crisis_due_h`: hours from service end until a note of a crisis is due (others: `note_due_h` of the organisation).
    `late_after_h`: hours from service end after which a note is called late; 0: as soon as it is due. `required`: kind
    of contact, or "every", to what its notes should also say before signing: a field of the note's core ("goals") or a
    key of its form ("went"). `retention_days`: how long a phone shows what was written; 0: no limit. `small_below`:
    numbers of people under this are not given away. `notice`: the organisation's words for 42 CFR 2.32 on every
    export; "" for the statement of the regulation that `notice_statement` names, (a)(1) or (a)(2).

    `consent_warn_days`: so many days before its last one a consent counts as expiring; 0: not before. `unseen_days`:
    a person without a contact for longer is on the supervisor's list. `review_days`: older notes leave the queue.
    `near_percent`: of a limit of units, from which on somebody is near it. `evening_h`: from this hour on a phone asks
    its specialist how the day was; `debrief_h`: so many hours after a hard contact it offers a hand.
    """

    profile: Annotated[str, msgspec.Meta(pattern=r"^([a-z_]{1,40}@[0-9]{1,4})?$")] = ""
    crisis_due_h: Hours = 12
    late_after_h: Annotated[int, msgspec.Meta(ge=0, le=720)] = 0
    required: Annotated[
        dict[ContactKind | Literal["every"], Annotated[tuple[RequiredKey, ...], msgspec.Meta(max_length=30)]],
        msgspec.Meta(max_length=20),
    ] = {}
    cosign: Cosign = Cosign()
    billing: Billing = Billing()
    retention_days: Annotated[int, msgspec.Meta(ge=0, le=3650)] = 0
    small_below: Annotated[int, msgspec.Meta(ge=2, le=100)] = 11
    notice: Annotated[str, msgspec.Meta(max_length=2000)] = ""
    notice_statement: Statement = "full"
    consent_warn_days: Annotated[int, msgspec.Meta(ge=0, le=365)] = 30
    unseen_days: Annotated[int, msgspec.Meta(ge=1, le=365)] = 21
    review_days: Annotated[int, msgspec.Meta(ge=7, le=366)] = 60
    near_percent: Annotated[int, msgspec.Meta(ge=50, le=100)] = 80
    evening_h: Annotated[int, msgspec.Meta(ge=12, le=23)] = 17
    debrief_h: Annotated[int, msgspec.Meta(ge=1, le=168)] = 48


def also_asked(rules: Rules, kind: str) -> list[str]:
    """What the organisation asks of a note of this kind beyond its form, as `sync.forms.missing` takes it."""
    asked = [key for at in (EVERY_KIND, kind) for name, keys in rules.required.items() if name == at for key in keys]
    return [key if key in CORE_ASKED else f"answers.{key}" for key in dict.fromkeys(asked)]
