"""A CSV file as people really have it: any of three encodings, commas or semicolons, headers in their own words.

Reading never guesses about content. What cannot be read is a problem with its row and column; nothing is dropped.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from _csv import Reader

ROWS_LIMIT: Final = 5000
FILE_LIMIT_BYTES: Final = 1024 * 1024


class Columns(msgspec.Struct, frozen=True):
    """Our columns, each with the headers that mean it (folded, without spaces), and those that must be there."""

    headers: Mapping[str, tuple[str, ...]]
    required: tuple[str, ...]


HEADERS: Final[dict[str, tuple[str, ...]]] = {
    "code": ("code", "id", "personid", "participantid", "clientid", "participantcode", "number", "codigo", "numero"),
    "name": ("name", "fullname", "alias", "personname", "participant", "participantname", "nombre", "persona"),
    "pronouns": ("pronouns", "pronombres"),
    "site": ("site", "place", "location", "program", "lugar", "sitio", "sede", "centro"),
    "language": ("language", "lang", "idioma", "lengua"),
    "specialist": (
        "specialist", "assignedto", "peerspecialist", "worker", "supportedby", "especialista", "asignadoa",
        "apoyadopor",
    ),
}  # fmt: skip
PEOPLE: Final = Columns(HEADERS, ("code", "name"))


class CellProblem(msgspec.Struct, frozen=True):
    """What is wrong, as a catalogue key below `administration.import.`; `row` counts from the file's first line."""

    code: str
    row: int = 0
    column: str = ""
    value: str = ""


class Table(msgspec.Struct, frozen=True):
    """`rows`: (line number, column to trimmed text). `ignored`: headers that mean nothing here."""

    rows: list[tuple[int, dict[str, str]]]
    ignored: list[str]


def decode(data: bytes) -> str | None:
    """Text of a file in UTF-8 (with or without mark), UTF-16 with its mark, or Windows-1252; None for none of them."""
    encodings = ["utf-16"] if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if "\x00" in text else text
    return None


def read_table(text: str, wanted: Columns = PEOPLE) -> Table | list[CellProblem]:
    """The rows, or why they cannot be read at all."""
    if not text.strip():
        return [CellProblem("empty")]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        header = next(reader)
        columns = [column_of(cell, wanted) for cell in header]
        problems = _header_problems(columns, wanted)
        if problems:
            return problems
        rows = _rows(reader, columns)
    except csv.Error:
        return [CellProblem("broken_quotes", row=reader.line_num)]
    if not rows:
        return [CellProblem("no_rows")]
    if len(rows) > ROWS_LIMIT:
        return [CellProblem("too_many_rows")]
    ignored = [cell.strip() for cell, column in zip(header, columns, strict=True) if not column and cell.strip()]
    return Table(rows, ignored)


def column_of(header: str, wanted: Columns = PEOPLE) -> str:
    """Our column that a header means, in English or Spanish, however it is spelled; '' for none."""
    plain = unicodedata.normalize("NFKD", header).casefold()
    word = "".join(c for c in plain if c.isalnum() and not unicodedata.combining(c))
    return next((column for column, names in wanted.headers.items() if word in names), "")


def _rows(reader: Reader, columns: list[str]) -> list[tuple[int, dict[str, str]]]:
    rows = []
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        found = {column: " ".join(cell.split()) for column, cell in zip(columns, cells, strict=False) if column}
        if len(cells) > len(columns) and any(cell.strip() for cell in cells[len(columns) :]):
            found["_extra"] = "yes"
        rows.append((reader.line_num, found))
        if len(rows) > ROWS_LIMIT:
            break
    return rows


def _delimiter(text: str) -> str:
    """Comma, semicolon or tab: the one the first line has most of."""
    first = text.lstrip("\r\n").partition("\n")[0]
    return max(",;\t", key=first.count)


def _header_problems(columns: list[str], wanted: Columns) -> list[CellProblem]:
    missing = [CellProblem("column_missing", row=1, column=name) for name in wanted.required if name not in columns]
    twice = sorted({name for name in columns if name and columns.count(name) > 1})
    return missing + [CellProblem("column_twice", row=1, column=name) for name in twice]
