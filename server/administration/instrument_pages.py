"""/administration/instruments: the published questions that are installed, and the withdrawing of one.

Installing is for the command line (`alongside instruments add FILE`): its wording is its authors', from a file
that the organisation has by their licence.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from server.auth.access import Access
from server.auth.deciding import decide_and_note
from server.auth.frame import language_of, page
from server.auth.guards import present
from server.auth.sessions import Member
from server.responses import AnyRequest
from server.storage import links
from server.storage.links import Instrument
from server.storage.port import OfficeChange, Rows
from sync.ids import ORG_BUCKET
from sync.instruments import span
from sync.records.instrument import Bilingual

PATH: Final = "/administration/instruments"
COMMAND: Final = "alongside instruments add FILE"
SHIPPED: Final = Path(__file__).parents[1] / "instruments"


class Shipped(msgspec.Struct, frozen=True):
    """An instrument that comes with us without its wording. `file`: the path that the command takes a copy of."""

    key: str
    name: str
    citation: str
    licence: str
    items: int
    file: str


@get("/instruments")
async def listing(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member]
) -> Response[Any]:
    async with access.storage.read() as rows:
        found = await links.instruments(rows, member.org)
    here = {one.fields.key for one in found}
    view = {
        "rows": [_row(one) for one in found],
        "shipped": [one for one in shipped() if one.key not in here],
        "command": COMMAND,
    }
    return page(request, "administration/instruments.html", view)


@get("/instruments/{instrument:str}")
async def show(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member], instrument: FromPath[str]
) -> Response[Any]:
    """All that is known of it: its source, its questions word for word, how answers are counted."""
    async with access.storage.read() as rows:
        found = present(await _found(rows, member, instrument))
    fields, lang = found.fields, language_of(request)
    least, most = span(fields)
    view = {
        **_row(found),
        "prompt": _in(fields.prompt, lang),
        "questions": [{"text": _in(one.text, lang), "is_reversed": one.is_reversed} for one in fields.items],
        "scale": {"least": fields.scale.least, "most": fields.scale.most,
                  "low": _in(fields.scale.low, lang), "high": _in(fields.scale.high, lang)},
        "least": least,
        "most": most,
        "higher_is": fields.scoring.higher_is,
        "missing_allowed": fields.scoring.missing_allowed,
        "cut_offs": [{"at": one.at, "side": one.side, "source": one.source} for one in fields.cut_offs],
    }  # fmt: skip
    return page(request, "administration/instrument.html", view)


@post("/instruments/{instrument:str}/withdraw", status_code=200)
async def withdraw(
    access: NamedDependency[Access], member: NamedDependency[Member], instrument: FromPath[str]
) -> Response[Any]:
    """No phone offers it after its next exchange; what was answered stays readable."""
    return await _offer(access, member, instrument, is_active=False)


@post("/instruments/{instrument:str}/offer", status_code=200)
async def offer(
    access: NamedDependency[Access], member: NamedDependency[Member], instrument: FromPath[str]
) -> Response[Any]:
    """Offer it again; a newer version of it is then withdrawn, since only one is offered at a time."""
    return await _offer(access, member, instrument, is_active=True)


async def _offer(access: Access, member: Member, instrument: str, *, is_active: bool) -> Response[Any]:
    async with access.storage.read() as rows:
        every = await links.instruments(rows, member.org)
    found = present(next((one for one in every if one.id == instrument), None))
    beside = [
        one for one in every if one.fields.key == found.fields.key and one.id != found.id and one.fields.is_active
    ]
    changes = [_change(one, is_active=False) for one in beside] if is_active else []
    if found.fields.is_active != is_active:
        changes.append(_change(found, is_active=is_active))
    if changes:
        await decide_and_note(access, member, changes, "instrument_changed", found.id)
    return Redirect(f"{PATH}/{found.id}", status_code=303)


async def _found(rows: Rows, member: Member, instrument: str) -> Instrument | None:
    return next((one for one in await links.instruments(rows, member.org) if one.id == instrument), None)


def _change(one: Instrument, *, is_active: bool) -> OfficeChange:
    return OfficeChange("patch", "instrument", one.id, ORG_BUCKET, {"is_active": is_active})


def _row(one: Instrument) -> dict[str, Any]:
    """`languages`: in which its wording is there; English always is, or it could not have been installed."""
    fields = one.fields
    asked: Sequence[Bilingual] = [each.text for each in fields.items]
    texts = [fields.prompt, fields.scale.low, fields.scale.high, *asked]
    return {
        "id": one.id,
        "name": fields.name,
        "version": fields.version,
        "items": len(fields.items),
        "licence": fields.licence,
        "citation": fields.citation,
        "is_active": fields.is_active,
        "languages": ["en", "es"] if all(text.es for text in texts) else ["en"],
    }


def _in(text: Bilingual, lang: str) -> str:
    return text.es if lang == "es" and text.es else text.en


@cache
def shipped(folder: Path = SHIPPED) -> Sequence[Shipped]:
    """What a copy can be made of, by name."""
    return [_shipped(path) for path in sorted(folder.glob("*.toml"))]


def _shipped(path: Path) -> Shipped:
    told = tomllib.loads(path.read_text("utf-8"))
    file = f"server/instruments/{path.name}"
    return Shipped(told["key"], told["name"], told["citation"], told["licence"], len(told["items"]), file)


handlers = [listing, show, withdraw, offer]
