"""The review queue: which signed notes a supervisor should read, the exceptions first, each with its reasons.

A note waits here from signing until it is co-signed or returned. An exception waits whatever the organisation's rule of
co-signing says; the others only where the rule asks for a co-signature. Older notes leave the queue (`review_days`): an
organisation that begins to co-sign today does not begin with last year.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial
from typing import Final, Literal

import msgspec

from server.dashboard.cosigning import Asked, asked
from server.dashboard.scene import Scene
from server.storage import counting, review
from server.storage.forms import forms
from server.storage.port import Rows
from server.storage.records import service_day
from server.storage.review import Unread
from sync.forms import missing
from sync.records.rules import Rules, also_asked
from sync.units import count, first_day

HOUR_MS: Final = 3_600_000
Reason = Literal["flag", "missing", "late", "gap", "over_cap"]
"""In the order in which they press."""


class Entry(msgspec.Struct, frozen=True):
    """A note of the queue. `reasons`: why it is an exception; `cosign`: why it is to be co-signed, if it is.

    One of the two is there, or both.
    """

    note: Unread
    reasons: list[Reason]
    cosign: Asked | None


class Looked(msgspec.Struct, frozen=True):
    """A queue as it was made for notes signed since an instant. `oldest`: when the first of all it read was signed."""

    since: int
    entries: list[Entry]
    oldest: int
    is_full: bool


async def queue(rows: Rows, scene: Scene, *, with_caps: bool = True) -> list[Entry]:
    """Exceptions first, then what the rule asks to be co-signed; each part with the oldest signature first.

    `with_caps`: also look at units beyond what is paid, which reads every contact of the people concerned.
    """
    since = scene.now - scene.settings.rules.review_days * 24 * HOUR_MS
    what, look = f"queue {with_caps}", partial(_look, rows, scene, since, with_caps=with_caps)
    looked = await scene.standing.remembered(what, look)
    if since < looked.since or (looked.is_full and looked.oldest < since):
        looked = await scene.standing.remembered(what, look, is_anew=True)
    return [entry for entry in looked.entries if entry.note.signed_at >= since]


async def _look(rows: Rows, scene: Scene, since: int, *, with_caps: bool) -> Looked:
    found = await review.unread(rows, scene.org, since)
    rules = scene.settings.rules
    beginners = await review.provisional(rows, scene.org) if rules.cosign.who == "provisional" else frozenset[str]()
    over = await _over_cap(rows, scene, found) if with_caps else frozenset[str]()
    entries = [
        Entry(note, _reasons(scene, note, over), cosign_asked(rules, note, beginners)) for note in found
    ]
    waiting = sorted((one for one in entries if one.reasons or one.cosign), key=lambda one: not one.reasons)
    oldest = found[0].signed_at if found else since
    return Looked(since, waiting, oldest, is_full=len(found) == review.QUEUE_LIMIT)


def cosign_asked(rules: Rules, note: Unread, beginners: Collection[str]) -> Asked | None:
    """Whether and why the organisation's rules ask for a co-signature of this note."""
    return asked(
        rules.cosign, note.doc, note.author, note.contact_kind, has_flag=note.flag > 0, beginners=beginners
    )


def due_ms(scene: Scene, kind: str) -> int:
    """How long after its end a note of this kind is late."""
    rules = scene.settings.rules
    due_h = rules.crisis_due_h if kind == "crisis" else scene.settings.note_due_h
    return max(due_h, rules.late_after_h) * HOUR_MS


def _reasons(scene: Scene, note: Unread, over: frozenset[str]) -> list[Reason]:
    due = due_ms(scene, note.contact_kind)
    is_late = note.signed_at - note.ended_at > due
    is_long = note.captured - note.ended_at > due // 2
    found: list[tuple[Reason, bool]] = [
        ("flag", note.flag == 1),
        ("missing", bool(lacking(scene, note))),
        ("late", is_late),
        ("gap", is_long and not is_late),
        ("over_cap", note.doc in over),
    ]
    return [reason for reason, is_so in found if is_so]


def lacking(scene: Scene, note: Unread) -> list[str]:
    """Fields that the form or the organisation asks for and that are empty, as paths."""
    form = forms().get(note.fields.get("form", ""))
    if form is None:
        return []
    also = also_asked(scene.settings.rules, note.contact_kind)
    return [problem.field for problem in missing(form, note.fields, also)]


async def _over_cap(rows: Rows, scene: Scene, found: Sequence[Unread]) -> frozenset[str]:
    """Notes with units beyond what is paid; asked only where the organisation has a limit."""
    units = scene.settings.units
    if not (units.max_per_day or units.max_per_period):
        return frozenset()
    known = await counting.around(rows, scene.org)
    over: set[str] = set()
    wanted = {note.doc for note in found}
    for person in {note.participant for note in found}:
        days = [service_day(n.started_at, n.fields["zone"]) for n in found if n.participant == person]
        contacts = await counting.contacts(rows, scene.org, person, first_day(min(days), units), known)
        counted = count(contacts, units, scene.settings.rules.billing)
        over |= {doc for doc, one in counted.items() if one.paid < one.units and one.unpaid in ("over_cap", "no_auth")}
    return frozenset(over & wanted)
