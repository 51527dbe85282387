"""/dashboard/exports: notes for billing and for requests of records. No purpose and basis, no export.

Everything is posted: no name stands in an address. The accounting is written before the file is handed over.
"""

from __future__ import annotations

from functools import partial
from hashlib import sha256
from typing import Any, Final

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency

from server.auth.access import Access
from server.auth.audit import note, note_reads
from server.auth.forms import Form, posted
from server.auth.notice import notice_of
from server.auth.sessions import Member
from server.dashboard.export_basis import BASES, FIGURES
from server.dashboard.export_cells import table
from server.dashboard.export_form import BILLABLE, FIELDS, FORMATS, Wanted, read_export
from server.dashboard.export_lines import Leaving, Line, csv_rows, figure_rows, leaving
from server.dashboard.note import names_for
from server.dashboard.periods import civil
from server.dashboard.scene import Scene, look
from server.dashboard.shown import shown
from server.dashboard.waiting import waiting
from server.responses import AnyRequest
from server.storage import disclosures
from server.storage.disclosures import Disclosure
from server.storage.ids import new_id
from server.storage.port import Rows, Transaction
from server.storage.records import body_of, record_by_doc
from server.templating.note_view import note_view
from sync.ids import is_id

MONTH_DAYS: Final = 31
ROWS_A_PAGE: Final = 50


@get("/exports")
async def show(request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member]) -> Response[Any]:
    async with access.storage.read() as rows:
        scene = await look(request, access, member, rows)
        fresh = Form({"from": civil(scene.today - MONTH_DAYS + 1), "to": civil(scene.today), "format": "csv"})
        return await _form_page(request, rows, scene, fresh, [])


@post("/exports", status_code=200)
async def export(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member]
) -> Response[Any]:
    """The file or the pages to print, once purpose, recipient and basis are named; else the form, as typed."""
    form = await posted(request)
    async with access.storage.read() as rows:
        scene = await look(request, access, member, rows)
        wanted = read_export(form, scene)
        if isinstance(wanted, list):
            return await _form_page(request, rows, scene, form, wanted)
        found = await leaving(rows, scene, wanted)
        if form["then"] == "count" and not found.is_too_much:
            return await _form_page(request, rows, scene, form, [], found)
        if found.is_too_much or not found.lines:
            why = "too_much" if found.is_too_much else "nobody" if found.left_out else "nothing"
            problem = {"field": "from", "text": scene.text(f"exports.problem.{why}", n=disclosures.NOTES_LIMIT)}
            return await _form_page(request, rows, scene, form, [problem], found)
        made = _accounted(scene, member, wanted, found)
        answer = await _made(request, rows, scene, wanted, found, made)
    content: bytes = answer.content if isinstance(answer.content, bytes) else str(answer.content).encode()
    await _account(access, member, made, found, content)
    return answer


@get("/accounting")
async def accounting(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member]
) -> Response[Any]:
    """What left: of everybody, or about one person (an opaque id in the address)."""
    person = request.query_params.get("person", "")
    person = person if is_id(person) else ""
    before = _before(request.query_params.get("before", ""))
    async with access.storage.read() as rows:
        scene = await look(request, access, member, rows)
        found = await disclosures.listed(rows, scene.org, ROWS_A_PAGE + 1, person=person, before=before)
        waits = await waiting(rows, scene)
    listed, more = found[:ROWS_A_PAGE], len(found) > ROWS_A_PAGE
    query = f"person={person}&" if person else ""
    view = {
        "person": scene.person_name(person) if person else "",
        "rows": [
            {
                "id": one.id, "at": one.at, "by": scene.names.get(one.by_person, ""), "recipient": one.recipient,
                "purpose": one.purpose, "basis": one.basis, "reference": one.reference, "format": one.format,
                "rule": BASES[one.basis].rule if one.basis in BASES else "", "notes": one.notes, "people": one.people,
                "first": civil(one.first_day), "last": civil(one.last_day), "hash": one.hash,
            }
            for one in listed
        ],
        "older_href": f"/dashboard/accounting?{query}before={listed[-1].at}-{listed[-1].id}" if more else "",
        "newest_href": f"/dashboard/accounting?{query}".rstrip("?&") if before[1] else "",
    }  # fmt: skip
    return shown(request, scene, waits, "dashboard/accounting.html", view)


