"""/administration/import: participants and assignments from a CSV file, previewed before anything is kept.

The preview carries the file's text with it, so nothing of an import that was not confirmed stays in the office. The
confirmation reads and checks it again, against what is there by then.
"""

from __future__ import annotations

from typing import Any, Final

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency

from server.administration.csv_table import (
    FILE_LIMIT_BYTES,
    PEOPLE,
    ROWS_LIMIT,
    CellProblem,
    Columns,
    decode,
    read_table,
)
from server.administration.deciding import keep_import
from server.administration.import_plan import Known, Plan, plan
from server.auth.access import Access
from server.auth.forms import Problem, clean, errors_by_field
from server.auth.frame import page, text
from server.auth.sessions import Member
from server.responses import AnyRequest
from server.storage import accounts, participants, sites
from server.storage.ids import new_id
from sync.ids import is_id

UPLOAD_LIMIT_BYTES: Final = 4 * FILE_LIMIT_BYTES  # as an escaped form the text may grow threefold
PROBLEMS_SHOWN: Final = 100
ROWS_SHOWN: Final = 50


@get("/import")
async def start(request: AnyRequest) -> Response[Any]:
    return _start(request, [])


@post("/import/preview", status_code=200, request_max_body_size=UPLOAD_LIMIT_BYTES)
async def preview(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member]
) -> Response[Any]:
    """Reads a file or pasted text and shows what it would do. Nothing is kept."""
    given = await given_text(request)
    if isinstance(given, CellProblem):
        return _start(request, [given])
    import_id = new_id(access.now())
    made = await _plan(access, member, given, import_id)
    if isinstance(made, list):
        return _start(request, made, given)
    view = {
        "plan": made, "people": made.people[:ROWS_SHOWN], "more": max(0, len(made.people) - ROWS_SHOWN),
        "names": {person: name for person, name, _ in await _staff(access, member)},
        "content": given, "import_id": import_id,
    }  # fmt: skip
    return page(request, "administration/import_preview.html", view)


@post("/import/confirm", status_code=200, request_max_body_size=UPLOAD_LIMIT_BYTES)
async def confirm(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member]
) -> Response[Any]:
    """Keeps what the preview showed, unless the file no longer fits what is there."""
    form = await request.form()
    given, import_id = clean(str(form.get("content") or "")), str(form.get("import_id") or "")
    if not is_id(import_id):
        return _start(request, [CellProblem("empty")])
    made = await _plan(access, member, given, import_id)
    if isinstance(made, list):
        return _start(request, made, given)
    changes = made.changes(import_id)
    refused = [code for code in await keep_import(access, member, changes) if code != "DUPLICATE_DOC"]
    view = {"plan": made, "all": len(changes), "refused": len(refused)}
    return page(request, "administration/import_done.html", view)


async def given_text(request: AnyRequest) -> str | CellProblem:
    """The file's text, or the pasted one."""
    form = await request.form()
    file = form.get("file")
    if isinstance(file, UploadFile) and file.filename:
        data = await file.read()
        if len(data) > FILE_LIMIT_BYTES:
            return CellProblem("too_large")
        decoded = decode(data)
        return CellProblem("not_text") if decoded is None else clean(decoded)
    pasted = clean(str(form.get("content") or ""))
    return pasted if pasted.strip() else CellProblem("empty")


async def _plan(access: Access, member: Member, content: str, import_id: str) -> Plan | list[CellProblem]:
    table = read_table(content)
    if isinstance(table, list):
        return table
    made = plan(table, await _known(access, member), import_id)
    return made.problems or made


async def _known(access: Access, member: Member) -> Known:
    async with access.storage.read() as rows:
        codes = await participants.codes(rows, member.org)
        places = await sites.sites(rows, member.org)
        staff = await accounts.specialists(rows, member.org)
        supported = await participants.supporter_ids(rows, member.org, list(codes.values()))
    by_name = _unique([(name, person) for person, name, _ in staff])
    by_sign_in = {sign_in: person for person, _, sign_in in staff}
    return Known(
        codes, _unique([(p.fields.name, p.id) for p in places]), by_name | by_sign_in, frozenset(supported)
    )


def _unique(pairs: list[tuple[str, str]]) -> dict[str, str]:
    """Folded name to id; '' for a name that two have."""
    found: dict[str, str] = {}
    for name, value in pairs:
        folded = " ".join(name.split()).casefold()
        found[folded] = "" if folded in found else value
    return found


async def _staff(access: Access, member: Member) -> list[tuple[str, str, str]]:
    async with access.storage.read() as rows:
        return await accounts.specialists(rows, member.org)


def _start(request: AnyRequest, found: list[CellProblem], content: str = "") -> Response[Any]:
    return start_page(request, found, content, PEOPLE, "people")


def start_page(
    request: AnyRequest, found: list[CellProblem], content: str, wanted: Columns, noun: str
) -> Response[Any]:
    """Where an import begins, or begins again with all that was wrong. `noun`: people or resources."""
    problems = [_problem(request, problem) for problem in found[:PROBLEMS_SHOWN]]
    if len(found) > PROBLEMS_SHOWN:
        problems.append(Problem("", text(request, "administration.import.more", n=len(found) - PROBLEMS_SHOWN)))
    view = {
        "problems": problems, "errors": errors_by_field(problems), "content": content, "rows_limit": ROWS_LIMIT,
        "columns": [{"name": name, "also": ", ".join(also[1:4])} for name, also in wanted.headers.items()],
        "noun": noun,
    }  # fmt: skip
    return page(request, "administration/import.html", view, 422 if problems else 200)


def _problem(request: AnyRequest, problem: CellProblem) -> Problem:
    """Row and column first, so that a reader finds the cell."""
    words = cell_words(request, problem)
    if not problem.row:
        return Problem("content", words)
    column = text(request, f"administration.import.column.{problem.column}") if problem.column else ""
    place = "administration.import.cell" if column else "administration.import.line"
    where = text(request, place, row=problem.row, column=column)
    return Problem("content", f"{where}: {words}")


def cell_words(request: AnyRequest, problem: CellProblem) -> str:
    """What is wrong with a cell, in words."""
    column = text(request, f"administration.import.column.{problem.column}") if problem.column else ""
    key = f"administration.import.{problem.code}"
    return text(request, key, value=problem.value, column=column, n=ROWS_LIMIT)


handlers = [start, preview, confirm]
