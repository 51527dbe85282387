"""What waits, as rows of one table, found for every page and put into words (waiting_words.py) for the first alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from operator import itemgetter
from typing import Final

import msgspec

from server.dashboard import waiting_words
from server.dashboard.freshness import HEARD_WITHIN_MS, SILENT_AFTER_MS, last_heard
from server.dashboard.periods import civil
from server.dashboard.queue import Entry, queue
from server.dashboard.scene import Scene
from server.dashboard.unit_limits import Reached
from server.dashboard.waiting_words import DAY_MS, Waiting
from server.storage import attention, credentials, person_records, quarantine, review, salvage
from server.storage.activity import Person
from server.storage.attention import KeptAside, OpenFlag, Returned
from server.storage.credentials import Credential
from server.storage.person_records import Held
from server.storage.port import Row, Rows
from server.storage.quarantine import Held as OnHold
from server.storage.review import SentBack
from sync.credentials import reminder
from sync.records.consent import ConsentFields

HOUR_MS: Final = 3_600_000
MANY: Final = 3
HELD_CODES: Final = frozenset({"SCHEMA_UNREADABLE", "INTERNAL"})  # these wait as work on hold


class Pending(msgspec.Struct, frozen=True):
    """A row before it has its words: most pages only show how many there are. `count`: of the things it stands for."""

    kind: str
    words: Callable[[], Waiting]
    count: int = 1


class Recorded(msgspec.Struct, frozen=True):
    """What waits by the records alone, as of a position and a day. `credentials`: with the days that are left."""

    flags: Sequence[OpenFlag]
    sent_back: Sequence[SentBack]
    returned: Sequence[Returned]
    kept: Sequence[KeptAside]
    consents: Sequence[Held[ConsentFields]]
    unassigned: Sequence[Person]
    credentials: Sequence[tuple[Credential, int]]


async def waiting(rows: Rows, scene: Scene) -> list[Pending]:
    """All of it, what concerns safety first, within each kind the most pressing first."""
    org, settings = scene.org, scene.settings
    due_before = scene.now - settings.note_due_h * HOUR_MS
    crisis_due_before = scene.now - settings.rules.crisis_due_h * HOUR_MS
    found = await scene.standing.remembered("waiting", partial(_recorded, rows, scene), scene.today)
    return [
        *(Pending("safety", partial(waiting_words.flag, scene, flag)) for flag in found.flags),
        *(Pending("sent_back", partial(waiting_words.sent_back, scene, one)) for one in found.sent_back),
        *_review(scene, await queue(rows, scene, with_caps=False)),
        *_phones(scene),
        *(
            Pending("due", partial(waiting_words.draft, scene, draft))
            for draft in await attention.drafts_before(rows, org, due_before, crisis_due_before)
        ),
        *(Pending("returned", partial(waiting_words.came_back, scene, one)) for one in found.returned),
        *_kept_aside(scene, found.kept),
        *(Pending("salvaged", partial(waiting_words.sealed, scene, one)) for one in await salvage.groups(rows, org)),
        *_held(scene, await quarantine.held(rows, org)),
        *(Pending("consent", partial(waiting_words.consent, scene, one)) for one in found.consents),
        *_limits(scene, await scene.units.reached(rows, settings, scene.today, scene.sums.head)),
        *_unassigned(scene, found.unassigned),
        *_unseen(scene),
        *(Pending("credential", partial(waiting_words.credential, scene, one)) for one in found.credentials),
    ]


async def _recorded(rows: Rows, scene: Scene) -> Recorded:
    org = scene.org
    return Recorded(
        flags=await attention.open_flags(rows, org),
        sent_back=await review.sent_back(rows, org),
        returned=[one for one in await attention.returned(rows, org) if one.code not in HELD_CODES],
        kept=await attention.kept_aside(rows, org),
        consents=await _consents(rows, scene),
        unassigned=await unassigned(rows, scene),
        credentials=due_credentials(scene, await credentials.with_an_end(rows, org)),
    )


async def unassigned(rows: Rows, scene: Scene) -> Sequence[Person]:
    """Active people whom no specialist holds now, by name."""
    return await scene.standing.remembered("unassigned", partial(_unheld, rows, scene))


async def _unheld(rows: Rows, scene: Scene) -> Sequence[Person]:
    held = await attention.held_by_anybody(rows, scene.org)
    without = (person for person in scene.sums.people.values() if person.is_active and person.bucket not in held)
    return sorted(without, key=lambda person: person.name)


def unseen(scene: Scene) -> list[tuple[Person, int | None]]:
    """People not seen for longer than the rules say, with their last contact (ms); None for those never seen since."""
    return sorted(_quiet(scene), key=lambda pair: (pair[1] or 0, pair[0].name))


def _quiet(scene: Scene) -> Iterator[tuple[Person, int | None]]:
    before = scene.now - scene.settings.rules.unseen_days * DAY_MS
    seen = scene.sums.last_seen
    for person in scene.sums.people.values():
        if person.is_active and person.received < before and seen.get(person.bucket, 0) < before:
            yield person, seen.get(person.bucket)


def _review(scene: Scene, entries: Sequence[Entry]) -> list[Pending]:
    """One row for the whole queue."""
    return [Pending("review", partial(waiting_words.to_read, scene, entries), len(entries))] if entries else []


def _unassigned(scene: Scene, people: Sequence[Person]) -> list[Pending]:
    return [Pending("unassigned", partial(waiting_words.without, scene, people), len(people))] if people else []


def _phones(scene: Scene) -> list[Pending]:
    """Phones with unsent work that is old, unprotected or out of reach, and phones that have gone silent."""
    found: list[tuple[int, Pending]] = []
    for phone in scene.phones:
        if phone["state"] != "active":
            continue
        heard = last_heard(phone)
        if _is_pressing(phone, heard, scene.now):
            since = phone["reported_oldest"] or phone["reported_at"]
            found.append((since, Pending("unsent", partial(waiting_words.unsent, scene, phone, heard, since))))
        elif scene.now - (heard or phone["enrolled_at"]) > SILENT_AFTER_MS:
            since = heard or phone["enrolled_at"]
            found.append((since, Pending("silent", partial(waiting_words.silent, scene, phone, since))))
    return [pending for _, pending in sorted(found, key=itemgetter(0))]


def _is_pressing(phone: Row, heard: int | None, now: int) -> bool:
    if not phone["reported_unsent"]:
        return False
    is_old = now - (phone["reported_oldest"] or now) > DAY_MS
    return is_old or phone["is_storage_protected"] == 0 or heard is None or now - heard > HEARD_WITHIN_MS


def _kept_aside(scene: Scene, found: Sequence[KeptAside]) -> list[Pending]:
    """A row each, or one row for all when they are many."""
    if len(found) > MANY:
        return [Pending("kept", partial(waiting_words.kept_many, scene, found))]
    return [Pending("kept", partial(waiting_words.kept_one, scene, one)) for one in found]


def _held(scene: Scene, found: Sequence[OnHold]) -> list[Pending]:
    """Changes that could not be decided: a row a phone, since they tend to come together."""
    by_person: defaultdict[str, list[OnHold]] = defaultdict(list)
    for change in found:
        by_person[change.person].append(change)
    return [Pending("quarantined", partial(waiting_words.on_hold, scene, *pair)) for pair in by_person.items()]


async def _consents(rows: Rows, scene: Scene) -> list[Held[ConsentFields]]:
    """Consents in force that end within the warning, the first to end first."""
    until = civil(scene.today + scene.settings.rules.consent_warn_days)
    return await person_records.consents_ending(rows, scene.org, civil(scene.today), until)


def _limits(scene: Scene, reached: Reached) -> list[Pending]:
    """As it stands now: before the row has its words, somebody may look at everybody again."""
    people = dict(reached.people)
    return [Pending("limits", partial(waiting_words.limits, scene, people), len(people))] if people else []


def _unseen(scene: Scene) -> list[Pending]:
    is_any = next(_quiet(scene), None) is not None
    return [Pending("unseen", lambda: waiting_words.not_seen(scene, unseen(scene)))] if is_any else []


def due_credentials(scene: Scene, found: Sequence[Credential]) -> list[tuple[Credential, int]]:
    """Those whose reminder has come, with the days that are left; the nearest end first."""
    today, remind = civil(scene.today), scene.settings.remind_days
    reached = [(one, reminder(one.ends_on, today, remind)) for one in found]
    return sorted(((one, when[1]) for one, when in reached if when is not None), key=lambda pair: pair[1])
