"""The part of a participant's form that tells how to reach them: typed fields to the record's, and back."""

from __future__ import annotations

from typing import Any, Final, cast

import msgspec

from server.auth.forms import Form, Problem
from server.auth.frame import text
from server.responses import AnyRequest
from sync.records.participant import Emergency, ParticipantFields, Program

PREFERRED: Final = ("", "call", "text", "email", "letter", "in_person")
MESSAGE: Final = ("", "yes", "ask", "no")
PART2: Final = ("", "yes", "no")
SHORT_LIMIT: Final = 400
NAME_LIMIT: Final = 120
NUMBER_LIMIT: Final = 60
PROGRAMS_LIMIT: Final = 12


def details_typed(fields: ParticipantFields) -> dict[str, str]:
    """The details as their form shows them; programs one a line."""
    call = fields.emergency
    return {
        "is_alias": "yes" if fields.is_alias else "",
        "contact": fields.contact,
        "preferred": fields.preferred,
        "is_message_safe": fields.is_message_safe,
        "part2": fields.part2,
        "programs": "\n".join(one.name for one in fields.programs if not one.is_part2),
        "programs_part2": "\n".join(one.name for one in fields.programs if one.is_part2),
        "em_name": call.name if call else "",
        "em_relation": call.relation if call else "",
        "em_number": call.number if call else "",
        "em_agreed": "yes" if call and call.is_agreed else "",
    }


def with_details(
    request: AnyRequest, form: Form, fields: ParticipantFields, today: str
) -> ParticipantFields | list[Problem]:
    """`fields` with what the form says of reaching them; the problems instead. `today`: YYYY-MM-DD."""
    kinds = (("programs", False), ("programs_part2", True))
    names = [(line, is_part2) for field, is_part2 in kinds for line in _lines(form, field)]
    problems = [
        Problem(field, text(request, "form.error.too_long_short", limit=limit))
        for field, limit in (
            ("contact", SHORT_LIMIT), ("em_name", NAME_LIMIT), ("em_relation", NAME_LIMIT), ("em_number", NUMBER_LIMIT)
        )
        if len(form.line(field, limit + 1)) > limit
    ]  # fmt: skip
    if len(names) > PROGRAMS_LIMIT or any(len(name) > NAME_LIMIT for name, _ in names):
        problems.append(Problem("programs", text(request, "administration.participants.programs_many")))
    if not form["em_name"].strip() and form["em_number"].strip():
        problems.append(Problem("em_name", text(request, "person.error.number")))
    if problems:
        return problems
    return msgspec.structs.replace(
        fields,
        is_alias=form["is_alias"] == "yes",
        contact=form.line("contact", SHORT_LIMIT),
        preferred=cast("Any", _one_of(form["preferred"], PREFERRED)),
        is_message_safe=cast("Any", _one_of(form["is_message_safe"], MESSAGE)),
        part2=cast("Any", _one_of(form["part2"], PART2)),
        programs=[Program(name, is_part2) for name, is_part2 in names],
        emergency=_emergency(form, fields.emergency, today),
    )


def detail_options(request: AnyRequest) -> dict[str, list[dict[str, str]]]:
    """The choices of the form."""
    starts = (
        ("preferences", "person.preferred.", PREFERRED),
        ("message_safe", "phone.person.message.", MESSAGE),
        ("part2s", "person.part2.", PART2),
    )
    return {
        name: [{"value": value, "text": text(request, start + value)} for value in values if value]
        for name, start, values in starts
    }


def _emergency(form: Form, before: Emergency | None, today: str) -> Emergency | None:
    """The day of the yes stays as long as it is the same yes."""
    name = form.line("em_name", NAME_LIMIT)
    if not name:
        return None
    is_agreed = form["em_agreed"] == "yes"
    was_agreed = before is not None and before.is_agreed and before.name == name
    agreed_on = (before.agreed_on if before and was_agreed else today) if is_agreed else ""
    relation, number = form.line("em_relation", NAME_LIMIT), form.line("em_number", NUMBER_LIMIT)
    return Emergency(name, relation, number, is_agreed, agreed_on)


def _lines(form: Form, field: str) -> list[str]:
    return [" ".join(line.split()) for line in form[field].splitlines() if line.strip()]


def _one_of(value: str, known: tuple[str, ...]) -> str:
    return value if value in known else ""
