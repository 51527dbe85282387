"""What waits, as rows of one table: what, about whom, why it is here, since when, and where to go."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

import msgspec

from server.dashboard.freshness import HEARD_WITHIN_MS, SILENT_AFTER_MS, last_heard
from server.dashboard.periods import instants
from server.dashboard.queue import Entry, queue
from server.dashboard.scene import Scene
from server.dashboard.unit_limits import Reached
from server.dashboard.wording import field_name
from server.storage import attention, credentials, person_records, quarantine, review, salvage
from server.storage.activity import Person
from server.storage.attention import KeptAside, OpenDraft, OpenFlag, Returned
from server.storage.credentials import Credential
from server.storage.person_records import Held
from server.storage.port import Row, Rows
from server.storage.quarantine import Held as OnHold
from server.storage.review import SentBack
from server.storage.salvage import Group
from server.templating.filters import Filters
from sync.credentials import reminder
from sync.records.consent import ConsentFields

HOUR_MS: Final = 3_600_000
DAY_MS: Final = 24 * 3600 * 1000
KNOWN_CODES: Final = frozenset({"NOTE_SIGNED", "OUT_OF_SCOPE", "NOT_AUTHOR", "INVALID_FIELD", "PARTICIPANT_CLOSED"})
MANY: Final = 3
HELD_CODES: Final = frozenset({"SCHEMA_UNREADABLE", "INTERNAL"})  # these wait as work on hold


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


async def waiting(rows: Rows, scene: Scene) -> list[Waiting]:
    """All of it, what concerns safety first, within each kind the most pressing first."""
    org, settings = scene.org, scene.settings
    due_before = scene.now - settings.note_due_h * HOUR_MS
    crisis_due_before = scene.now - settings.rules.crisis_due_h * HOUR_MS
    return [
        *(_flag(scene, flag) for flag in await attention.open_flags(rows, org)),
        *(_sent_back(scene, one) for one in await review.sent_back(rows, org)),
        *_review(scene, await queue(rows, scene, with_caps=False)),
        *_phones(scene),
        *(_draft(scene, draft) for draft in await attention.drafts_before(rows, org, due_before, crisis_due_before)),
        *(_returned(scene, one) for one in await attention.returned(rows, org) if one.code not in HELD_CODES),
        *_kept_aside(scene, await attention.kept_aside(rows, org)),
        *(_sealed(scene, group) for group in await salvage.groups(rows, org)),
        *_held(scene, await quarantine.held(rows, org)),
        *await _consents(rows, scene),
        *_limits(scene, await scene.units.reached(rows, settings, scene.today, scene.sums.head)),
        *_unassigned(scene, await unassigned(rows, scene)),
        *_unseen(scene),
        *(_credential(scene, one) for one in due_credentials(scene, await credentials.with_an_end(rows, org))),
    ]


async def unassigned(rows: Rows, scene: Scene) -> list[Person]:
    """Active people whom no specialist holds now, by name."""
    active = [person for person in scene.sums.people.values() if person.is_active]
    held = await attention.specialists_of(rows, scene.org, [person.bucket for person in active])
    return sorted((person for person in active if person.bucket not in held), key=lambda person: person.name)


def unseen(scene: Scene) -> list[tuple[Person, int | None]]:
    """People not seen for longer than the rules say, with their last contact (ms); None for those never seen since."""
    before = scene.now - scene.settings.rules.unseen_days * DAY_MS
    seen = scene.sums.last_seen
    found = [
        (person, seen.get(person.bucket))
        for person in scene.sums.people.values()
        if person.is_active and person.received < before and seen.get(person.bucket, 0) < before
    ]
    return sorted(found, key=lambda pair: (pair[1] or 0, pair[0].name))


def _flag(scene: Scene, flag: OpenFlag) -> Waiting:
    words = ", ".join(scene.text(f"note.flag.{name}") for name in flag.flags)
    why = scene.text("dashboard.why.safety", flags=words, name=_member(scene, flag.author))
    about, place = scene.person_name(flag.participant), scene.site_name(flag.site)
    return Waiting("safety", "safety", about, why, flag.ended_at, f"/dashboard/notes/{flag.doc}", "open", place)


def _sent_back(scene: Scene, one: SentBack) -> Waiting:
    why = scene.text("review.why.sent_back", name=_member(scene, one.author))
    about, place = scene.person_name(one.participant), scene.site_name(one.site)
    return Waiting("sent_back", "attention", about, why, one.since, f"/dashboard/notes/{one.doc}", "open", place)


def _review(scene: Scene, entries: Sequence[Entry]) -> list[Waiting]:
    """One row for the whole queue."""
    if not entries:
        return []
    exceptions = sum(bool(entry.reasons) for entry in entries)
    about = scene.text("review.about", n=len(entries))
    why = scene.text("review.why.exceptions", n=exceptions) if exceptions else scene.text("review.why.plain")
    since = min(entry.note.signed_at for entry in entries)
    return [Waiting("review", "plain", about, why, since, "/dashboard/review", "read", count=len(entries))]


def _unassigned(scene: Scene, people: Sequence[Person]) -> list[Waiting]:
    if not people:
        return []
    about = people[0].name if len(people) == 1 else scene.text("dashboard.about.people", n=len(people))
    since = min(person.received for person in people)
    why = scene.text("review.why.unassigned")
    return [Waiting("unassigned", "attention", about, why, since, "/dashboard/caseloads", "list", count=len(people))]


def _phones(scene: Scene) -> list[Waiting]:
    """Phones with unsent work that is old, unprotected or out of reach, and phones that have gone silent."""
    rows: list[Waiting] = []
    for phone in scene.phones:
        if phone["state"] != "active":
            continue
        heard = last_heard(phone)
        about = scene.text("dashboard.about.phone", name=_member(scene, phone["person"]))
        href = f"/dashboard/phones#phone-{phone['id']}"
        if _is_pressing(phone, heard, scene.now):
            since = phone["reported_oldest"] or phone["reported_at"]
            rows.append(Waiting("unsent", "attention", about, _unsent_why(scene, phone, heard), since, href, "phone"))
        elif scene.now - (heard or phone["enrolled_at"]) > SILENT_AFTER_MS:
            since = heard or phone["enrolled_at"]
            rows.append(Waiting("silent", "plain", about, scene.text("dashboard.why.silent"), since, href, "phone"))
    return sorted(rows, key=lambda row: row.since)


def _is_pressing(phone: Row, heard: int | None, now: int) -> bool:
    if not phone["reported_unsent"]:
        return False
    is_old = now - (phone["reported_oldest"] or now) > DAY_MS
    return is_old or phone["is_storage_protected"] == 0 or heard is None or now - heard > HEARD_WITHIN_MS


def _unsent_why(scene: Scene, phone: Row, heard: int | None) -> str:
    key = "dashboard.why.unsent_unprotected" if phone["is_storage_protected"] == 0 else "dashboard.why.unsent"
    return scene.text(key, n=phone["reported_unsent"], age=scene.age(heard or phone["enrolled_at"]))


def _draft(scene: Scene, draft: OpenDraft) -> Waiting:
    why = scene.text("dashboard.why.due", name=_member(scene, draft.author))
    href = f"/dashboard/notes?person={draft.participant}" if draft.participant else ""
    about, place = scene.person_name(draft.participant), scene.site_name(draft.site)
    return Waiting("due", "plain", about, why, draft.started_at, href, "notes" if href else "", place)


def _returned(scene: Scene, change: Returned) -> Waiting:
    why = scene.text("dashboard.why.returned", name=_member(scene, change.author), why=code_words(scene, change.code))
    href, action = _way_to(change.about, change.about_type, change.participant)
    return Waiting("returned", "plain", scene.person_name(change.participant), why, change.received, href, action)


def _kept_aside(scene: Scene, found: Sequence[KeptAside]) -> list[Waiting]:
    """A row each, or one row for all when they are many."""
    if len(found) > MANY:
        about = scene.text("dashboard.about.records", n=len(found))
        why = scene.text("dashboard.why.kept_many", n=sum(one.n for one in found))
        return [Waiting("kept", "plain", about, why, found[0].at, "/dashboard/kept", "list")]
    return [_kept(scene, one) for one in found]


def _kept(scene: Scene, one: KeptAside) -> Waiting:
    names = ", ".join(filter(None, (scene.names.get(by, "") for by in one.people))) or "–"
    fields = ", ".join(field_name(scene, field, one.form) for field in one.fields)
    why = scene.text("dashboard.why.kept", name=names, field=fields)
    about = scene.person_name(one.participant) if one.participant else one.name
    return Waiting("kept", "plain", about, why, one.at, f"/dashboard/kept/{one.doc}", "compare")


def _sealed(scene: Scene, group: Group) -> Waiting:
    about = scene.text("dashboard.about.phone", name=_member(scene, group.person))
    why = scene.text("dashboard.why.salvaged", n=group.waiting)
    href = f"/dashboard/quarantine/phones/{group.device}"
    return Waiting("salvaged", "attention", about, why, group.first_at, href, "open")


def _held(scene: Scene, found: Sequence[OnHold]) -> list[Waiting]:
    """Changes that could not be decided: a row a phone, since they tend to come together."""
    rows = []
    for person in dict.fromkeys(change.person for change in found):
        theirs = [change for change in found if change.person == person]
        about = scene.text("dashboard.about.phone", name=_member(scene, person))
        why = scene.text("dashboard.why.quarantined", n=len(theirs))
        rows.append(Waiting("quarantined", "attention", about, why, theirs[0].at, "/dashboard/quarantine", "list"))
    return rows


async def _consents(rows: Rows, scene: Scene) -> list[Waiting]:
    """Consents in force that end within the warning, the first to end first."""
    today = date(1970, 1, 1) + timedelta(days=scene.today)
    until = today + timedelta(days=scene.settings.rules.consent_warn_days)
    found = await person_records.consents_ending(rows, scene.org, today.isoformat(), until.isoformat())
    return [_consent(scene, one, until) for one in found]


def _consent(scene: Scene, one: Held[ConsentFields], until: date) -> Waiting:
    """`since`: when the warning began."""
    fields = one.fields
    days = (until - date.fromisoformat(fields.expires_on)).days
    day = Filters(scene.words).full_date(fields.expires_on)
    why = scene.text("dashboard.why.consent", recipient=fields.recipient, date=day)
    href = f"/dashboard/people/{fields.participant}"
    about, since = scene.person_name(fields.participant), scene.now - days * DAY_MS
    return Waiting("consent", "plain", about, why, since, href, "person")


def _limits(scene: Scene, reached: Reached) -> list[Waiting]:
    """One row for everybody near a limit of units or past it."""
    people = reached.people
    if not people:
        return []
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
    return [Waiting("limits", tone, about, why, since, "/dashboard/units", "list", count=len(people))]


def _unseen(scene: Scene) -> list[Waiting]:
    people = unseen(scene)
    if not people:
        return []
    days = scene.settings.rules.unseen_days
    since = scene.now - days * DAY_MS
    about = people[0][0].name if len(people) == 1 else scene.text("dashboard.about.people", n=len(people))
    why = scene.text("dashboard.why.unseen", days=days)
    return [Waiting("unseen", "plain", about, why, since, "/dashboard/unseen", "list")]


def due_credentials(scene: Scene, found: Sequence[Credential]) -> list[tuple[Credential, int]]:
    """Those whose reminder has come, with the days that are left; the nearest end first."""
    today, remind = day_text(scene.today), scene.settings.remind_days
    reached = [(one, reminder(one.ends_on, today, remind)) for one in found]
    return sorted(((one, when[1]) for one, when in reached if when is not None), key=lambda pair: pair[1])


def _credential(scene: Scene, due: tuple[Credential, int]) -> Waiting:
    one, left = due
    key = "over" if left < 0 else "today" if left == 0 else "left"
    why = scene.text(f"moment.credential.why.{key}", name=one.name, n=abs(left))
    since = min(scene.now, scene.now + left * DAY_MS)
    about, tone = _member(scene, one.specialist), "attention" if left < 0 else "plain"
    href, place = f"/dashboard/credentials/{one.specialist}", scene.site_name(one.site)
    return Waiting("credential", tone, about, why, since, href, "open", place)


def day_text(day: int) -> str:
    """A day since 1970 as `YYYY-MM-DD`."""
    return (date(1970, 1, 1) + timedelta(days=day)).isoformat()


def _way_to(doc: str, noun: str | None, participant: str | None) -> tuple[str, str]:
    if noun == "note":
        return f"/dashboard/notes/{doc}", "open"
    return (f"/dashboard/notes?person={participant}", "notes") if participant else ("", "")


def code_words(scene: Scene, code: str) -> str:
    """Why a change came back, as the middle of a sentence."""
    return scene.text(f"dashboard.code.{code}" if code in KNOWN_CODES else "dashboard.code.other")


def _member(scene: Scene, person: str) -> str:
    return scene.names.get(person, "–")
