"""/administration/resources/import: the directory from a CSV file, previewed before anything is kept."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency

from server.administration.csv_table import CellProblem, read_table
from server.administration.deciding import keep_import
from server.administration.imports import ROWS_SHOWN, UPLOAD_LIMIT_BYTES, given_text, start_page
from server.administration.resource_plan import COLUMNS, ResourcePlan, plan
from server.auth.access import Access
from server.auth.forms import clean
from server.auth.frame import page
from server.auth.sessions import Member
from server.responses import AnyRequest
from server.storage import links
from server.storage.ids import new_id
from sync.ids import is_id


@get("/resources/import")
async def start(request: AnyRequest) -> Response[Any]:
    return start_page(request, [], "", COLUMNS, "resources")


@post("/resources/import/preview", status_code=200, request_max_body_size=UPLOAD_LIMIT_BYTES)
async def preview(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member]
) -> Response[Any]:
    """Reads a file or pasted text and shows what it would do. Nothing is kept."""
    given = await given_text(request)
    if isinstance(given, CellProblem):
        return start_page(request, [given], "", COLUMNS, "resources")
    import_id = new_id(access.now())
    made = await _plan(access, member, given, import_id)
    if isinstance(made, list):
        return start_page(request, made, given, COLUMNS, "resources")
    view = {
        "plan": made, "lines": made.lines[:ROWS_SHOWN], "more": max(0, len(made.lines) - ROWS_SHOWN),
        "content": given, "import_id": import_id,
    }  # fmt: skip
    return page(request, "administration/resources_preview.html", view)


@post("/resources/import/confirm", status_code=200, request_max_body_size=UPLOAD_LIMIT_BYTES)
async def confirm(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member]
) -> Response[Any]:
    """Keeps what the preview showed, unless the file no longer fits what is there."""
    form = await request.form()
    given, import_id = clean(str(form.get("content") or "")), str(form.get("import_id") or "")
    if not is_id(import_id):
        return start_page(request, [CellProblem("empty")], "", COLUMNS, "resources")
    made = await _plan(access, member, given, import_id)
    if isinstance(made, list):
        return start_page(request, made, given, COLUMNS, "resources")
    changes = made.changes()
    refused = await keep_import(access, member, changes)
    view = {"plan": made, "all": len(changes), "refused": len(refused)}
    return page(request, "administration/resources_done.html", view)


async def _plan(
    access: Access, member: Member, content: str, import_id: str
) -> ResourcePlan | list[CellProblem]:
    table = read_table(content, COLUMNS)
    if isinstance(table, list):
        return table
    async with access.storage.read() as rows:
        here = await links.resources(rows, member.org)
    made = plan(table, here, import_id)
    return made.problems or made


handlers = [start, preview, confirm]
