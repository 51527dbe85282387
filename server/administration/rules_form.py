"""What an administrator types of the rules, and what has to be put right. Field names are paths with `_` for `.`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, get_args

import msgspec

from server.auth.forms import Form, Problem
from server.auth.frame import language_of, text
from server.responses import AnyRequest
from server.storage.forms import forms
from sync.records.note import ContactKind, Mode, Setting
from sync.records.organisation import OrganisationFields
from sync.records.rules import (
    CORE_ASKED,
    EVERY_KIND,
    Aggregate,
    Billing,
    Cosign,
    CosignWho,
    Past,
    Period,
    Rounding,
    Rules,
    Statement,
    UnitRule,
)

Many = Mapping[str, Sequence[str]]
NUMBERS: Final = {
    "units_unit_minutes": (1, 120), "units_min_minutes": (0, 480), "units_max_per_day": (0, 1440),
    "units_max_per_period": (0, 100_000), "units_fiscal_month": (1, 12), "units_rolling_months": (1, 36),
    "billing_group_max": (0, 500), "note_due_h": (1, 720), "crisis_due_h": (1, 720), "late_after_h": (0, 720),
    "cosign_percent": (1, 100), "retention_days": (0, 3650), "small_below": (2, 100),
    "consent_warn_days": (0, 365), "unseen_days": (1, 365), "review_days": (7, 366), "near_percent": (50, 100),
    "evening_h": (12, 23), "debrief_h": (1, 168),
}  # fmt: skip
ONE_OF: Final[dict[str, tuple[str, ...]]] = {
    "units_rounding": get_args(Rounding), "units_aggregate": get_args(Aggregate), "units_past_day": get_args(Past),
    "units_period": get_args(Period), "units_past_period": get_args(Past), "cosign_who": get_args(CosignWho),
    "notice_statement": get_args(Statement),
}  # fmt: skip
SOME_OF: Final[dict[str, tuple[str, ...]]] = {
    "billing_unpaid_settings": get_args(Setting), "billing_unpaid_kinds": get_args(ContactKind),
    "billing_unpaid_modes": get_args(Mode),
}  # fmt: skip
SWITCHES: Final = ("billing_is_goal_needed", "billing_is_volunteer_paid", "billing_is_transport_paid")
OF_RULES: Final = tuple(name for name in NUMBERS if name in Rules.__struct_fields__)
NOTICE_LIMIT: Final = 2000
STORY: Final = ("said", "did", "went", "next")


class Typed(msgspec.Struct, frozen=True):
    """The form as it stands on the screen: single values, and the boxes that are ticked."""

    form: Form
    many: Many


def typed(fields: OrganisationFields) -> Typed:
    """The record as the form shows it."""
    rules = fields.rules
    whole = {
        **_named("units", fields.units), **_named("billing", rules.billing), **_named("cosign", rules.cosign),
        "note_due_h": fields.note_due_h, "notice": rules.notice,
        **{name: getattr(rules, name) for name in (*OF_RULES, "notice_statement")},
    }  # fmt: skip
    single = {name: str(whole[name]) for name in (*NUMBERS, *ONE_OF, "notice")}
    ticked = {name: list(whole[name]) for name in SOME_OF}
    switched = {name: ["yes"] if whole[name] else [] for name in SWITCHES}
    required = {f"required_{kind}": list(keys) for kind, keys in rules.required.items()}
    return Typed(Form(single), {**ticked, **switched, **required})


def read_rules(
    request: AnyRequest, told: Typed, before: OrganisationFields
) -> OrganisationFields | list[Problem]:
    """The rules as typed; the profile they began from stays named."""
    form, many, problems = told.form, told.many, list[Problem]()
    numbers = {name: _number(request, form, name, problems) for name in NUMBERS}
    words = {name: _one_of(request, form, name, problems) for name in ONE_OF}
    lists = {name: tuple(one for one in known if one in many.get(name, ())) for name, known in SOME_OF.items()}
    switches = {name: "yes" in many.get(name, ()) for name in SWITCHES}
    notice = form["notice"].strip()
    if len(notice) > NOTICE_LIMIT:
        problems.append(Problem("notice", text(request, "rules.problem.notice_long", n=NOTICE_LIMIT)))
    if words["units_period"] != "none" and not numbers["units_max_per_period"]:
        problems.append(Problem("units_max_per_period", text(request, "rules.problem.period_without")))
    if problems:
        return problems
    told_all = {**numbers, **words, **lists, **switches}
    rules = msgspec.structs.replace(
        before.rules,
        billing=_struct("billing", told_all, Billing),
        cosign=_struct("cosign", told_all, Cosign),
        required=_required(many),
        notice=notice,
        notice_statement=words["notice_statement"],
        **{name: numbers[name] for name in OF_RULES},
    )
    units = _struct("units", told_all, UnitRule)
    return msgspec.structs.replace(before, units=units, note_due_h=numbers["note_due_h"], rules=rules)


def required_choices(request: AnyRequest) -> list[dict[str, Any]]:
    """What a note may be asked to say, for every kind and for each: the core, then the newest form's own fields."""
    lang = language_of(request)
    newest = {form.name: form for form in sorted(forms().values(), key=lambda form: form.version)}
    core = [{"value": key, "text": text(request, f"note.field.{key}")} for key in CORE_ASKED]
    story = newest.get("one_on_one")
    shared = [
        {"value": key, "text": story.by_key[key].label.in_(lang)} for key in STORY if story and key in story.by_key
    ]
    groups = [{"kind": EVERY_KIND, "name": text(request, "rules.every_kind"), "options": core + shared}]
    for kind in get_args(ContactKind):
        if kind in newest:
            own = [{"value": field.key, "text": field.label.in_(lang)} for field in newest[kind].by_key.values()]
            groups.append({"kind": kind, "name": text(request, f"note.kind.{kind}"), "options": core + own})
    return groups


def _required(many: Many) -> dict[str, tuple[str, ...]]:
    kinds = (EVERY_KIND, *get_args(ContactKind))
    asked = {kind: tuple(dict.fromkeys(many.get(f"required_{kind}", ()))) for kind in kinds}
    known = {key for form in forms().values() for key in form.by_key} | set(CORE_ASKED)
    kept = {kind: tuple(key for key in keys if key in known) for kind, keys in asked.items()}
    return {kind: keys for kind, keys in kept.items() if keys}


def _named(part: str, rule: UnitRule | Billing | Cosign | Rules) -> dict[str, Any]:
    return {f"{part}_{name}": value for name, value in msgspec.structs.asdict(rule).items()}


def _struct(part: str, told: Mapping[str, Any], kind: type[Any]) -> Any:
    names = [field.name for field in msgspec.structs.fields(kind)]
    return kind(**{name: told[f"{part}_{name}"] for name in names})


def _number(request: AnyRequest, form: Form, field: str, problems: list[Problem]) -> int:
    least, most = NUMBERS[field]
    value = form[field].strip()
    if value.isascii() and value.isdecimal() and len(value) < 7 and least <= int(value) <= most:
        return int(value)
    message = text(request, "administration.organisation.number_wrong", least=least, most=most)
    problems.append(Problem(field, message))
    return least


def _one_of(request: AnyRequest, form: Form, field: str, problems: list[Problem]) -> str:
    known = ONE_OF[field]
    if form[field] not in known:
        problems.append(Problem(field, text(request, "rules.problem.choose")))
    return form[field]
