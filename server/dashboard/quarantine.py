"""Work on hold: changes that could not be read or decided, and sealed work of phones that can no longer send.

Nothing here is lost, and nothing of it is applied by itself. Reading leaves its trace; dealing with it takes a reason.
"""

from __future__ import annotations

from operator import itemgetter
from typing import Any, Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from server.auth import audit
from server.auth.access import Access
from server.auth.forms import Form, posted
from server.auth.guards import NotHere, present
from server.auth.sessions import Member
from server.dashboard.change_view import NOUNS, change_view
from server.dashboard.reasons import reason_of
from server.dashboard.salvage_view import brought
from server.dashboard.scene import Scene, look
from server.dashboard.shown import shown
from server.dashboard.waiting import waiting
from server.responses import AnyRequest
from server.storage import quarantine, salvage
from server.storage.port import Transaction
from sync.ids import receipt_code

PATH: Final = "/dashboard/quarantine"
UNREADABLE: Final = "SCHEMA_UNREADABLE"


@get("/quarantine")
async def show(request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member]) -> Response[Any]:
    return await hold_page(request, access, member)


@get("/quarantine/{held:str}")
async def read(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member], held: FromPath[str]
) -> Response[Any]:
    """One change, whole; that it was read is noted first."""
    return await _whole(request, access, member, held)


@post("/quarantine/{held:str}/settle", status_code=200)
async def settle(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member], held: FromPath[str]
) -> Response[Any]:
    """Takes it off the list, with a reason; its text stays where it is."""
    form = await posted(request)
    reason, problem = reason_of(request, form["reason"])
    if problem:
        return await _whole(request, access, member, held, reason=form["reason"], problem=problem)
    number, now = _number(held), access.now()

    async def act(tx: Transaction) -> None:
        if not await quarantine.settle(tx, member.org, number, by=member.person, reason=reason, now=now):
            raise NotHere
        await audit.note(tx, member, "quarantine_settled", str(number), now=now)

    await access.storage.write(act)
    return await hold_page(request, access, member, done="settled")


async def hold_page(
    request: AnyRequest, access: Access, member: Member, *, done: str = "", **more: Any
) -> Response[Any]:
    """The list. `done`: what has just been done, for a word of confirmation."""
    async with access.storage.read() as rows:
        scene = await look(request, access, member, rows)
        waits = await waiting(rows, scene)
        held = await quarantine.held(rows, member.org)
        groups = await salvage.groups(rows, member.org)
    view = {
        "held": [_row(scene, one) for one in held],
        "groups": [_group(scene, one) for one in groups],
        "sealed": sum(one.waiting for one in groups),
        "people": [{"value": person, "text": name} for person, name in sorted(scene.names.items(), key=itemgetter(1))],
        "done": done,
        "brought": None,
        "is_unknown": False,
        "person": "",
        "problems": [],
        "errors": Form({}),
        **more,
    }
    return shown(request, scene, waits, "dashboard/quarantine.html", view)


def _group(scene: Scene, one: salvage.Group) -> dict[str, Any]:
    return {
        "device": one.device,
        "name": scene.names.get(one.person, "–"),
        "waiting": one.waiting,
        "left": one.left or 0,
        "first_at": one.first_at,
        "last_at": one.last_at,
        "by": brought(scene, one.via, one.brought_by),
    }


def _row(scene: Scene, one: quarantine.Held) -> dict[str, Any]:
    return {
        "id": str(one.id),
        "name": scene.names.get(one.person, "–"),
        "what": scene.text(f"dashboard.noun.{one.type}") if one.type in NOUNS else "",
        "about": scene.person_name(one.participant) if one.participant else "",
        "why": _why(scene, one.code or one.why),
        "at": one.at,
    }


async def _whole(
    request: AnyRequest, access: Access, member: Member, held: str, *, reason: str = "", problem: str = ""
) -> Response[Any]:
    async with access.storage.read() as rows:
        scene = await look(request, access, member, rows)
        found = present(await quarantine.whole(rows, member.org, _number(held)))
        waits = await waiting(rows, scene)
        told = present(await change_view(rows, scene, found.raw))

    async def note(tx: Transaction) -> None:
        await audit.note(tx, member, "quarantine_read", str(found.id), now=access.now())

    await access.storage.write(note)
    problems = [{"field": "reason", "text": problem}] if problem else []
    view = {
        "id": str(found.id),
        "name": scene.names.get(found.person, "–"),
        "at": found.at,
        "code": receipt_code(found.seq),
        "why": _why(scene, found.code or found.why),
        "change": told,
        "settled_at": found.settled_at,
        "settled_by": scene.names.get(found.settled_by or "", "–"),
        "settled_reason": found.reason or "",
        "reason": reason,
        "problems": problems,
        "errors": Form({"reason": problem}),
    }
    return shown(request, scene, waits, "dashboard/quarantine_one.html", view)


def _why(scene: Scene, code: str) -> str:
    return scene.text("dashboard.quarantine.why.unreadable" if code == UNREADABLE else "dashboard.quarantine.why.fault")


def _number(text: str) -> int:
    """An id of a row in an address; 0, which no row has, for anything else."""
    return int(text) if text.isdecimal() and len(text) < 19 else 0
