"""/administration/organisation: the words, numbers and rules that every phone carries."""

from __future__ import annotations

from typing import Any, Final

from litestar import Response, get, post
from litestar.di import NamedDependency

from server.administration.deciding import differing
from server.administration.organisation_form import ROWS, read_organisation, typed
from server.administration.zones import zone_options
from server.auth.access import Access
from server.auth.deciding import decide_and_note
from server.auth.forms import FORM_LIMIT_BYTES, Form, Problem, errors_by_field, posted
from server.auth.frame import page, text
from server.auth.guards import present
from server.auth.sessions import Member
from server.responses import AnyRequest
from server.storage import organisations
from server.storage.organisation_settings import organisation_record
from server.storage.port import OfficeChange, Transaction
from sync.ids import ORG_BUCKET

LOCK_CHOICES: Final = (30, 60, 120, 300, 600)
LEASE_CHOICES: Final = (3, 7, 10, 14, 30, 0)


@get("/organisation")
async def show(request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member]) -> Response[Any]:
    async with access.storage.read() as rows:
        found = present(await organisation_record(rows, member.org))
    return _page(request, typed(found.fields), [])


@post("/organisation", status_code=200, request_max_body_size=FORM_LIMIT_BYTES)
async def save(request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member]) -> Response[Any]:
    """Only what differs is patched, so nothing else can be overwritten. Phones learn it at their next exchange."""
    form = await posted(request)
    async with access.storage.read() as rows:
        found = present(await organisation_record(rows, member.org))
    fields = read_organisation(request, form, found.fields)
    if isinstance(fields, list):
        return _page(request, form, fields)
    changed = differing(found.fields, fields)

    async def rename(tx: Transaction) -> None:
        if "name" in changed:
            await organisations.rename(tx, member.org, fields.name)

    if changed:
        change = OfficeChange("patch", "organisation", found.doc, ORG_BUCKET, changed)
        await decide_and_note(access, member, [change], "organisation_changed", found.doc, also=rename)
    return _page(request, typed(fields), [], is_done=True)


def _page(request: AnyRequest, form: Form, problems: list[Problem], *, is_done: bool = False) -> Response[Any]:
    def seconds(s: int) -> str:
        unit, n = ("minutes", s // 60) if s >= 60 else ("seconds", s)
        return text(request, f"administration.organisation.{unit}", n=n)

    def days(n: int) -> str:
        key = "days" if n else "no_limit"
        return text(request, f"administration.organisation.{key}", n=n)

    view = {
        "form": form, "problems": problems, "errors": errors_by_field(problems), "is_done": is_done,
        "zones": zone_options(),
        "lines": range(ROWS), "shown_lines": _shown_lines(form),
        "locks": _options(form["lock_after_s"], LOCK_CHOICES, seconds),
        "leases": _options(form["lease_days"], LEASE_CHOICES, days),
    }  # fmt: skip
    return page(request, "administration/organisation.html", view, 422 if problems else 200)


def _shown_lines(form: Form) -> int:
    """Lines that say something, and one to add."""
    used = [row for row in range(ROWS) if form[f"call_name_{row}"] or form[f"call_number_{row}"]]
    return min(ROWS, max(used, default=-1) + 2)


def _options(value: str, known: tuple[int, ...], say: Any) -> list[dict[str, str]]:
    """The usual choices, and the present one if it is another."""
    numbers = list(known)
    if value.isdecimal() and int(value) not in numbers:
        numbers.append(int(value))
    return [{"value": str(n), "text": say(n)} for n in numbers]


handlers = [show, save]
