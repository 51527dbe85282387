"""/administration/rules: how the organisation counts, what is paid, when notes are due. And the example profiles."""

from __future__ import annotations

from typing import Any, get_args

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from server.administration.deciding import differing
from server.administration.profiles import Profile, apply, preview, profiles
from server.administration.rules_form import (
    ONE_OF,
    SOME_OF,
    SWITCHES,
    Typed,
    read_rules,
    required_choices,
    typed,
)
from server.auth.access import Access
from server.auth.audit import Action
from server.auth.deciding import decide_and_note
from server.auth.forms import FORM_LIMIT_BYTES, Problem, errors_by_field, picked, posted
from server.auth.frame import language_of, page, text
from server.auth.guards import present
from server.auth.notice import STATEMENTS
from server.auth.sessions import Member
from server.responses import AnyRequest
from server.storage.organisation_settings import Settings, organisation_record
from server.storage.port import OfficeChange
from sync.ids import ORG_BUCKET
from sync.records.note import ContactKind, Mode, Setting
from sync.records.organisation import OrganisationFields

MONTHS = range(1, 13)


@get("/rules")
async def show(request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member]) -> Response[Any]:
    found = await _found(access, member)
    return _page(request, found.fields, typed(found.fields), [])


@post("/rules", status_code=200, request_max_body_size=FORM_LIMIT_BYTES)
async def save(request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member]) -> Response[Any]:
    """What is wrong is said and everything typed stays. Phones learn it at their next exchange."""
    told = Typed(await posted(request), await picked(request))
    found = await _found(access, member)
    fields = read_rules(request, told, found.fields)
    if isinstance(fields, list):
        return _page(request, found.fields, told, fields)
    await _keep(access, member, found, fields, "rules_changed")
    return _page(request, fields, typed(fields), [], done="saved")


@get("/rules/profiles/{name:str}")
async def show_profile(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member], name: FromPath[str]
) -> Response[Any]:
    """What taking a profile would change, what each value rests on, and what is unconfirmed."""
    found, profile = await _found(access, member), present(profiles().get(name))
    lang = language_of(request)
    lines = preview(found.fields, profile)
    view = {
        "profile": {"name": profile.name, "title": profile.title.in_(lang), "about": profile.about.in_(lang)},
        "checked_on": profile.checked_on,
        "lines": [
            {
                "name": text(request, f"rules.name.{line.rule.replace('.', '_').removeprefix('rules_')}"),
                "before": value_words(request, line.rule, line.before),
                "after": value_words(request, line.rule, line.after),
                "is_same": line.before == line.after,
                "source": line.source,
                "is_unconfirmed": line.unconfirmed,
            }
            for line in lines
        ],
        "unconfirmed": sum(line.unconfirmed for line in lines),
        "changes": sum(line.before != line.after for line in lines),
        "remarks": [
            {"text": one.words.in_(lang), "source": one.source, "is_unconfirmed": one.unconfirmed}
            for one in profile.remarks
        ],
    }
    return page(request, "administration/rules_profile.html", view)


@post("/rules/profiles/{name:str}", status_code=200)
async def take_profile(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member], name: FromPath[str]
) -> Response[Any]:
    """Take every value of a profile; each can be changed afterwards."""
    found, profile = await _found(access, member), present(profiles().get(name))
    fields = apply(found.fields, profile)
    await _keep(access, member, found, fields, "rules_profile")
    return _page(request, fields, typed(fields), [], done="profile")


def value_words(request: AnyRequest, rule: str, value: Any) -> str:
    """A rule's value as a reader knows it: words of the catalogue, numbers, yes and no."""
    last = rule.rpartition(".")[2]
    if isinstance(value, bool):
        return text(request, "rules.yes" if value else "rules.no")
    if isinstance(value, list):
        section = {"unpaid_settings": "note.setting.", "unpaid_kinds": "note.kind.", "unpaid_modes": "note.mode."}[last]
        return ", ".join(text(request, section + one) for one in value) or text(request, "rules.none")
    if isinstance(value, str):
        return text(request, f"rules.choice.{value}")
    if value == 0:
        return text(request, "rules.when_due" if last == "late_after_h" else "rules.no_limit")
    return text(request, "rules.number", n=value)


async def _found(access: Access, member: Member) -> Settings:
    async with access.storage.read() as rows:
        return present(await organisation_record(rows, member.org))


async def _keep(access: Access, member: Member, found: Settings, fields: OrganisationFields, action: Action) -> None:
    """Only what differs is patched, so nothing else can be overwritten."""
    if changed := differing(found.fields, fields):
        change = OfficeChange("patch", "organisation", found.doc, ORG_BUCKET, changed)
        await decide_and_note(access, member, [change], action, found.doc)


def _page(
    request: AnyRequest, fields: OrganisationFields, told: Typed, problems: list[Problem], *, done: str = ""
) -> Response[Any]:
    def worded(start: str, values: tuple[str, ...]) -> list[dict[str, str]]:
        return [{"value": value, "text": text(request, start + value)} for value in values]

    name = fields.rules.profile.partition("@")[0]
    current: Profile | None = profiles().get(name)
    lang = language_of(request)
    view = {
        "form": told.form,
        "many": {key: list(told.many.get(key, ())) for key in (*SOME_OF, *SWITCHES)},
        "problems": problems,
        "errors": errors_by_field(problems),
        "done": done,
        "current": current.title.in_(lang) if current else "",
        "profiles": [
            {"href": f"/administration/rules/profiles/{one.name}", "title": one.title.in_(lang),
             "about": one.about.in_(lang), "unconfirmed": sum(value.unconfirmed for value in one.values)}
            for one in profiles().values()
        ],
        "options": {field: worded("rules.choice.", known) for field, known in ONE_OF.items()},
        "settings": worded("note.setting.", get_args(Setting)),
        "kinds": worded("note.kind.", get_args(ContactKind)),
        "modes": worded("note.mode.", get_args(Mode)),
        "months": [{"value": str(n), "text": text(request, f"date.month.{n}")} for n in MONTHS],
        "required": [
            {**group, "values": list(told.many.get(f"required_{group['kind']}", ()))}
            for group in required_choices(request)
        ],
        "statements": [{"name": name, "text": words} for name, words in STATEMENTS.items()],
    }  # fmt: skip
    return page(request, "administration/rules.html", view, 422 if problems else 200)


handlers = [show, save, show_profile, take_profile]
