"""What an administrator types, or a CSV file says, of a resource: read, checked, and shown again as typed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any, Final, get_args

import msgspec

from server.administration.csv_table import CellProblem
from server.templating.catalogue import LANGS, catalogue
from sync.records.resource import ResourceFields, ResourceKind, SpokenLanguage

KINDS: Final[tuple[str, ...]] = get_args(ResourceKind)
LANGUAGES: Final[tuple[str, ...]] = get_args(SpokenLanguage)
KINDS_LIMIT: Final = 6
LIMITS: Final = {"name": 120, "address": 200, "hours": 200, "for_whom": 200, "cost": 200, "notes": 1000}
_is_dialled: Final = re.compile(r"\+?[0-9 ().-]{3,30}").fullmatch
_parts: Final = re.compile(r"[;,/|]").split


def read(row: int, cells: Mapping[str, str]) -> ResourceFields | list[CellProblem]:
    """The entry that these cells describe, or every cell that has to be put right. Lists are parted by ; , / or |."""
    kinds, strange_kinds = _words(cells.get("kinds", ""), "kind", KINDS)
    spoken, strange_languages = _words(cells.get("languages", ""), "language", LANGUAGES)
    problems = [CellProblem("missing", row, name) for name in ("name", "kinds") if not cells.get(name)]
    problems += [CellProblem("kind_unknown", row, "kinds", word[:60]) for word in strange_kinds]
    problems += [CellProblem("language_strange", row, "languages", word[:60]) for word in strange_languages]
    problems += [
        CellProblem("too_long", row, name, str(limit))
        for name, limit in LIMITS.items()
        if len(cells.get(name, "")) > limit
    ]
    if len(kinds) > KINDS_LIMIT:
        problems.append(CellProblem("too_many_kinds", row, "kinds", str(KINDS_LIMIT)))
    phone, checked_on = cells.get("phone", ""), cells.get("checked_on", "")
    if phone and not _is_dialled(phone):
        problems.append(CellProblem("phone_wrong", row, "phone", phone[:60]))
    if checked_on and not _is_day(checked_on):
        problems.append(CellProblem("date_wrong", row, "checked_on", checked_on[:60]))
    if "_extra" in cells:
        problems.append(CellProblem("extra_cells", row))
    if problems:
        return problems
    texts = {name: cells.get(name, "") for name in (*LIMITS, "phone", "checked_on")}
    fields: dict[str, Any] = {**texts, "kinds": kinds, "languages": spoken}
    return msgspec.convert(fields, ResourceFields)


def identity(fields: ResourceFields) -> tuple[str, str]:
    """What makes two entries one place: name and address, however they are spaced and cased."""
    return (" ".join(fields.name.split()).casefold(), " ".join(fields.address.split()).casefold())


@cache
def _known(prefix: str, words: tuple[str, ...]) -> dict[str, str]:
    """Our own word, and what both languages call it, to our own word."""
    known = {word: word for word in words}
    for lang in LANGS:
        known |= {catalogue(lang).text(f"links.{prefix}.{word}").casefold(): word for word in words}
    return known


def _words(cell: str, prefix: str, words: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """Words of a list that are known, each once, and those that are not."""
    known = _known(prefix, words)
    given = [part.strip() for part in _parts(cell) if part.strip()]
    found = [known.get(part.casefold(), "") for part in given]
    return list(dict.fromkeys(filter(None, found))), [part for part, word in zip(given, found, strict=True) if not word]


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
