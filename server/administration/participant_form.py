"""The form of a participant: reading it, showing it, and the assignments beside it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final, cast

import msgspec
from litestar import Response

from server.administration.participant_details import detail_options, details_typed, with_details
from server.administration.people_form import NAME_LIMIT, name_problems
from server.auth.access import Access
from server.auth.forms import Form, Problem, errors_by_field
from server.auth.frame import page, text
from server.auth.sessions import Member
from server.responses import AnyRequest
from server.storage import accounts, participants, sites
from server.storage.ids import new_id
from server.storage.participants import Participant
from server.storage.port import OfficeChange
from sync.ids import specialist_bucket
from sync.records.participant import ParticipantFields

SEARCH_LIMIT: Final = 120
CODE_LIMIT: Final = 40
LANGUAGES: Final = ("", "en", "es")
STATUSES: Final = ("active", "closed")


async def fields_of(
    request: AnyRequest,
    access: Access,
    member: Member,
    form: Form,
    *,
    before: ParticipantFields,
    doc: str | None,
) -> ParticipantFields | list[Problem]:
    """`before` with what the form says; the problems instead. `doc`: None for a new participant."""
    name, code = form.line("name", NAME_LIMIT + 1), form.line("code", CODE_LIMIT + 1)
    problems = name_problems(request, name)
    async with access.storage.read() as rows:
        known = await participants.codes(rows, member.org) if code or form["merged_code"].strip() else {}
        places = {site.id for site in await sites.sites(rows, member.org)}
    if len(code) > CODE_LIMIT:
        problems.append(Problem("code", text(request, "administration.participants.code_long", n=CODE_LIMIT)))
    if known.get(code.casefold(), doc) != doc:
        problems.append(Problem("code", text(request, "administration.participants.code_taken")))
    if form["site"] and form["site"] not in places:
        problems.append(Problem("site", text(request, "administration.participants.site_gone")))
    other = known.get(form.line("merged_code", CODE_LIMIT).casefold()) if form["merged_code"].strip() else ""
    if other is None or (other and other == doc):
        problems.append(Problem("merged_code", text(request, "administration.participants.merged_missing")))
    if problems:
        return problems
    detailed = with_details(request, form, before, _today(access.now())) if "programs" in tuple(form) else before
    if isinstance(detailed, list):
        return detailed
    language = form["language"] if form["language"] in LANGUAGES else ""
    status = "closed" if other else form["status"] if form["status"] in STATUSES else before.status
    merged = other or before.merged_into if status == "closed" else None
    return msgspec.structs.replace(
        detailed, name=name, code=code, pronouns=form.line("pronouns", CODE_LIMIT), site=form["site"] or None,
        language=cast("Any", language), status=cast("Any", status), merged_into=merged,
    )  # fmt: skip


def _today(now: int) -> str:
    return datetime.fromtimestamp(now / 1000, UTC).date().isoformat()


def typed(fields: ParticipantFields) -> Form:
    """The record as the form shows it."""
    return Form({
        "name": fields.name, "code": fields.code, "pronouns": fields.pronouns, "site": fields.site or "",
        "language": fields.language, "status": fields.status, **details_typed(fields),
    })  # fmt: skip


def new_assignment(access: Access, specialist: str, participant: str) -> OfficeChange:
    """Puts a participant on a specialist's caseload from now on; both by their ids."""
    fields = {"specialist": specialist, "participant": participant}
    return OfficeChange("create", "assignment", new_id(access.now()), specialist_bucket(specialist), fields)


async def form_page(
    request: AnyRequest,
    access: Access,
    member: Member,
    form: Form,
    problems: list[Problem],
    *,
    participant: Participant | None = None,
) -> Response[Any]:
    """The form, and for a participant who exists the assignments in force."""
    async with access.storage.read() as rows:
        places = await sites.sites(rows, member.org)
        staff = await accounts.specialists(rows, member.org)
        held = await participants.assignments(rows, member.org, participant.id) if participant else []
    taken = {assignment.specialist for assignment in held}
    view = {
        "form": form, "problems": problems, "errors": errors_by_field(problems), "participant": participant,
        "sites": [{"value": place.id, "text": place.fields.name} for place in places],
        "specialists": [{"value": person, "text": name} for person, name, _ in staff if person not in taken],
        "languages": [{"value": c, "text": text(request, f"administration.language.{c}")} for c in LANGUAGES if c],
        "statuses": [{"value": s, "text": text(request, f"administration.participants.{s}")} for s in STATUSES],
        "assignments": held,
        **detail_options(request),
        "action": f"/administration/participants/{participant.id if participant else 'new'}",
    }  # fmt: skip
    return page(request, "administration/participant.html", view, 422 if problems else 200)
