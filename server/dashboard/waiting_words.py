"""The words of what waits: about whom, why it is here, since when, and where to go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

import msgspec

from server.dashboard.periods import civil, instants
from server.dashboard.queue import Entry
from server.dashboard.scene import Scene
from server.dashboard.unit_limits import Standing
from server.dashboard.wording import field_name
from server.storage.activity import Person
from server.storage.attention import KeptAside, OpenDraft, OpenFlag, Returned
from server.storage.credentials import Credential
from server.storage.person_records import Held
from server.storage.port import Row
from server.storage.quarantine import Held as OnHold
from server.storage.review import SentBack
from server.storage.salvage import Group
from server.templating.filters import Filters
from sync.records.consent import ConsentFields

DAY_MS: Final = 24 * 3600 * 1000
KNOWN_CODES: Final = frozenset({"NOTE_SIGNED", "OUT_OF_SCOPE", "NOT_AUTHOR", "INVALID_FIELD", "PARTICIPANT_CLOSED"})


class Waiting(msgspec.Struct, frozen=True):
    """One row. `kind` names the words of its first column; `tone`: safety, attention or plain."""

    kind: str
    tone: str
    about: str
    why: str
    since: int
    href: str = ""
    action: str = ""
    place: str = ""
    count: int = 1


def flag(scene: Scene, one: OpenFlag) -> Waiting:
    words = ", ".join(scene.text(f"note.flag.{name}") for name in one.flags)
    why = scene.text("dashboard.why.safety", flags=words, name=_member(scene, one.author))
    about, place = scene.person_name(one.participant), scene.site_name(one.site)
    return Waiting("safety", "safety", about, why, one.ended_at, f"/dashboard/notes/{one.doc}", "open", place)


def sent_back(scene: Scene, one: SentBack) -> Waiting:
    why = scene.text("review.why.sent_back", name=_member(scene, one.author))
    about, place = scene.person_name(one.participant), scene.site_name(one.site)
    return Waiting("sent_back", "attention", about, why, one.since, f"/dashboard/notes/{one.doc}", "open", place)


def to_read(scene: Scene, entries: Sequence[Entry]) -> Waiting:
    """One row for the whole queue."""
    exceptions = sum(bool(entry.reasons) for entry in entries)
    about = scene.text("review.about", n=len(entries))
    why = scene.text("review.why.exceptions", n=exceptions) if exceptions else scene.text("review.why.plain")
    since = min(entry.note.signed_at for entry in entries)
    return Waiting("review", "plain", about, why, since, "/dashboard/review", "read", count=len(entries))


def without(scene: Scene, people: Sequence[Person]) -> Waiting:
    about = people[0].name if len(people) == 1 else scene.text("dashboard.about.people", n=len(people))
    since = min(person.received for person in people)
    why = scene.text("review.why.unassigned")
    return Waiting("unassigned", "attention", about, why, since, "/dashboard/caseloads", "list", count=len(people))


def unsent(scene: Scene, phone: Row, heard: int | None, since: int) -> Waiting:
    key = "dashboard.why.unsent_unprotected" if phone["is_storage_protected"] == 0 else "dashboard.why.unsent"
    why = scene.text(key, n=phone["reported_unsent"], age=scene.age(heard or phone["enrolled_at"]))
    return _phone(scene, phone, Waiting("unsent", "attention", "", why, since))


def silent(scene: Scene, phone: Row, since: int) -> Waiting:
    return _phone(scene, phone, Waiting("silent", "plain", "", scene.text("dashboard.why.silent"), since))


def _phone(scene: Scene, phone: Row, row: Waiting) -> Waiting:
    about = scene.text("dashboard.about.phone", name=_member(scene, phone["person"]))
    href = f"/dashboard/phones#phone-{phone['id']}"
    return msgspec.structs.replace(row, about=about, href=href, action="phone")


def draft(scene: Scene, one: OpenDraft) -> Waiting:
    why = scene.text("dashboard.why.due", name=_member(scene, one.author))
    href = f"/dashboard/notes?person={one.participant}" if one.participant else ""
    about, place = scene.person_name(one.participant), scene.site_name(one.site)
    return Waiting("due", "plain", about, why, one.started_at, href, "notes" if href else "", place)


def came_back(scene: Scene, change: Returned) -> Waiting:
    why = scene.text("dashboard.why.returned", name=_member(scene, change.author), why=code_words(scene, change.code))
    href, action = _way_to(change.about, change.about_type, change.participant)
    return Waiting("returned", "plain", scene.person_name(change.participant), why, change.received, href, action)


def kept_many(scene: Scene, found: Sequence[KeptAside]) -> Waiting:
    """One row for all of them."""
    about = scene.text("dashboard.about.records", n=len(found))
    why = scene.text("dashboard.why.kept_many", n=sum(one.n for one in found))
    return Waiting("kept", "plain", about, why, found[0].at, "/dashboard/kept", "list")


def kept_one(scene: Scene, one: KeptAside) -> Waiting:
    names = ", ".join(filter(None, (scene.names.get(by, "") for by in one.people))) or "–"
    fields = ", ".join(field_name(scene, field, one.form) for field in one.fields)
    why = scene.text("dashboard.why.kept", name=names, field=fields)
    about = scene.person_name(one.participant) if one.participant else one.name
    return Waiting("kept", "plain", about, why, one.at, f"/dashboard/kept/{one.doc}", "compare")


def sealed(scene: Scene, group: Group) -> Waiting:
    about = scene.text("dashboard.about.phone", name=_member(scene, group.person))
    why = scene.text("dashboard.why.salvaged", n=group.waiting)
    href = f"/dashboard/quarantine/phones/{group.device}"
    return Waiting("salvaged", "attention", about, why, group.first_at, href, "open")


def on_hold(scene: Scene, person: str, theirs: Sequence[OnHold]) -> Waiting:
    about = scene.text("dashboard.about.phone", name=_member(scene, person))
    why = scene.text("dashboard.why.quarantined", n=len(theirs))
    return Waiting("quarantined", "attention", about, why, theirs[0].at, "/dashboard/quarantine", "list")


def consent(scene: Scene, one: Held[ConsentFields]) -> Waiting:
    """`since`: when the warning began."""
    fields = one.fields
    until = date.fromisoformat(civil(scene.today + scene.settings.rules.consent_warn_days))
    days = (until - date.fromisoformat(fields.expires_on)).days
    day = Filters(scene.words).full_date(fields.expires_on)
    why = scene.text("dashboard.why.consent", recipient=fields.recipient, date=day)
    href = f"/dashboard/people/{fields.participant}"
    about, since = scene.person_name(fields.participant), scene.now - days * DAY_MS
    return Waiting("consent", "plain", about, why, since, href, "person")


def limits(scene: Scene, people: Mapping[str, tuple[Standing, int]]) -> Waiting:
    """One row for everybody near a limit of units or past it."""
    past = sum(standing == "over" for standing, _ in people.values())
    counted = [("over", past), ("near", len(people) - past)]
    why = " ".join(scene.text(f"limits.count.{standing}", n=n) for standing, n in counted if n)
    about = scene.text("dashboard.about.people", n=len(people))
    if len(people) == 1:
        ((bucket, (standing, _)),) = people.items()
        about, why = scene.person_name(bucket[2:]), scene.text(f"limits.standing.{standing}")
    first = min(day for _, day in people.values())
    since = min(scene.now, instants(first, first, scene.zone)[0])
    tone = "attention" if past else "plain"
    return Waiting("limits", tone, about, why, since, "/dashboard/units", "list", count=len(people))


def not_seen(scene: Scene, people: Sequence[tuple[Person, int | None]]) -> Waiting:
    days = scene.settings.rules.unseen_days
    since = scene.now - days * DAY_MS
    about = people[0][0].name if len(people) == 1 else scene.text("dashboard.about.people", n=len(people))
    why = scene.text("dashboard.why.unseen", days=days)
    return Waiting("unseen", "plain", about, why, since, "/dashboard/unseen", "list")


def credential(scene: Scene, due: tuple[Credential, int]) -> Waiting:
    one, left = due
    key = "over" if left < 0 else "today" if left == 0 else "left"
    why = scene.text(f"moment.credential.why.{key}", name=one.name, n=abs(left))
    since = min(scene.now, scene.now + left * DAY_MS)
    about, tone = _member(scene, one.specialist), "attention" if left < 0 else "plain"
    href, place = f"/dashboard/credentials/{one.specialist}", scene.site_name(one.site)
    return Waiting("credential", tone, about, why, since, href, "open", place)


def _way_to(doc: str, noun: str | None, participant: str | None) -> tuple[str, str]:
    if noun == "note":
        return f"/dashboard/notes/{doc}", "open"
    return (f"/dashboard/notes?person={participant}", "notes") if participant else ("", "")


def code_words(scene: Scene, code: str) -> str:
    """Why a change came back, as the middle of a sentence."""
    return scene.text(f"dashboard.code.{code}" if code in KNOWN_CODES else "dashboard.code.other")


def _member(scene: Scene, person: str) -> str:
    return scene.names.get(person, "–")
