"""Decisions: the receipt of a change and everything that has to be written with it, in the same transaction."""

from __future__ import annotations

import hashlib

import msgspec

from sync.ids import specialist_bucket
from sync.intake import Parsed
from sync.messages import Code, Outcome, Receipt
from sync.records.kind import KeptValue
from sync.refusal import OFFERS
from sync.state import Asker, End, Grant, Record


class Decision(msgspec.Struct, kw_only=True, gc=False):
    """`record`: as it stands after the change (None: nothing changed).

    `is_new_record`: just created, its fields are the change's own `set`.
    `returned`, `assignment`: further records made by the office, with the same seq, in `me:` of a specialist.
    `kept`: values newly put aside, for the conflict table. `bug`: where a rule failed, for the log; no content.
    """

    receipt: Receipt
    record: Record | None = None
    is_new_record: bool = False
    returned: Record | None = None
    assignment: Record | None = None
    grants: list[Grant] = []
    ends: list[End] = []
    kept: list[KeptValue] = []
    bug: str | None = None


class Case(msgspec.Struct, frozen=True, gc=False):
    """One change before the office: who asks, what was read, the seq it will take, the office's clock (ms)."""

    asker: Asker
    parsed: Parsed
    seq: int
    now: int


def answer(case: Case, outcome: Outcome, record: Record | None = None) -> Decision:
    """The change is taken, and this is how the record stands from now on."""
    return Decision(receipt=receipt(case, outcome), record=record)


def receipt(case: Case, outcome: Outcome) -> Receipt:
    """Of a change that is not refused."""
    return Receipt(case.parsed.n, outcome, case.seq, case.parsed.doc, case.now)


def refuse(  # noqa: PLR0917 - what, why, where
    case: Case, outcome: Outcome, code: Code, field: str | None = None, bug: str | None = None, reason: str = ""
) -> Decision:
    """Rejected or quarantined; a specialist gets the words back. `reason`: a supervisor's own words to it."""
    parsed = case.parsed
    refusal = Receipt(parsed.n, outcome, case.seq, parsed.doc, case.now, code, field, OFFERS[code])
    returned = _returned(case, refusal) if case.asker.role == "specialist" else None
    if returned is not None and reason:
        returned.fields["reason"] = reason
    return Decision(receipt=refusal, returned=returned, bug=bug)


def derived_id(noun: str, device: str, n: int) -> str:
    """Id of a record that the office makes because of change (device, n): the same whenever it is decided."""
    text = hashlib.sha256(f"{noun}\n{device}\n{n}".encode()).hexdigest()
    return f"{text[:8]}-{text[8:12]}-8{text[13:16]}-8{text[17:20]}-{text[20:32]}"


def made_by_office(case: Case, noun: str, person: str, fields: dict[str, object]) -> Record:
    """A record of the office's own making in `me:` of a person."""
    change = case.parsed.change
    return Record(
        doc=derived_id(noun, case.asker.device, case.parsed.n),
        type=noun,
        bucket=specialist_bucket(person),
        author=case.asker.person,
        device=case.asker.device,
        state="open",
        fields=fields,
        created=case.seq,
        seq=case.seq,
        captured=change.captured.wall if change is not None else case.now,
        received=case.now,
    )


def _returned(case: Case, receipt: Receipt) -> Record:
    asker, parsed = case.asker, case.parsed
    fields: dict[str, object] = {
        "device": asker.device,
        "n": parsed.n,
        "about": parsed.doc or derived_id("returned", asker.device, parsed.n),
        "code": receipt.code,
        "change": parsed.text,
    }
    if receipt.field is not None:
        fields["field"] = receipt.field
    if receipt.offer is not None:
        fields["offer"] = receipt.offer
    return made_by_office(case, "returned", asker.person, fields)
