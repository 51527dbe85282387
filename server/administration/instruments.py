"""`alongside instruments add | list | remove`: what an organisation asks beyond our own questions.

What the command line does is on record in the name of the organisation's first administrator.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from server.administration.instrument_file import read_instrument
from server.errors import SettingsError
from server.storage import links, organisations
from server.storage.ids import new_id
from server.storage.links import Instrument
from server.storage.port import OfficeChange, Storage
from sync.ids import ORG_BUCKET
from sync.records.instrument import InstrumentFields


class Desk(msgspec.Struct, frozen=True):
    """The organisation that is meant, and the administrator in whose name it is done."""

    org: int
    person: str


async def add(storage: Storage, path: Path, organisation: str, now: int) -> str:
    """Install the instrument of a file; a sentence that says so. Raises SettingsError with all that is wrong."""
    fields = read_instrument(path)
    if isinstance(fields, list):
        listed = "\n  ".join(fields)
        raise SettingsError(f"{path} was not installed:\n  {listed}")
    desk = await _desk(storage, organisation)
    async with storage.read() as rows:
        same = [one for one in await links.instruments(rows, desk.org) if one.fields.key == fields.key]
    changes = _changes(fields, same, new_id(now))
    await _decide(storage, desk, changes, now)
    name = f"{fields.name}, version {fields.version}"
    return f"{name}: {'installed; phones receive it at the next exchange' if changes else 'is installed already'}"


async def remove(storage: Storage, key: str, organisation: str, now: int) -> str:
    """Offer an instrument no longer. What was answered stays readable."""
    desk = await _desk(storage, organisation)
    async with storage.read() as rows:
        found = [one for one in await links.instruments(rows, desk.org) if one.fields.key == key]
    if not found:
        raise SettingsError(f"no instrument here has the key {key!r}; see: alongside instruments list")
    await _decide(storage, desk, [_offered(one, is_active=False) for one in found if one.fields.is_active], now)
    return f"{found[-1].fields.name}: no longer offered; what was answered stays"


async def listed(storage: Storage, organisation: str) -> str:
    """A line for each."""
    desk = await _desk(storage, organisation)
    async with storage.read() as rows:
        found = await links.instruments(rows, desk.org)
    lines = [
        f"{one.fields.key}  version {one.fields.version}  {len(one.fields.items)} questions  "
        f"{'offered' if one.fields.is_active else 'no longer offered'}  {one.fields.name}"
        for one in found
    ]
    return "\n".join(lines) or "none; our own check-in needs none"


def _changes(fields: InstrumentFields, same: Sequence[Instrument], doc: str) -> list[OfficeChange]:
    """A new version ends the offering of the older ones; the same version must say the same."""
    before = next((one for one in same if one.fields.version == fields.version), None)
    if before is None:
        if any(one.fields.version > fields.version for one in same):
            raise SettingsError(f"{fields.key}: a newer version than {fields.version} is installed; raise `version`")
        older = [_offered(one, is_active=False) for one in same if one.fields.is_active]
        return [*older, OfficeChange("create", "instrument", doc, ORG_BUCKET, msgspec.to_builtins(fields))]
    if msgspec.structs.replace(before.fields, is_active=True) != fields:
        said = f"{fields.key}: version {fields.version} is installed and says something else; raise `version`"
        raise SettingsError(said)
    return [] if before.fields.is_active else [_offered(before, is_active=True)]


def _offered(one: Instrument, *, is_active: bool) -> OfficeChange:
    return OfficeChange("patch", "instrument", one.id, ORG_BUCKET, {"is_active": is_active})


async def _desk(storage: Storage, name: str) -> Desk:
    async with storage.read() as rows:
        found = [one for one in await organisations.organisations(rows) if not name or one.name == name]
        if len(found) != 1:
            said = "say which organisation: --organisation NAME" if found else "there is no such organisation"
            raise SettingsError(said)
        person = await links.an_administrator(rows, found[0].id)
    if person is None:
        raise SettingsError("the organisation has no administrator")
    return Desk(found[0].id, person)


async def _decide(storage: Storage, desk: Desk, changes: Sequence[OfficeChange], now: int) -> None:
    if not changes:
        return
    decided = await storage.submit_office(desk.org, desk.person, "administrator", changes, now)
    refused = [receipt.code for receipt in decided.receipts if receipt.outcome not in {"applied", "merged", "noop"}]
    if decided.problem or refused:
        raise SettingsError(f"the office refused it: {decided.problem or refused[0]}")
