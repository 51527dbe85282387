"""Values that were put aside when two people changed the same thing: side by side, until somebody settles it.

Prose is never put together by a machine: one of the versions stands, whole. A signed note changes no word any more;
what was put aside there is settled by saying that it has been read.
"""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from server.auth import audit
from server.auth.access import Access
from server.auth.deciding import NotTaken, decide_and_note
from server.auth.forms import Form, posted
from server.auth.guards import present
from server.auth.sessions import Member
from server.dashboard.change_view import PRIVATE
from server.dashboard.scene import Scene, look
from server.dashboard.shown import shown
from server.dashboard.waiting import waiting
from server.dashboard.wording import field_name, value_words
from server.responses import AnyRequest
from server.storage import attention
from server.storage.port import OfficeChange, Rows
from server.storage.records import record_by_doc
from server.templating.edits import edits
from sync.merge import read
from sync.records import KINDS
from sync.state import Record


@get("/kept")
async def listing(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member]
) -> Response[Any]:
    """Every record with two versions, the oldest first."""
    async with access.storage.read() as rows:
        scene = await look(request, access, member, rows)
        waits = await waiting(rows, scene)
        found = await attention.kept_aside(rows, member.org)
    return shown(request, scene, waits, "dashboard/kept_list.html", {"rows": [_row(scene, one) for one in found]})


@get("/kept/{doc:str}")
async def show(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member], doc: FromPath[str]
) -> Response[Any]:
    return await _shown(request, access, member, doc)


@post("/kept/{doc:str}", status_code=200)
async def settle(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member], doc: FromPath[str]
) -> Response[Any]:
    """`choice` names a value by its position, or 'standing'; `seen`, the record's position that the page showed."""
    form = await posted(request)
    async with access.storage.read() as rows:
        record = present(await _record(rows, member, doc))
    if form["seen"] != str(record.seq):
        return await _shown(request, access, member, doc, problem="moved")
    change = _choice(record, member, form)
    if change is None:
        return await _shown(request, access, member, doc, problem="choice")
    try:
        await decide_and_note(access, member, [change], "kept_settled", doc, detail=form["field"][:40])
    except NotTaken:
        return await _shown(request, access, member, doc, problem="not_settled")
    async with access.storage.read() as rows:
        left = await _record(rows, member, doc)
    return Redirect(f"/dashboard/kept/{doc}" if left else "/dashboard", status_code=303)


def _choice(record: Record, member: Member, form: Form) -> OfficeChange | None:
    """The patch that makes the chosen version stand; None for a choice that is not offered."""
    field = form["field"]
    values = {str(one.seq): one.value for one in record.kept if one.field == field}
    if not values or not _may_settle(record, member):
        return None
    if record.state == "signed":
        values.clear()
    values["standing"] = read(record.fields, field)
    if form["choice"] not in values:
        return None
    outer, _, inner = field.partition(".")
    value = values[form["choice"]]
    fields = {outer: {inner: value}} if inner else {outer: value}
    return OfficeChange("patch", record.type, record.doc, record.bucket, fields, base=record.seq)


def _may_settle(record: Record, member: Member) -> bool:
    return member.role in KINDS[record.type].patchers


async def _record(rows: Rows, member: Member, doc: str) -> Record | None:
    """A record with something to settle. Drafts and private pages are their author's alone."""
    record = await record_by_doc(rows, member.org, doc)
    return record if record and record.kept and record.type not in PRIVATE else None


async def _shown(
    request: AnyRequest, access: Access, member: Member, doc: str, *, problem: str = ""
) -> Response[Any]:
    async with access.storage.read() as rows:
        scene = await look(request, access, member, rows)
        record = present(await _record(rows, member, doc))
        waits = await waiting(rows, scene)
    await audit.note_read(access, member, doc, record.type)
    view = {
        "doc": doc,
        "seen": str(record.seq),
        "title": _title(scene, record),
        "noun": record.type,
        "is_signed": record.state == "signed",
        "may_settle": _may_settle(record, member),
        "record_zone": str(record.fields.get("zone") or scene.zone),
        "fields": [_field_view(scene, record, field) for field in dict.fromkeys(one.field for one in record.kept)],
        "problems": [{"field": "", "text": scene.text(f"dashboard.problem.kept.{problem}")}] if problem else [],
    }
    return shown(request, scene, waits, "dashboard/kept.html", view)


def _title(scene: Scene, record: Record) -> str:
    if record.type == "participant":
        return str(record.fields.get("name", ""))
    named = record.fields.get("name")
    return str(named) if named else scene.person_name(record.fields.get("participant"))


def _field_view(scene: Scene, record: Record, field: str) -> dict[str, Any]:
    zone, form = (str(record.fields.get(name) or "") for name in ("zone", "form"))
    version = record.version(field)

    standing = value_words(scene, field, read(record.fields, field), zone, form)
    others = [(one, value_words(scene, field, one.value, zone, form)) for one in record.kept if one.field == field]

    def told(text: str, other: str, by: str, at: int) -> dict[str, Any]:
        own = [piece for piece in edits(text, other or text) if piece.kind != "in"]
        return {"pieces": own, "by": scene.names.get(by, ""), "at": at}

    return {
        "field": field,
        "name": field_name(scene, field, form),
        "standing": told(standing, others[0][1] if len(others) == 1 else "", version.by, version.at),
        "others": [told(text, standing, one.by, one.at) | {"seq": str(one.seq)} for one, text in others],
    }


def _row(scene: Scene, one: attention.KeptAside) -> dict[str, Any]:
    return {
        "doc": one.doc,
        "about": scene.person_name(one.participant) if one.participant else one.name,
        "noun": one.type,
        "fields": [field_name(scene, field, one.form) for field in one.fields],
        "people": list(filter(None, (scene.names.get(by, "") for by in one.people))),
        "at": one.at,
    }
