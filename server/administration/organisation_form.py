"""What an administrator types about the organisation, and what has to be put right in it."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from server.administration.people_form import NAME_LIMIT, name_problems
from server.administration.zones import ZONES
from server.auth.forms import Form, Problem
from server.auth.frame import text
from server.responses import AnyRequest
from sync.records.organisation import OnCall, OrganisationFields

ROWS: Final = 10
LINE_LIMIT: Final = 80
REMIND_MOST: Final = 730
REMIND_TIMES: Final = 6
_NUMBER: Final = re.compile(r"\+?[0-9 ().-]{3,30}")
_BOUNDS: Final = {"lock_after_s": (30, 3600), "lease_days": (0, 90)}


def typed(fields: OrganisationFields) -> Form:
    """The record as the form shows it."""
    shown = {
        "name": fields.name, "zone": fields.zone,
        **{name: str(getattr(fields, name)) for name in _BOUNDS},
        "remind_days": ", ".join(map(str, fields.remind_days)),
    }  # fmt: skip
    for row, line in enumerate(fields.on_call):
        shown |= {f"call_name_{row}": line.name, f"call_number_{row}": line.number}
    return Form(shown)


def read_organisation(
    request: AnyRequest, form: Form, before: OrganisationFields
) -> OrganisationFields | list[Problem]:
    """The record as typed; what the form does not show stays as it was."""
    name = form.line("name", NAME_LIMIT + 1)
    problems = name_problems(request, name)
    if form["zone"] not in ZONES and form["zone"] != before.zone:
        problems.append(Problem("zone", text(request, "administration.sites.zone_missing")))
    on_call = _on_call(request, form, problems)
    remind_days = _days(request, form, problems)
    numbers = {field: _number(request, form, field, problems) for field in _BOUNDS}
    if problems:
        return problems
    return msgspec.structs.replace(
        before, name=name, zone=form["zone"], on_call=on_call, remind_days=remind_days, **numbers
    )


def _on_call(request: AnyRequest, form: Form, problems: list[Problem]) -> list[OnCall]:
    """Rows that say anything, in order; a row that is empty falls out."""
    lines = []
    for row in range(ROWS):
        name, number = form.line(f"call_name_{row}", LINE_LIMIT), form.line(f"call_number_{row}", LINE_LIMIT)
        if not name and not number:
            continue
        if not name:
            problems.append(Problem(f"call_name_{row}", text(request, "administration.organisation.call_nameless")))
        if not _NUMBER.fullmatch(number):
            problems.append(Problem(f"call_number_{row}", text(request, "administration.organisation.call_wrong")))
        elif name:
            lines.append(OnCall(name, number))
    return lines


def _days(request: AnyRequest, form: Form, problems: list[Problem]) -> tuple[int, ...]:
    """Numbers of days, apart by commas or spaces, the longest first."""
    words = form["remind_days"].replace(",", " ").split()
    days = {int(word) for word in words if word.isdecimal() and len(word) < 4 and 1 <= int(word) <= REMIND_MOST}
    if len(words) > REMIND_TIMES or len(days) < len(set(words)):
        problems.append(Problem("remind_days", text(request, "moment.credential.remind_wrong", most=REMIND_MOST)))
    return tuple(sorted(days, reverse=True))


def _number(request: AnyRequest, form: Form, field: str, problems: list[Problem]) -> int:
    least, most = _BOUNDS[field]
    value = form[field].strip()
    if value.isdecimal() and len(value) < 6 and least <= int(value) <= most:
        return int(value)
    problems.append(Problem(field, text(request, "administration.organisation.number_wrong", least=least, most=most)))
    return least
