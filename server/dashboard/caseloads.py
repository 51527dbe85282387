"""Who supports whom: give somebody a specialist, hand people over, cover for a while; and send tasks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any, Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from server.auth.access import Access
from server.auth.audit import note_list
from server.auth.deciding import NotTaken, decide_and_note
from server.auth.forms import Form, picked, posted
from server.auth.guards import NotHere
from server.auth.sessions import Member
from server.dashboard.scene import Scene, look
from server.dashboard.shown import shown
from server.dashboard.waiting import unassigned, waiting
from server.responses import AnyRequest
from server.storage import accounts, covers, review
from server.storage.ids import new_id
from server.storage.port import OfficeChange, Rows
from server.storage.review import Held
from sync.ids import specialist_bucket

COVER_DAYS_LIMIT: Final = 366
PEOPLE_AT_ONCE: Final = 100
TASK_LIMIT: Final = 2_000
PATH: Final = "/dashboard/caseloads"


@get("/caseloads")
async def show(request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member]) -> Response[Any]:
    return await _listed(request, access, member)


@post("/caseloads/assign", status_code=200)
async def assign(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member]
) -> Response[Any]:
    """`people` go on the caseload of `to`, for good or `until` a day; whoever is on it already stays as they are."""
    form, people = await posted(request), (await picked(request)).get("people", [])[:PEOPLE_AT_ONCE]
    async with access.storage.read() as rows:
        scene = await look(request, access, member, rows)
        problem = await _problem(rows, scene, form, people)
        held = await review.held(rows, member.org)
    if problem:
        return await _listed(request, access, member, form, people, problem)
    theirs = {one.participant for one in held if one.specialist == form["to"]}
    changes = [_given(access, form, person) for person in people if person not in theirs]
    return await _kept(request, access, member, changes, form["to"]) or Redirect(PATH, status_code=303)


@get("/caseloads/{person:str}")
async def show_one(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member], person: FromPath[str]
) -> Response[Any]:
    return await _one(request, access, member, person)


@post("/caseloads/{person:str}/move", status_code=200)
async def move(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member], person: FromPath[str]
) -> Response[Any]:
    """The chosen `people` leave this specialist. `how`: "over" to another, "cover" beside another, "end" to nobody."""
    form, people = await posted(request), (await picked(request)).get("people", [])[:PEOPLE_AT_ONCE]
    async with access.storage.read() as rows:
        scene = await look(request, access, member, rows)
        held = await review.held(rows, member.org)
        mine = [one for one in held if one.specialist == person and one.participant in people]
        problem = ("people", "nobody") if not mine else None
        if form["how"] != "end":
            problem = problem or await _problem(rows, scene, form, people)
        if form["how"] == "cover" and not problem and not form["until"]:
            problem = ("until", "until_missing")
    if problem:
        return await _one(request, access, member, person, form, people, problem)
    theirs = {one.participant for one in held if one.specialist == form["to"]}
    changes = _moves(access, form, mine, theirs)
    again = f"{PATH}/{person}"
    return await _kept(request, access, member, changes, person) or Redirect(again, status_code=303)


@post("/caseloads/{person:str}/tasks", status_code=200)
async def give_task(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member], person: FromPath[str]
) -> Response[Any]:
    """`text`, and perhaps a day and whom it is about."""
    form = await posted(request)
    words = form["text"].replace("\r\n", "\n").strip()
    async with access.storage.read() as rows:
        scene = await look(request, access, member, rows)
        staff = {one for one, _, _ in await accounts.specialists(rows, member.org)}
    if person not in staff:
        raise NotHere
    problem = "text" if not words else "text_long" if len(words) > TASK_LIMIT else ""
    if problem:
        return await _one(request, access, member, person, form, [], ("text", problem))
    if form["due_on"] and not _day(form["due_on"]):
        return await _one(request, access, member, person, form, [], ("due_on", "day"))
    fields: dict[str, Any] = {"specialist": person, "text": words}
    if form["due_on"]:
        fields["due_on"] = form["due_on"]
    if form["participant"] in scene.sums.people:
        fields["participant"] = form["participant"]
    change = OfficeChange("create", "task", new_id(access.now()), specialist_bucket(person), fields)
    try:
        await decide_and_note(access, member, [change], "task_given", person)
    except NotTaken:
        return await _one(request, access, member, person, form, [], ("", "supervisor_only"))
    return Redirect(f"{PATH}/{person}", status_code=303)


@post("/caseloads/{person:str}/tasks/{doc:str}/withdraw", status_code=200)
async def withdraw_task(
    request: AnyRequest,
    access: NamedDependency[Access],
    member: NamedDependency[Member],
    person: FromPath[str],
    doc: FromPath[str],
) -> Response[Any]:
    """It leaves the specialist's list; what was asked stays in the history."""
    async with access.storage.read() as rows:
        known = {one.doc for one in await review.tasks(rows, member.org) if one.fields.specialist == person}
    if doc not in known:
        raise NotHere
    change = OfficeChange("void", "task", doc, specialist_bucket(person), reason="withdrawn")
    try:
        await decide_and_note(access, member, [change], "task_withdrawn", person)
    except NotTaken:
        return await _one(request, access, member, person, None, [], ("", "supervisor_only"))
    return Redirect(f"{PATH}/{person}", status_code=303)


