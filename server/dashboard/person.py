"""One person as the office may see them: how to reach them, their plan, what they consented to, what they share.

Pages that they did not share are not asked for: no query of the office reads them.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from server.auth.access import Access
from server.auth.audit import note_read
from server.auth.guards import present
from server.auth.sessions import Member
from server.dashboard.scene import Scene, look
from server.dashboard.shown import shown
from server.dashboard.units import person_view
from server.dashboard.waiting import waiting
from server.responses import AnyRequest
from server.storage import participants, person_records
from server.storage.port import Rows
from server.templating.consent_view import consent_view, signature_view
from server.templating.environment import render
from server.templating.plan_view import plan_view
from sync.consents import overall, state_of
from sync.ids import participant_bucket
from sync.records.consent import ConsentFields
from sync.records.keepwell import PAGES
from sync.records.keepwell_copy import KeepwellCopyFields
from sync.records.participant import is_part2
from sync.records.plan import PlanFields

HTML: Final = "text/html; charset=utf-8"


@get("/people/{participant:str}")
async def show(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member], participant: FromPath[str]
) -> Response[Any]:
    """Reading is noted before the page is shown."""
    async with access.storage.read() as rows:
        scene = await look(request, access, member, rows)
        found = present(await participants.participant(rows, member.org, participant))
        view = await _person(rows, scene, found)
        waits = await waiting(rows, scene)
    await note_read(access, member, participant, "participant")
    return shown(request, scene, waits, "dashboard/person.html", view)


@get("/consents/{doc:str}")
async def consent(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member], doc: FromPath[str]
) -> Response[Any]:
    """A copy to read or print, in either language (`?in=es`)."""
    async with access.storage.read() as rows:
        scene = await look(request, access, member, rows)
        found = present(await person_records.one(rows, member.org, doc, ConsentFields))
    await note_read(access, member, doc, "consent")
    shown_as = consent_view(found.fields, today_of(scene), scene.settings.rules.consent_warn_days)
    view = {"consent": shown_as, "signed": signature_view(found.fields)}
    return _paper(request, member, scene, "dashboard/consent.html", {**view, **_about(scene, found)})


@get("/plans/{doc:str}")
async def plan(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member], doc: FromPath[str]
) -> Response[Any]:
    """A signed version of a plan."""
    async with access.storage.read() as rows:
        scene = await look(request, access, member, rows)
        found = present(await person_records.one(rows, member.org, doc, PlanFields))
    await note_read(access, member, doc, "plan")
    view = {"plan": plan_view(found.fields), "signed": signature_view(found.fields)}
    return _paper(request, member, scene, "dashboard/plan.html", {**view, **_about(scene, found)})


def today_of(scene: Scene) -> str:
    """YYYY-MM-DD where the organisation is."""
    return (date(1970, 1, 1) + timedelta(days=scene.today)).isoformat()


async def _person(rows: Rows, scene: Scene, person: participants.Participant) -> dict[str, Any]:
    today, fields, warn_days = today_of(scene), person.fields, scene.settings.rules.consent_warn_days
    consents = await person_records.of_person(rows, scene.org, person.id, ConsentFields)
    plans = await person_records.of_person(rows, scene.org, person.id, PlanFields)
    copies = await person_records.of_person(rows, scene.org, person.id, KeepwellCopyFields)
    held = await participants.assignments(rows, scene.org, person.id)
    sums = await scene.units.current(rows, scene.settings)
    return {
        "id": person.id,
        "person": fields,
        "emergency": fields.emergency,
        "site": scene.site_name(fields.site),
        "units": person_view(scene, sums.people.get(participant_bucket(person.id), [])),
        "is_part2": is_part2(fields),
        "supporters": [one.name for one in held],
        "consent_state": overall([one.fields for one in consents], today, warn_days),
        "consents": [
            {"doc": one.doc, "state": state_of(one.fields, today, warn_days), "fields": one.fields} for one in consents
        ],
        "plan": plan_view(fields),
        "versions": [{"doc": one.doc, "signed": signature_view(one.fields)} for one in plans],
        "copies": [
            {
                "by": scene.names.get(one.author, ""),
                "on": one.fields.shared_on,
                "pages": [
                    {"key": f"keepwell.{name}", "text": text} for name in PAGES if (text := getattr(one.fields, name))
                ],
            }
            for one in copies
        ],
    }


def _about(scene: Scene, found: Any) -> dict[str, Any]:
    participant = found.fields.participant
    return {
        "doc": found.doc,
        "participant": participant,
        "name": scene.person_name(participant),
        "author": scene.names.get(found.author, ""),
        "organisation": scene.settings.name,
    }


def _paper(request: AnyRequest, member: Member, scene: Scene, template: str, view: dict[str, Any]) -> Response[Any]:
    """A page for paper: nothing around it, and in the language asked for."""
    asked = request.query_params.get("in", "")
    lang = "es" if asked == "es" else "en" if asked == "en" else scene.words.lang
    frame = {"theme": member.theme}
    words = {**scene.base_view(), **view, "frame": frame, "other": "en" if lang == "es" else "es"}
    return Response(render(template, words, lang), media_type=HTML)