async def _form_page(  # noqa: PLR0917 - the form, and what came of it
    request: AnyRequest,
    rows: Rows,
    scene: Scene,
    form: Form,
    problems: list[dict[str, str]],
    found: Leaving | None = None,
) -> Response[Any]:
    people = await scene.standing.remembered("everybody", partial(disclosures.everybody, rows, scene.org))
    errors = {problem["field"]: problem["text"] for problem in reversed(problems)}
    view = {
        "form": {name: form[name] for name in FIELDS},
        "problems": problems,
        "error": {name: errors.get(name, "") for name in FIELDS},
        "sites": [{"value": site.doc, "text": site.name} for site in scene.sites],
        "people": [{"value": doc, "text": name} for doc, name in people],
        "billable": [{"value": one, "text": scene.text(f"exports.billable.{one or 'any'}")} for one in BILLABLE],
        "formats": [{"value": one, "text": scene.text(f"exports.format.{one}")} for one in FORMATS],
        "bases": [
            {"value": one.name, "text": f"{scene.text(f'exports.basis.{one.name}')} ({one.rule})"}
            for one in BASES.values()
        ],
        "found": None if found is None or found.is_too_much else {
            "notes": len(found.lines), "people": len(found.notes_of), "left_out": found.left_out,
            "people_left_out": found.people_left_out,
        },
        "notice": notice_of(scene.settings),
    }  # fmt: skip
    return shown(request, scene, await waiting(rows, scene), "dashboard/exports.html", view)


def _accounted(scene: Scene, member: Member, wanted: Wanted, found: Leaving) -> Disclosure:
    return Disclosure(
        id=new_id(scene.now),
        at=scene.now,
        by_person=member.person,
        recipient=wanted.recipient,
        purpose=wanted.purpose,
        basis=wanted.basis.name if wanted.basis else FIGURES,
        reference=wanted.reference,
        format=wanted.format,
        notes=len(found.lines),
        left_out=found.left_out,
        first_day=wanted.choice.first,
        last_day=wanted.choice.last,
        hash="",
    )


async def _made(  # noqa: PLR0917 - what leaves, and what is said of it
    request: AnyRequest, rows: Rows, scene: Scene, wanted: Wanted, found: Leaving, made: Disclosure
) -> Response[Any]:
    head = _head(scene, wanted, made)
    if wanted.format == "print":
        view = {
            "notes": [await _printed(rows, scene, line.note.doc, line) for line in found.lines],
            "notice": notice_of(scene.settings),
            "head": head,
            "organisation": scene.settings.name,
        }
        return shown(request, scene, [], "dashboard/export_print.html", view)
    rows_out = figure_rows(scene, found, head) if wanted.format == "figures" else csv_rows(scene, wanted, found, head)
    name = f'attachment; filename="{wanted.format}-{made.id[-8:]}.csv"'
    return Response(table(rows_out), media_type="text/csv; charset=utf-8", headers={"Content-Disposition": name})


async def _printed(rows: Rows, scene: Scene, doc: str, line: Line) -> dict[str, Any]:
    person = await record_by_doc(rows, scene.org, line.note.fields["participant"])
    members = {one: (name, "") for one, name in scene.names.items()}
    names = names_for(scene, person, members, line.counted)
    return {
        **note_view(doc, line.note.fields, body_of(line.note), names),
        "person": line.person.name,
        "is_replaced": line.is_replaced,
    }


def _head(scene: Scene, wanted: Wanted, made: Disclosure) -> list[list[str]]:
    """The notice, then who gave what to whom and why: it goes with the file."""
    basis = wanted.basis
    lines = [
        ["notice", notice_of(scene.settings)],
        ["from", scene.settings.name],
        ["for", wanted.recipient],
        ["purpose", wanted.purpose],
        ["days", f"{civil(wanted.choice.first)} to {civil(wanted.choice.last)}"],
        ["export", made.id],
    ]
    if basis:
        lines.insert(4, ["basis", " ".join(part for part in (basis.name, basis.rule, wanted.reference) if part)])
    return lines


async def _account(access: Access, member: Member, made: Disclosure, found: Leaving, content: bytes) -> None:
    """One transaction: the row, the people it is about, and the access log."""
    whole = msgspec.structs.replace(made, hash=sha256(content).hexdigest())
    notes_of = {} if made.format == "figures" else found.notes_of

    async def job(tx: Transaction) -> None:
        await disclosures.add(tx, member.org, whole, notes_of)
        await note(tx, member, "export", whole.id, now=access.now(), detail=whole.format)

    await access.storage.write(job)
    if made.format != "figures":
        await note_reads(access, member, [line.note.doc for line in found.lines], "export")


def _before(text: str) -> tuple[int, str]:
    at, _, doc = text.partition("-")
    return (int(at), doc) if at.isdecimal() and len(at) < 16 and is_id(doc) else (disclosures.LAST_AT, "")