def _given(access: Access, form: Form, participant: str) -> OfficeChange:
    fields = {"specialist": form["to"], "participant": participant}
    if form["until"]:
        fields["until"] = form["until"]
    return OfficeChange("create", "assignment", new_id(access.now()), specialist_bucket(form["to"]), fields)


def _moves(access: Access, form: Form, mine: Sequence[Held], theirs: set[str]) -> list[OfficeChange]:
    """A hand-over ends one assignment and gives another, in one transaction; a cover only gives one."""
    changes: list[OfficeChange] = []
    for one in mine:
        if form["how"] != "cover":
            changes.append(OfficeChange("void", "assignment", one.doc, one.bucket, reason="handed over"))
        if form["how"] != "end" and one.participant not in theirs:
            changes.append(_given(access, form, one.participant))
    return changes


async def _problem(rows: Rows, scene: Scene, form: Form, people: Sequence[str]) -> tuple[str, str] | None:
    """What has to be put right: the field, and the problem's name."""
    staff = {one for one, _, _ in await accounts.specialists(rows, scene.org)}
    if not people or not all(one in scene.sums.people for one in people):
        return "people", "nobody"
    if form["to"] not in staff:
        return "to", "specialist"
    if not form["until"]:
        return None
    last, today = _day(form["until"]), _day(covers.today(scene.now, scene.zone))
    is_fit = last is not None and today is not None and 0 <= (last - today).days <= COVER_DAYS_LIMIT
    return None if is_fit else ("until", "until")


async def _kept(
    request: AnyRequest, access: Access, member: Member, changes: Sequence[OfficeChange], person: str
) -> Response[Any] | None:
    """Decide the changes; a refusal's page, or None where all was kept."""
    try:
        if changes:
            await decide_and_note(access, member, changes, "assignment_changed", person)
    except NotTaken:
        return await _listed(request, access, member, problem=("", "not_taken"))
    return None


async def _held(rows: Rows, scene: Scene) -> Sequence[Held]:
    return await scene.standing.remembered("held", partial(review.held, rows, scene.org))


async def _listed(  # noqa: PLR0917 - what was chosen, and what is wrong with it
    request: AnyRequest,
    access: Access,
    member: Member,
    form: Form | None = None,
    people: Sequence[str] = (),
    problem: tuple[str, str] | None = None,
) -> Response[Any]:
    async with access.storage.read() as rows:
        scene = await look(request, access, member, rows)
        staff = await accounts.specialists(rows, member.org)
        held = await _held(rows, scene)
        tasks = await review.tasks(rows, member.org)
        without = await unassigned(rows, scene)
        waits = await waiting(rows, scene)
    await note_list(access, member, "caseloads", len(without))
    counts = Counter(one.specialist for one in held)
    open_tasks = Counter(one.fields.specialist for one in tasks if not one.fields.is_done)
    away = Counter(one.specialist for one in held if one.until)
    view = {
        "without": [
            {"doc": one.doc, "name": one.name, "site": scene.site_name(one.site), "is_chosen": one.doc in people}
            for one in without
        ],
        "staff": [
            {"doc": one, "name": name, "people": counts[one], "covers": away[one], "tasks": open_tasks[one]}
            for one, name, _ in staff
        ],
        **_said(scene, form, problem),
    }
    return shown(request, scene, waits, "dashboard/caseloads.html", view)


async def _one(  # noqa: PLR0917 - what was chosen, and what is wrong with it
    request: AnyRequest,
    access: Access,
    member: Member,
    person: str,
    form: Form | None = None,
    people: Sequence[str] = (),
    problem: tuple[str, str] | None = None,
) -> Response[Any]:
    async with access.storage.read() as rows:
        scene = await look(request, access, member, rows)
        staff = await accounts.specialists(rows, member.org)
        held = [one for one in await _held(rows, scene) if one.specialist == person]
        tasks = [one for one in await review.tasks(rows, member.org) if one.fields.specialist == person]
        waits = await waiting(rows, scene)
    name = next((name for one, name, _ in staff if one == person), "")
    if not name:
        raise NotHere
    await note_list(access, member, "caseload", len(held))
    view = {
        "doc": person,
        "name": name,
        "held": sorted(
            (
                {
                    "doc": one.participant,
                    "name": scene.person_name(one.participant),
                    "until": one.until,
                    "by": scene.names.get(one.author, ""),
                    "is_chosen": one.participant in people,
                }
                for one in held
            ),
            key=lambda row: str(row["name"]),
        ),
        "staff": [{"doc": one, "name": other} for one, other, _ in staff if one != person],
        "tasks": [
            {
                "doc": one.doc,
                "text": one.fields.text,
                "due_on": one.fields.due_on,
                "about": scene.person_name(one.fields.participant) if one.fields.participant else "",
                "by": scene.names.get(one.author, ""),
                "at": one.given_at,
                "is_done": one.fields.is_done,
            }
            for one in tasks
        ],
        "may_give": member.role == "supervisor",
        **_said(scene, form, problem),
    }
    return shown(request, scene, waits, "dashboard/caseload.html", view)


def _said(scene: Scene, form: Form | None, problem: tuple[str, str] | None) -> dict[str, Any]:
    names = ("to", "until", "how", "text", "due_on", "participant")
    return {
        "typed": {name: form[name] if form else "" for name in names},
        "problems": [{"field": problem[0], "text": scene.text(f"review.problem.{problem[1]}")}] if problem else [],
    }


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


handlers = [show, assign, show_one, move, give_task, withdraw_task]
