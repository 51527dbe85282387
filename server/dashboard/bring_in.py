"""Bringing in a file that a phone wrote because it could not send: its sealed work, item by item.

The file is taken for what its signatures prove and nothing else. It is never opened here; it goes the way of all
sealed work, and waits for a supervisor.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec
from litestar import Response, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency

from server.auth import deposits
from server.auth.access import Access
from server.auth.enrolment import public_point
from server.auth.forms import Form, Problem
from server.auth.frame import text
from server.auth.sessions import Member
from server.dashboard.quarantine import hold_page
from server.errors import Refusal
from server.responses import AnyRequest
from server.storage import accounts, salvage
from server.storage.salvage import Deposit, Keeper, NewKeeper
from sync.messages import EmergencyFile, SalvageAnswer

FILE_LIMIT_BYTES: Final = 8 * 1024 * 1024
ITEMS_LIMIT: Final = 5_000
_decoder: Final = msgspec.json.Decoder(EmergencyFile)


@post("/quarantine/import", status_code=200, request_max_body_size=FILE_LIMIT_BYTES + 64 * 1024)
async def bring_in(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member]
) -> Response[Any]:
    """The file in `file`; `person` says whose it is where the office does not know the phone any more."""
    form = await request.form()
    person = str(form.get("person") or "")
    file = await _read(form.get("file"))
    if isinstance(file, str):
        return await _again(request, access, member, file, person=person)
    async with access.storage.read() as rows:
        owner = await salvage.keeper(rows, member.org, file.device)
        is_elsewhere = owner is None and await salvage.keeper_of(rows, file.device) is not None
        people = await accounts.names(rows, member.org)
    if is_elsewhere:
        return await _again(request, access, member, "elsewhere")
    if owner is None and person not in people:
        return await _again(request, access, member, "unknown", person=person, is_unknown=True)
    answer = await _receive(access, member, owner, file, person)
    if all(result.outcome == "refused" for result in answer.results):
        return await _again(request, access, member, "unsigned")
    counts = {name: sum(one.outcome == name for one in answer.results) for name in ("kept", "known", "refused")}
    results = [{"n": one.n, "outcome": one.outcome} for one in answer.results]
    brought = {"device": file.device, "counts": counts, "results": results, "made_at": file.made_at}
    return await hold_page(request, access, member, brought=brought)


async def _read(given: object) -> EmergencyFile | str:
    """The file, or in a word what is wrong with it."""
    if not isinstance(given, UploadFile) or not given.filename:
        return "none"
    data = await given.read()
    if len(data) > FILE_LIMIT_BYTES:
        return "too_large"
    try:
        file = _decoder.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return "not_ours"
    if len(file.items) > ITEMS_LIMIT:
        return "too_large"
    return file if file.items else "empty"


async def _receive(
    access: Access, member: Member, owner: Keeper | None, file: EmergencyFile, person: str
) -> SalvageAnswer:
    deposit = Deposit([], access.now(), by=member.person, via="file", brought_by=member.person)
    if owner is not None:
        return await deposits.receive(access.storage, owner, file.items, deposit)
    try:
        point = public_point(file.public_key)
    except Refusal:
        return deposits.refused(file.items, access.now())
    new = NewKeeper(member.org, person, file.device, point)
    return await deposits.receive_unknown(access.storage, new, file.items, deposit)


async def _again(
    request: AnyRequest, access: Access, member: Member, why: str, *, person: str = "", is_unknown: bool = False
) -> Response[Any]:
    words = text(request, f"dashboard.problem.file.{why}")
    field = "person" if is_unknown else "file"
    return await hold_page(
        request, access, member, problems=[msgspec.structs.asdict(Problem(field, words))],
        errors=Form({field: words}), is_unknown=is_unknown, person=person,
    )  # fmt: skip
