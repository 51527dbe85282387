"""/enrol, where a link or QR code lands, and the phones' own door /sync/v1/enrol."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency, Provide

from server.auth import enrolment
from server.auth.access import Access, access
from server.auth.frame import page
from server.errors import Refusal
from server.responses import AnyRequest, json_answer, problem_answer, read_body, unreadable
from sync.enrolment import EnrolRequest

ENROL_LIMIT_BYTES = 8 * 1024

_request = msgspec.json.Decoder(EnrolRequest)


@get("/enrol")
async def enrol_landing(request: AnyRequest) -> Response[Any]:
    """Says what to do with the link; its token stays in the fragment and is never sent here."""
    return page(request, "account/enrol.html", {})


@post(
    "/sync/v1/enrol", status_code=200, request_max_body_size=ENROL_LIMIT_BYTES,
    dependencies={"access": Provide(access)},
)  # fmt: skip
async def enrol_phone(request: AnyRequest, access: NamedDependency[Access]) -> Response[Any]:
    try:
        asked = _request.decode(await read_body(request))
    except msgspec.MsgspecError:
        return problem_answer(unreadable())
    except Refusal as refusal:
        return problem_answer(refusal)
    try:
        answer = await enrolment.enrol(access, asked)
    except Refusal as refusal:
        return problem_answer(refusal)
    return json_answer(answer, request.headers.get("accept-encoding", ""))
