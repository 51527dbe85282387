"""The phones' door as an OpenAPI description, made from the Structs: `python -m server.replication.openapi`.

It is written to docs/openapi.json, so that a stranger's tools can read it; a test fails when it no longer tells what
the Structs say.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from server.replication.spec import Spec
from sync import messages
from sync.enrolment import EnrolAnswer, EnrolRequest
from sync.records import KINDS
from sync.records.kind import Body

FILE: Final = Path(__file__).parents[2] / "docs" / "openapi.json"
_REF: Final = "#/components/schemas/{name}"
_SIGNED: Final = ("Alongside-Device", "Alongside-Nonce", "Alongside-Signature")
_DEPOSIT: Final = ("Alongside-Device", "Alongside-Deposit")
_WAIT: Final = (429, 503)


class Door(NamedTuple):
    """One address of the phones' door. `refusals`: statuses of a Problem. `keys`: headers that say who is asking."""

    name: str
    summary: str
    asked: type[msgspec.Struct]
    answer: type[msgspec.Struct]
    refusals: tuple[int, ...]
    keys: tuple[tuple[str, ...], ...] = (_SIGNED,)


_DOORS: Final = (
    Door("enrol", "Make a phone known", EnrolRequest, EnrolAnswer, (400, 403, 413), ()),
    Door("push", "Hand over changes", messages.PushRequest, messages.PushAnswer, (400, 401, 403, 409, 413)),
    Door("pull", "Ask what changed", messages.PullRequest, messages.PullAnswer, (400, 401, 403, 409, 413, 426)),
    Door(
        "salvage", "Deliver sealed work", messages.SalvageRequest, messages.SalvageAnswer, (400, 401, 403, 413),
        (_SIGNED, _DEPOSIT),
    ),
    Door(
        "attachment", "Deliver a piece of a photo or scan", messages.AttachmentRequest, messages.AttachmentAnswer,
        (400, 401, 403, 413), (_SIGNED, _DEPOSIT),
    ),
)  # fmt: skip


def description() -> dict[str, Any]:
    """The whole document."""
    types = [kind for door in _DOORS for kind in (door.asked, door.answer)]
    types += [messages.Change, messages.Problem, messages.EmergencyFile, Spec, Body]
    types += [kind.fields for kind in KINDS.values()]
    _, schemas = msgspec.json.schema_components(types, ref_template=_REF)
    schemas["PushRequest"]["properties"]["changes"]["items"] = {"$ref": _REF.format(name="Change")}
    paths: dict[str, Any] = {f"/sync/v1/{door.name}": {"post": _operation(door)} for door in _DOORS}
    paths["/sync/v1/spec"] = {
        "get": {"operationId": "spec", "summary": "Versions and limits", "responses": {"200": _json(Spec)}}
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Alongside, phone and office",
            "version": str(messages.PROTOCOL),
            "description": "What the fields mean, how a request is signed and what a phone promises: docs/protocol.md.",
        },
        "paths": paths,
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "securitySchemes": {
                name: {"type": "apiKey", "in": "header", "name": name} for name in sorted({*_SIGNED, *_DEPOSIT})
            },
        },
    }


def _operation(door: Door) -> dict[str, Any]:
    refused = _json(messages.Problem)
    operation: dict[str, Any] = {
        "operationId": door.name,
        "summary": door.summary,
        "requestBody": {"required": True, "content": _json(door.asked)["content"]},
        "responses": {"200": _json(door.answer)} | {str(status): refused for status in (*door.refusals, *_WAIT)},
    }
    if door.keys:
        operation["security"] = [{header: [] for header in headers} for headers in door.keys]
    return operation


def _json(kind: type[msgspec.Struct]) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": _REF.format(name=kind.__name__)}}}
    return {"description": (kind.__doc__ or kind.__name__).partition("\n")[0], "content": content}


def text() -> str:
    """The document as the file holds it."""
    return msgspec.json.format(msgspec.json.encode(description(), order="sorted"), indent=1).decode() + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), "utf-8")
