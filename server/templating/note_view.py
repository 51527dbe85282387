"""View of a note for templates/shared/note.html, from the record alone: the dashboard shows what the phone shows.

Twin of web/pocket/pages/note_view.ts: tests/vectors/notes.json is rendered through both, and the bytes are compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from server.templating.answers_view import answers_view, plain
from sync.forms import Form
from sync.ids import receipt_code
from sync.records.kind import Body
from sync.records.rules import Billing, UnitRule
from sync.units import Counted, contact_of, count

HOUR_MS: Final = 3_600_000
DAY_MS: Final = 86_400_000
# Reasons that the catalogue has words for; any other is not shown.
REASONS: Final = (
    "left_out", "wrong_detail", "wrong_time", "wrong_person", "person_asked", "person_view", "other", "safety_closed",
    "did_not_happen", "wrong_date", "duplicate", "never_billable", "narrative", "billing_indicator", "service_code",
    "time_entry", "no_active_plan",
)  # fmt: skip
# Fields whose values are words of the catalogue, for values kept aside.
WORDED: Final = {"setting": "note.setting.", "mode": "note.mode.", "contact_kind": "note.kind."}
NOBODY: Final = ("", "")


class Copy(msgspec.Struct, frozen=True):
    """Where the bytes of an attachment are: its page, "" where there is nothing to show; and a word for why not."""

    href: str = ""
    state: str = ""


NO_COPY: Final = Copy()


class Names(msgspec.Struct, frozen=True):
    """What the note's ids stand for: goal and site by id, (name, title) by member; and how its minutes count.

    `counted`: with the other contacts of the person; None counts the note as if it were the only one.
    `copies`: of attachments, by id.
    `forms`: by reference; the answers of a note whose form is not among them are shown under their keys.
    """

    person: str
    goals: Mapping[str, str] = {}
    sites: Mapping[str, tuple[str, bool]] = {}
    members: Mapping[str, tuple[str, str]] = {}
    units: UnitRule = UnitRule()
    billing: Billing = Billing()
    counted: Counted | None = None
    forms: Mapping[str, Form] = {}
    copies: Mapping[str, Copy] = {}
    lang: str = "en"


def note_view(doc: str, fields: Mapping[str, Any], body: Body, names: Names) -> dict[str, Any]:
    """`fields`: the note's fields as on the wire; `body.set` is not read."""
    site, is_site_paid = names.sites.get(fields.get("site") or "", ("", None))
    author, title = names.members.get(body.author, NOBODY)
    attachments = fields.get("attachments") or ()
    return {
        "doc": doc,
        "person": names.person,
        "kind": fields["contact_kind"],
        "started_at": fields["started_at"],
        "ended_at": fields["ended_at"],
        "zone": fields["zone"],
        **units_view(names.counted or _alone(fields, body.author, is_site_paid, names), names.units),
        "place": site,
        "setting": fields["setting"],
        "mode": fields["mode"],
        "support": list(fields.get("support", ())),
        "goals": [names.goals.get(goal, "") for goal in fields.get("goals", ())],
        "flags": list(fields.get("flags", ())),
        **answers_view(fields.get("answers") or {}, names.forms.get(fields["form"]), names.lang),
        "author": author,
        "title": title,
        **_signature_view(fields, body),
        "addenda": [
            {
                "by": names.members.get(one.by, NOBODY)[0],
                "at": one.at,
                "text": one.text,
                "reason": one.reason if one.reason in REASONS else "",
                "code": receipt_code(one.seq) if one.seq > 0 else "",
            }
            for one in body.addenda
        ],
        "kept": [
            {**_kept_view(one.field, one.value), "by": names.members.get(one.by, NOBODY)[0], "at": one.at}
            for one in body.kept
        ],
        "attachments": [_attachment_view(one, names.copies.get(one["id"], NO_COPY)) for one in attachments],
        "is_revision": bool(fields.get("supersedes")),
    }


def _attachment_view(one: Mapping[str, Any], copy: Copy) -> dict[str, Any]:
    is_picture = one["media"] == "image/jpeg"
    known = {"name": one.get("name", ""), "is_picture": is_picture, "size": one["size"]}
    return {**known, "href": copy.href, "state": copy.state}


def units_view(counted: Counted, rule: UnitRule) -> dict[str, Any]:
    """Minutes and units, how many of them are paid, and in a word why not all: sync/records/rules.py, `Unpaid`."""
    return {
        "minutes": counted.minutes,
        "units": f"{counted.units:.10g}",
        "is_one_unit": counted.units == 1,
        "unit_minutes": rule.unit_minutes,
        "unpaid": counted.unpaid,
        "is_partly": 0 < counted.paid < counted.units,
        "paid": f"{counted.paid:.10g}",
        "is_together": rule.aggregate == "per_person_day" and counted.earlier > 0,
        "day_units": f"{counted.day_units:.10g}",
    }


def _alone(fields: Mapping[str, Any], author: str, is_site_paid: bool | None, names: Names) -> Counted:
    """A site that is not known is paid like any other."""
    is_paid = True if is_site_paid is None and fields.get("site") else is_site_paid
    contact = contact_of("", author, fields, 0, is_paid)
    return count([contact], names.units, names.billing)[""]


def _signature_view(fields: Mapping[str, Any], body: Body) -> dict[str, Any]:
    signed = body.signed
    later = (signed.at if signed else body.captured) - fields["ended_at"]
    unit = "" if later < HOUR_MS else "days" if later >= 2 * DAY_MS else "hours"
    return {
        "signed_at": signed.at if signed else None,
        "code": receipt_code(signed.seq) if signed and signed.seq > 0 else "",
        "later_unit": unit,
        "later_count": {"": 0, "hours": later // HOUR_MS, "days": later // DAY_MS}[unit],
    }


def _kept_view(field: str, value: Any) -> dict[str, Any]:
    is_time = field in ("started_at", "ended_at") and isinstance(value, int)
    is_word = field in WORDED and isinstance(value, str)
    return {
        "field": field.removeprefix("answers."),
        "word": WORDED[field] + value if is_word else "",
        "text": "" if is_time or is_word else plain(value),
        "time": value if is_time else None,
    }
