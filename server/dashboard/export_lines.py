"""Chosen notes as they leave: counted by the rules with all the contacts of their people, then as rows or pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from server.dashboard.export_basis import covers
from server.dashboard.export_form import Wanted
from server.dashboard.periods import civil
from server.dashboard.scene import Scene
from server.storage import counting, disclosures
from server.storage.disclosures import Chosen, Person
from server.storage.port import Rows
from server.storage.records import record_by_doc
from sync.ids import receipt_code
from sync.state import Record
from sync.units import Counted, count, total

# Place-of-service codes of the CMS for our settings; docs/rules.md says which are unconfirmed.
PLACES_OF_SERVICE: Final = {
    "drop_in_center": "99", "community": "99", "home": "12", "shelter": "04", "street": "27", "hospital_ed": "23",
    "inpatient": "21", "jail": "09", "prison": "09", "court": "99", "clinic": "49", "recovery_residence": "14",
    "school": "03", "phone_video": "02",
}  # fmt: skip
HEADER: Final = (
    "note", "receipt", "person", "code", "service_date", "start", "end", "minutes", "units", "units_billable",
    "not_billed", "kind", "setting", "place_of_service", "site", "mode", "goals", "specialist", "signed_at",
    "replaced_by_a_later_note",
)  # fmt: skip


class Line(msgspec.Struct, frozen=True):
    """A note that leaves."""

    note: Record
    day: int
    person: Person
    counted: Counted
    is_replaced: bool


class Leaving(msgspec.Struct, frozen=True):
    """What leaves, and how many chosen notes do not: their people have no consent in force."""

    lines: Sequence[Line]
    left_out: int
    people_left_out: int
    is_too_much: bool = False

    @property
    def notes_of(self) -> Mapping[str, int]:
        """Participant to number of notes."""
        return Counter(line.note.fields["participant"] for line in self.lines)


async def leaving(rows: Rows, scene: Scene, wanted: Wanted) -> Leaving:
    """The notes of a request, with only those people whom its basis covers."""
    found = await disclosures.chosen(rows, scene.org, wanted.choice)
    if len(found) > disclosures.NOTES_LIMIT:
        return Leaving([], 0, 0, is_too_much=True)
    docs = {note.participant for note in found}
    allowed = await _covered(rows, scene, wanted, docs)
    kept = [note for note in found if note.participant in allowed]
    people = await disclosures.people(rows, scene.org, allowed)
    replaced = await disclosures.superseded(rows, scene.org, allowed)
    counted = await _counted(rows, scene, allowed)
    lines = []
    for one in kept:
        how = counted.get(one.doc)
        if _is_wanted(wanted, how, is_replaced=one.doc in replaced):
            lines += await _line(rows, scene, one, people, how)
    return Leaving(lines, len(found) - len(kept), len(docs - allowed))


async def _covered(rows: Rows, scene: Scene, wanted: Wanted, people: set[str]) -> set[str]:
    basis = wanted.basis
    if basis is None or not basis.needs_consent:
        return people
    consents = await disclosures.consents(rows, scene.org, people)
    today = civil(scene.today)
    return {person for person in people if covers(basis, consents.get(person, ()), today)}


def _is_wanted(wanted: Wanted, counted: Counted | None, *, is_replaced: bool) -> bool:
    """For payment and in figures a replaced note is none; a record that was asked for has them all."""
    if is_replaced and (wanted.format == "figures" or (wanted.basis is not None and wanted.basis.name == "payment")):
        return False
    is_paid = counted is not None and counted.paid > 0
    return wanted.billable == "" or is_paid == (wanted.billable == "yes")


async def _counted(rows: Rows, scene: Scene, people: set[str]) -> dict[str, Counted]:
    """Every contact of these people, by doc: limits look at all of them, whatever was chosen."""
    known = await counting.around(rows, scene.org)
    found: dict[str, Counted] = {}
    for person in people:
        contacts = await counting.contacts(rows, scene.org, person, None, known)
        found |= count(contacts, scene.settings.units, scene.settings.rules.billing)
    return found


async def _line(
    rows: Rows, scene: Scene, one: Chosen, people: Mapping[str, Person], counted: Counted | None
) -> list[Line]:
    note = await record_by_doc(rows, scene.org, one.doc)
    if note is None:
        return []
    nobody = Person("", "", {})
    length = (note.fields["ended_at"] - note.fields["started_at"]) // 60_000
    how = counted or Counted(length, 0, 0)
    return [Line(note, one.day, people.get(one.participant, nobody), how, is_replaced=counted is None)]


def csv_rows(scene: Scene, wanted: Wanted, found: Leaving, head: Sequence[Sequence[str]]) -> list[list[object]]:
    """The notice and the basis on top, then a row for each note."""
    keys = sorted({key for line in found.lines for key in (line.note.fields.get("answers") or {})})
    words = keys if wanted.format == "words" else []
    rows: list[list[object]] = [list(row) for row in head]
    rows.append([*HEADER, *words, *(["added_later"] if wanted.format == "words" else [])])
    rows += [_cells(scene, line, words, with_words=wanted.format == "words") for line in found.lines]
    return rows


def _cells(scene: Scene, line: Line, words: Sequence[str], *, with_words: bool) -> list[object]:
    note, fields, counted = line.note, line.note.fields, line.counted
    zone, signed = fields["zone"], note.signed
    answers: Mapping[str, Any] = fields.get("answers") or {}
    goals = "; ".join(line.person.goals.get(goal, "") for goal in fields.get("goals", ()))
    cells: list[object] = [
        note.doc, receipt_code(signed.seq) if signed else "", line.person.name, line.person.code, civil(line.day),
        _local(fields["started_at"], zone)[11:], _local(fields["ended_at"], zone)[11:], counted.minutes,
        counted.units, counted.paid, counted.unpaid, fields["contact_kind"], fields["setting"],
        PLACES_OF_SERVICE.get(fields["setting"], ""), scene.site_name(fields.get("site")), fields["mode"], goals,
        scene.names.get(note.author, ""), _local(signed.at, zone) if signed else "", line.is_replaced,
    ]  # fmt: skip
    if not with_words:
        return cells
    later = " / ".join(one.text for one in note.addenda)
    return [*cells, *(_plain(answers.get(key)) for key in words), later]


def _local(at: int, zone: str) -> str:
    """`2026-11-21 14:05` where it was; an unknown zone reads as UTC."""
    try:
        known: tzinfo = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        known = UTC
    return datetime.fromtimestamp(at / 1000, known).strftime("%Y-%m-%d %H:%M")


def _plain(value: Any) -> object:
    if value is None:
        return ""
    return ", ".join(str(item) for item in value) if isinstance(value, list) else value


def figure_rows(scene: Scene, found: Leaving, head: Sequence[Sequence[str]]) -> list[list[object]]:
    """Contacts, people and units by kind and by site; where the people are few, the word of it instead of numbers.

    There is no line of sums, from which a number left out could be worked out.
    """
    few = scene.settings.rules.small_below
    rows: list[list[object]] = [list(row) for row in head]
    rows.append(["what", "value", "people", "contacts", "units", "units_billable"])
    groups: dict[tuple[str, str], list[Line]] = {}
    for line in found.lines:
        fields = line.note.fields
        place = scene.site_name(fields.get("site")) or scene.text("dashboard.elsewhere")
        groups.setdefault(("kind", scene.text(f"note.kind.{fields['contact_kind']}")), []).append(line)
        groups.setdefault(("site", place), []).append(line)
    for (what, value), lines in sorted(groups.items(), key=lambda one: one[0]):
        people = len({line.note.fields["participant"] for line in lines})
        made, paid = total([line.counted for line in lines])
        under = f"under {few}"
        numbers = [people, len(lines), made, paid] if people >= few else [under, under, "", ""]
        rows.append([what, value, *numbers])
    return rows
