"""Sealed work of one phone: what arrived, opened one by one on a supervisor's word, filed in order or set aside.

One form holds it all, so that reasons that were typed survive the opening of another item. Nothing is filed that does
not open, and what is missing in between is told, never skipped in silence.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from server.auth import audit
from server.auth.access import Access
from server.auth.forms import Form, Problem, errors_by_field, posted
from server.auth.frame import text
from server.auth.guards import NotHere, present
from server.auth.keys import KeyMissing
from server.auth.sealed import SealBroken, open_item
from server.auth.sessions import Member
from server.dashboard.reasons import reason_of
from server.dashboard.salvage_view import salvage_view
from server.dashboard.scene import look
from server.dashboard.shown import shown
from server.dashboard.waiting import waiting
from server.responses import AnyRequest
from server.storage import salvage
from server.storage.port import Transaction
from server.storage.salvage import Item
from server.storage.salvage_filing import Opened, Settled, settle

LARGE_FORM_BYTES: Final = 512 * 1024


class Told(msgspec.Struct, frozen=True):
    """What the page has to say besides how things stand. `opened`: an item's id and its bytes, None if it is broken."""

    form: Form = Form({})
    opened: tuple[int, bytes | None] | None = None
    settled: Settled | None = None
    problems: Sequence[Problem] = ()


@get("/quarantine/phones/{device:str}")
async def show(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member], device: FromPath[str]
) -> Response[Any]:
    return await _shown(request, access, member, device, Told())


@post("/quarantine/phones/{device:str}/open", status_code=200, request_max_body_size=LARGE_FORM_BYTES)
async def open_one(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member], device: FromPath[str]
) -> Response[Any]:
    """Opens the one that `item` names. That it was opened is noted before it is shown."""
    form = await posted(request)
    async with access.storage.read() as rows:
        found = present(await salvage.item(rows, member.org, _number(form["item"])))
    if found.device != device:
        raise NotHere

    async def note(tx: Transaction) -> None:
        await audit.note(tx, member, "salvage_opened", device, now=access.now(), detail=str(found.n))

    await access.storage.write(note)
    try:
        raws = await _open(access, [found])
    except KeyMissing:
        return await _shown(request, access, member, device, Told(form, problems=[_key_missing(request)]))
    return await _shown(request, access, member, device, Told(form, opened=(found.id, raws[found.id])))


@post("/quarantine/phones/{device:str}/file", status_code=200, request_max_body_size=LARGE_FORM_BYTES)
async def file_all(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member], device: FromPath[str]
) -> Response[Any]:
    """Files everything that waits, in order; what has a reason is set aside. `past_gaps`: without what is missing."""
    form = await posted(request)
    async with access.storage.read() as rows:
        found = [one for one in await salvage.items(rows, member.org, device) if one.state == "waiting"]
    if not found:
        return await _shown(request, access, member, device, Told())
    reasons, problems = _reasons(request, form, found)
    try:
        raws = await _open(access, found)
    except KeyMissing:
        return await _shown(request, access, member, device, Told(form, problems=[_key_missing(request)]))
    problems += _broken(request, found, raws, reasons)
    if problems:
        return await _shown(request, access, member, device, Told(form, problems=problems))
    opened = [Opened(one.id, raws[one.id], reasons.get(one.id)) for one in found]
    settled = await _settle(access, member, device, opened, past_gaps=form["past_gaps"] == "yes")
    return await _shown(request, access, member, device, Told(settled=settled))


async def _settle(
    access: Access, member: Member, device: str, opened: Sequence[Opened], *, past_gaps: bool
) -> Settled:
    """Once more at the end, for what was sealed twice: its other copy is decided by then."""
    whole = Settled()
    for _ in range(2):
        part = await settle(
            access.storage, member.org, device, opened, member.person, access.now(), past_gaps=past_gaps
        )
        whole.receipts += part.receipts
        whole.decided += part.decided
        whole.gap, whole.problem = part.gap, part.problem
        if part.problem is not None:
            break
    return whole


async def _shown(request: AnyRequest, access: Access, member: Member, device: str, told: Told) -> Response[Any]:
    async with access.storage.read() as rows:
        scene = await look(request, access, member, rows)
        items = await salvage.items(rows, member.org, device)
        owner = present(await salvage.keeper(rows, member.org, device))
        waits = await waiting(rows, scene)
        phone = next((one for one in scene.phones if one["id"] == device), None)
        if not items:
            raise NotHere
        view = await salvage_view(rows, scene, owner, phone, items, told.opened)
    view |= {
        "form": told.form,
        "settled": told.settled,
        "problems": [msgspec.structs.asdict(problem) for problem in told.problems],
        "errors": errors_by_field(list(told.problems)),
    }
    return shown(request, scene, waits, "dashboard/salvage.html", view)


async def _open(access: Access, items: Sequence[Item]) -> dict[int, bytes | None]:
    """The bytes of each, None where an envelope does not open. Raises KeyMissing."""
    return await asyncio.to_thread(_open_all, access.settings.keys, items)


def _open_all(keys: Path, items: Sequence[Item]) -> dict[int, bytes | None]:
    raws: dict[int, bytes | None] = {}
    for one in items:
        try:
            raws[one.id] = open_item(keys, one.device, one.n, one.sealed)
        except SealBroken:
            raws[one.id] = None
    return raws


def _reasons(request: AnyRequest, form: Form, items: Sequence[Item]) -> tuple[dict[int, str], list[Problem]]:
    """Item to the reason for which it is set aside; a field left empty means that it is filed."""
    reasons: dict[int, str] = {}
    problems: list[Problem] = []
    for one in items:
        field = f"reason_{one.id}"
        if form[field].strip():
            reason, problem = reason_of(request, form[field])
            if problem:
                problems.append(Problem(field, problem))
            reasons[one.id] = reason
    return reasons, problems


def _broken(
    request: AnyRequest, items: Sequence[Item], raws: Mapping[int, bytes | None], reasons: Mapping[int, str]
) -> list[Problem]:
    """What does not open is set aside with a reason, or nothing is filed."""
    closed = [one for one in items if raws[one.id] is None and one.id not in reasons]
    return [Problem(f"reason_{one.id}", text(request, "dashboard.problem.salvage.broken", n=one.n)) for one in closed]


def _key_missing(request: AnyRequest) -> Problem:
    return Problem("", text(request, "dashboard.problem.salvage.key_missing"))


def _number(given: str) -> int:
    return int(given) if given.isdecimal() and len(given) < 19 else 0
