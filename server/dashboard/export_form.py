"""What is asked before anything leaves: which notes, for whom, what for, on which legal basis."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from server.auth.forms import Form
from server.dashboard.export_basis import BASES, Basis
from server.dashboard.periods import day_of
from server.dashboard.scene import Scene
from server.storage.disclosures import Choice, Format

LINE_LIMIT: Final = 200
LONGEST_DAYS: Final = 3_660
FORMATS: Final[tuple[Format, ...]] = ("csv", "words", "print", "figures")
BILLABLE: Final = ("", "yes", "no")
FIELDS: Final = ("from", "to", "site", "person", "billable", "format", "recipient", "purpose", "basis", "reference")


class Wanted(msgspec.Struct, frozen=True):
    """A whole request. `basis`: None for figures, which are nobody's record."""

    choice: Choice
    billable: str
    format: Format
    basis: Basis | None
    recipient: str
    purpose: str
    reference: str


def read_export(form: Form, scene: Scene) -> Wanted | list[dict[str, str]]:
    """The request, or what is missing: without a purpose, a recipient and a basis nothing leaves."""
    problems: dict[str, str] = {}
    first, last = _days(form, scene, problems)
    kind = next((name for name in FORMATS if name == form["format"]), None)
    if kind is None:
        problems["format"] = "format"
    basis = BASES.get(form["basis"]) if kind != "figures" else None
    told = {name: form.line(name, LINE_LIMIT + 1) for name in ("recipient", "purpose", "reference")}
    for name, value in told.items():
        if len(value) > LINE_LIMIT:
            problems[name] = "long"
    problems |= {name: name for name in ("recipient", "purpose") if not told[name]}
    if kind != "figures":
        problems |= _basis_problems(form, basis, told)
    if form["site"] and not scene.site_name(form["site"]):
        problems["site"] = "site"
    if form["person"] and form["person"] not in scene.sums.people:
        problems["person"] = "gone"
    if problems or kind is None:
        return _said(scene, problems)
    choice = Choice(first, last, form["site"], "" if kind == "figures" else form["person"])
    billable = form["billable"] if form["billable"] in BILLABLE else ""
    return Wanted(choice, billable, kind, basis, told["recipient"], told["purpose"], told["reference"])


def _basis_problems(form: Form, basis: Basis | None, told: Mapping[str, str]) -> dict[str, str]:
    if basis is None:
        return {"basis": "basis"}
    found: dict[str, str] = {}
    if basis.needs_person and not form["person"]:
        found["person"] = "person"
    if basis.needs_reference and not told["reference"]:
        found["reference"] = "reference"
    if basis.name == "payment" and form["format"] in ("words", "print"):
        found["format"] = "payment_words"
    return found


def _days(form: Form, scene: Scene, problems: dict[str, str]) -> tuple[int, int]:
    first, last = day_of(form["from"].strip()), day_of(form["to"].strip())
    for name, day in (("from", first), ("to", last)):
        if day is None:
            problems[name] = "date"
    if first is None or last is None:
        return scene.today, scene.today
    if first > last:
        problems["to"] = "order"
    elif last - first > LONGEST_DAYS:
        problems["from"] = "years"
    return first, last


def _said(scene: Scene, problems: Mapping[str, str]) -> list[dict[str, str]]:
    order = sorted(problems, key=FIELDS.index)
    return [{"field": name, "text": scene.text(f"exports.problem.{problems[name]}")} for name in order]
