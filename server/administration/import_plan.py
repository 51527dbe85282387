"""What an import would do, decided without doing it: whom it adds, whom it assigns, what speaks against it."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

import msgspec

from server.administration.csv_table import CellProblem, Table
from server.storage.port import OfficeChange
from sync.ids import participant_bucket, specialist_bucket

LIMITS: Final = {"code": 40, "name": 120, "pronouns": 40}
LANGUAGES: Final = {
    "": "", "en": "en", "english": "en", "inglés": "en", "ingles": "en",
    "es": "es", "spanish": "es", "español": "es", "espanol": "es",
}  # fmt: skip


class Known(msgspec.Struct, frozen=True):
    """What the organisation has: folded code, site name and specialist (name or sign-in name) to ids.

    `supported`: (participant, specialist) of the assignments in force. A name that two have leads to ''.
    """

    codes: Mapping[str, str]
    sites: Mapping[str, str]
    specialists: Mapping[str, str]
    supported: frozenset[tuple[str, str]] = frozenset()


class Person(msgspec.Struct):
    """A participant of the file, from one or more rows. `is_new`: not here yet."""

    id: str
    row: int
    code: str
    fields: dict[str, Any]
    is_new: bool
    specialists: list[str]


class Plan(msgspec.Struct, frozen=True):
    """`people` to add or assign, in the file's order; `unchanged`: rows that are already as they say."""

    people: list[Person]
    unchanged: int
    problems: list[CellProblem]

    @property
    def added(self) -> int:
        return sum(person.is_new for person in self.people)

    @property
    def assigned(self) -> int:
        return sum(len(person.specialists) for person in self.people)

    def changes(self, import_id: str) -> list[OfficeChange]:
        """The changes in order; the same import sent twice names the same records, so it happens once."""
        made: list[OfficeChange] = []
        for person in self.people:
            if person.is_new:
                bucket = participant_bucket(person.id)
                made.append(OfficeChange("create", "participant", person.id, bucket, person.fields))
            for specialist in person.specialists:
                doc = derived_id(import_id, f"{person.id} {specialist}")
                fields = {"specialist": specialist, "participant": person.id}
                made.append(OfficeChange("create", "assignment", doc, specialist_bucket(specialist), fields))
        return made


def plan(table: Table, known: Known, import_id: str) -> Plan:
    """Every row is looked at, so that all its problems are told at once."""
    people: dict[str, Person] = {}
    problems: list[CellProblem] = []
    unchanged = 0
    for row, cells in table.rows:
        wrong = _problems(row, cells, known)
        folded = cells.get("code", "").casefold()
        before = people.get(folded)
        if before and not _is_same(before, cells):
            wrong.append(CellProblem("code_twice", row, "code", str(before.row)))
        problems.extend(wrong)
        if wrong:
            continue
        person = before or _person(row, cells, known, import_id)
        people[folded] = person
        specialist = known.specialists.get(cells.get("specialist", "").casefold(), "")
        is_held = (person.id, specialist) in known.supported or specialist in person.specialists
        if specialist and not is_held:
            person.specialists.append(specialist)
        elif not person.is_new or before:
            unchanged += 1
    doing = [person for person in people.values() if person.is_new or person.specialists]
    return Plan(doing, unchanged, problems)


def derived_id(import_id: str, name: str) -> str:
    """An id that only this import gives to this name."""
    digest = sha256(f"{import_id}\n{name}".encode()).digest()
    return str(UUID(bytes=digest[:16], version=5))


def _problems(row: int, cells: Mapping[str, str], known: Known) -> list[CellProblem]:
    found = [CellProblem("missing", row, column) for column in ("code", "name") if not cells.get(column)]
    found += [
        CellProblem("too_long", row, column, str(limit))
        for column, limit in LIMITS.items()
        if len(cells.get(column, "")) > limit
    ]
    if "_extra" in cells:
        found.append(CellProblem("extra_cells", row))
    if cells.get("language", "").casefold() not in LANGUAGES:
        found.append(CellProblem("language_unknown", row, "language", cells["language"][:60]))
    for column, names in (("site", known.sites), ("specialist", known.specialists)):
        value = cells.get(column, "")
        if value and not names.get(value.casefold()):
            word = "ambiguous" if value.casefold() in names else "unknown"
            found.append(CellProblem(f"{column}_{word}", row, column, value[:60]))
    return found


def _person(row: int, cells: Mapping[str, str], known: Known, import_id: str) -> Person:
    code = cells["code"]
    fields = {
        "name": cells["name"],
        "code": code,
        "pronouns": cells.get("pronouns", ""),
        "site": known.sites.get(cells.get("site", "").casefold()),
        "language": LANGUAGES[cells.get("language", "").casefold()],
    }
    here = known.codes.get(code.casefold())
    given = {name: value for name, value in fields.items() if value}
    return Person(here or derived_id(import_id, code.casefold()), row, code, given, here is None, [])


def _is_same(person: Person, cells: Mapping[str, str]) -> bool:
    """A second row for the same code may only add a specialist."""
    return person.fields["name"] == cells.get("name") and bool(cells.get("specialist"))
