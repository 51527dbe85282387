"""What an import of resources would do, decided without doing it: what it adds, what it changes, what is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from server.administration.csv_table import CellProblem, Columns, Table
from server.administration.deciding import differing
from server.administration.import_plan import derived_id
from server.administration.resource_fields import identity, read
from server.storage.links import Resource
from server.storage.port import OfficeChange
from sync.ids import DIRECTORY_BUCKET
from sync.records.resource import ResourceFields

COLUMNS: Final = Columns(
    {
        "name": ("name", "place", "organization", "agency", "nombre", "lugar", "organizacion"),
        "kinds": ("kinds", "kind", "category", "categories", "type", "services", "tipo", "tipos", "categoria"),
        "languages": ("languages", "language", "idiomas", "idioma"),
        "address": ("address", "street", "location", "direccion", "domicilio"),
        "phone": ("phone", "telephone", "phonenumber", "telefono", "tel"),
        "hours": ("hours", "openinghours", "open", "horario", "horas"),
        "for_whom": ("forwhom", "eligibility", "who", "whoitisfor", "paraquien", "requisitos"),
        "cost": ("cost", "price", "fee", "costo", "precio"),
        "notes": ("notes", "comments", "remarks", "notas", "comentarios"),
        "checked_on": ("checkedon", "checked", "verified", "lastchecked", "revisado", "verificado"),
    },
    ("name", "kinds"),
)


class Line(msgspec.Struct, frozen=True):
    """A row of the file as it would be kept. `id`: of the entry that is here already, or of the new one."""

    id: str
    row: int
    fields: ResourceFields
    changed: dict[str, Any]
    is_new: bool


class ResourcePlan(msgspec.Struct, frozen=True):
    """`lines` to add or change, in the file's order; `unchanged`: rows that are here as they say."""

    lines: list[Line]
    unchanged: int
    problems: list[CellProblem]

    @property
    def added(self) -> int:
        return sum(line.is_new for line in self.lines)

    @property
    def changing(self) -> int:
        return len(self.lines) - self.added

    def changes(self) -> list[OfficeChange]:
        """The changes in order; the same import sent twice names the same records, so it happens once."""
        return [
            OfficeChange("create", "resource", line.id, DIRECTORY_BUCKET, msgspec.to_builtins(line.fields))
            if line.is_new
            else OfficeChange("patch", "resource", line.id, DIRECTORY_BUCKET, line.changed)
            for line in self.lines
        ]


def plan(table: Table, here: Sequence[Resource], import_id: str) -> ResourcePlan:
    """Every row is looked at, so that all its problems are told at once."""
    known: Mapping[tuple[str, str], Resource] = {identity(one.fields): one for one in here}
    seen: dict[tuple[str, str], int] = {}
    lines: list[Line] = []
    problems: list[CellProblem] = []
    unchanged = 0
    for row, cells in table.rows:
        fields = read(row, cells)
        if isinstance(fields, list):
            problems += fields
            continue
        key = identity(fields)
        if key in seen:
            problems.append(CellProblem("place_twice", row, "name", str(seen[key])))
            continue
        seen[key] = row
        found = known.get(key)
        if found is None:
            lines.append(Line(derived_id(import_id, "\n".join(key)), row, fields, {}, is_new=True))
        elif changed := _changed(found.fields, fields, cells):
            lines.append(Line(found.id, row, fields, changed, is_new=False))
        else:
            unchanged += 1
    return ResourcePlan(lines, unchanged, problems)


def _changed(before: ResourceFields, after: ResourceFields, cells: Mapping[str, str]) -> dict[str, Any]:
    """Only columns that the file has can change anything; a place that closed stays closed."""
    return {name: value for name, value in differing(before, after).items() if name in cells}
