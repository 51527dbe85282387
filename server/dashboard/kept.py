"""Values that were put aside when two people changed the same thing: side by side, until somebody settles it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from server.auth.access import Access
from server.auth.audit import note_read
from server.auth.forms import posted
from server.auth.refusals import refusal_page
from server.auth.sessions import Member
from server.dashboard.scene import AnyRequest, Scene, look
from server.dashboard.shown import shown
from server.dashboard.waiting import field_name, waiting
from server.storage.port import OfficeChange
from server.storage.records import record_by_doc
from sync.merge import read
from sync.state import Record


@get("/kept/{doc:str}")
async def show(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member], doc: FromPath[str]
) -> Response[Any]:
    async with access.storage.read() as rows:
        scene = await look(request, access, member, rows)
        record = await record_by_doc(rows, member.org, doc)
        waits = await waiting(rows, scene)
    if record is None or not record.kept:
        return refusal_page(request, "gone", 404)
    await note_read(access, member, doc, record.type)
    participant = doc if record.type == "participant" else record.fields.get("participant")
    view = {
        "doc": doc,
        "person": scene.person_name(participant),
        "fields": [_field_view(scene, record, field) for field in dict.fromkeys(one.field for one in record.kept)],
    }
    return shown(request, scene, waits, "dashboard/kept.html", view)


@post("/kept/{doc:str}", status_code=200)
async def settle(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member], doc: FromPath[str]
) -> Response[Any]:
    """`choice` names the value by its position, or 'standing'; setting it settles the field."""
    form = await posted(request)
    async with access.storage.read() as rows:
        record = await record_by_doc(rows, member.org, doc)
    if record is None:
        return refusal_page(request, "gone", 404)
    values = {str(one.seq): one.value for one in record.kept if one.field == form["field"]}
    values["standing"] = read(record.fields, form["field"])
    if form["choice"] in values:
        change = OfficeChange("patch", record.type, doc, record.bucket, _set(form["field"], values[form["choice"]]))
        await access.storage.submit_office(member.org, member.person, member.role, [change], access.now())
    return Redirect("/dashboard", status_code=303)


def _field_view(scene: Scene, record: Record, field: str) -> dict[str, Any]:
    version = record.version(field)
    author = scene.names.get(version.by, "")
    return {
        "field": field,
        "name": field_name(scene, field),
        "standing": {"text": _plain(read(record.fields, field)), "by": author, "at": version.at},
        "others": [
            {"seq": one.seq, "text": _plain(one.value), "by": scene.names.get(one.by, ""), "at": one.at}
            for one in record.kept
            if one.field == field
        ],
    }


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "\n".join(str(one["words"] if isinstance(one, Mapping) and "words" in one else one) for one in value)
    return "" if value is None else str(value)


def _set(field: str, value: Any) -> dict[str, Any]:
    outer, _, inner = field.partition(".")
    return {outer: {inner: value}} if inner else {outer: value}
