"""How the demo ends: drafts nobody has signed, a kept conflict, work that came back, phones that need a word."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from server.demo.cast import Cast, Participant
from server.demo.contacts import HOUR, MINUTE, SILENT_MS
from server.demo.dice import dice
from server.demo.founding import Founded, new_phone
from server.demo.kinds import ROUTINE, form_of
from server.demo.phones import APP, OLD_APP, Phone
from server.storage import devices
from server.storage.access_log import note_access
from server.storage.port import OfficeChange, Storage, Transaction
from sync.ids import participant_bucket, specialist_bucket
from sync.messages import Report


class Heard(msgspec.Struct, frozen=True):
    """The last that was heard of a phone. `oldest_ms`: age of its oldest unsent work at that moment."""

    ago_ms: int
    unsent: int = 0
    oldest_ms: int = 0
    drafts: int = 0
    is_protected: bool = True
    app: str = APP


# By place in the named team; the first one's phone is reported lost instead, the second one also has a tablet.
_LAST_HEARD: Final = (
    Heard(ago_ms=200 * MINUTE, drafts=1),
    Heard(ago_ms=9 * MINUTE),
    Heard(ago_ms=SILENT_MS - 2 * HOUR, unsent=6, oldest_ms=5 * HOUR, drafts=1, is_protected=False),
    Heard(ago_ms=4 * HOUR, unsent=2, oldest_ms=40 * MINUTE),
    Heard(ago_ms=35 * MINUTE, drafts=1, app=OLD_APP),
    Heard(ago_ms=14 * MINUTE, drafts=2),
)
_TABLET: Final = Heard(ago_ms=26 * HOUR, unsent=3, oldest_ms=8 * HOUR, is_protected=False)
_HOURS_OF_DRAFTS: Final = ((0, 31), (0, 3), (2, 53), (4, 27), (5, 44), (5, 2))
_STARTED: Final = (
    ("We went over the week and the ride to the clinic.", "Short talk on the steps."),
    ("Called {office} together, still waiting for an answer.", ""),
    ("Sat with it for a while. More to write.", "Left calmer."),
)


async def end(storage: Storage, founded: Founded, seed: int, now: int) -> None:
    """Everything a supervisor should find waiting on the first page."""
    chance = dice(seed, "trouble")
    phones, cast = founded.phones, founded.cast
    for number, (specialist, hours) in enumerate(_HOURS_OF_DRAFTS):
        _draft(phones[specialist], cast, _caseload(cast, specialist)[3 + number], now - hours * HOUR, number)
    await _conflict(storage, founded, now)
    _stranger(phones[5], cast, now)
    for phone, heard in zip(phones, _LAST_HEARD, strict=False):
        await _report(storage, founded.org, phone, heard, now)
    tablet = Phone(cast.specialists[1].id, now - 60 * 24 * HOUR, chance)
    await _add(storage, founded.org, tablet)
    _patch_signed(phones[1], tablet, now - _TABLET.ago_ms - HOUR)
    await _report(storage, founded.org, tablet, _TABLET, now)
    await _lose(storage, founded, phones[0], now - 3 * HOUR)


def _caseload(cast: Cast, specialist: int) -> list[Participant]:
    return [p for p in cast.participants if p.specialist == specialist and not p.is_newcomer]


def _draft(phone: Phone, cast: Cast, person: Participant, ended_at: int, number: int) -> None:
    """A note begun after a contact, as the form keeps it: what was typed, by field."""
    site = cast.sites[person.site]
    local = datetime.fromtimestamp(ended_at / 1000, UTC).astimezone(ZoneInfo(site.zone))
    did, went = _STARTED[number % len(_STARTED)]
    content = {
        "form_ref": [form_of(ROUTINE).ref],
        "person": [person.id],
        "place": [f"site:{site.id}"],
        "day": [local.date().isoformat()],
        "end": [local.strftime("%H:%M")],
        "minutes": ["30"],
        "kind": ["one_on_one"],
        "did": [did.replace("{office}", "the housing office")],
        "went": [went],
    }
    fields: dict[str, Any] = {
        "form": form_of(ROUTINE).ref,
        "content": msgspec.json.encode(content).decode(),
        "participant": person.id,
        "site": site.id,
        "started_at": ended_at - 30 * MINUTE,
    }
    at = ended_at + 6 * MINUTE
    phone.capture(at, "create", "draft", phone.new_id(at), specialist_bucket(phone.person), set=fields)


async def _conflict(storage: Storage, founded: Founded, now: int) -> None:
    """A supervisor and a specialist rewrite the same lines without seeing each other's; both are kept."""
    person = next(p for p in _caseload(founded.cast, 1) if p.lang == "en" and p.about)
    bucket, supervisor = participant_bucket(person.id), founded.cast.supervisors[0]
    words = f"{person.about} Prefers the side entrance."
    change = OfficeChange("patch", "participant", person.id, bucket, {"about": words})
    await storage.submit_office(founded.org, supervisor.id, "supervisor", [change], now - 7 * HOUR)
    theirs = {"about": f"{person.about} Asked to meet outside for now."}
    founded.phones[1].capture(now - 6 * HOUR, "patch", "participant", person.id, bucket, base=founded.head, set=theirs)


def _stranger(phone: Phone, cast: Cast, now: int) -> None:
    """A change for somebody on another caseload: it comes back, with the supervisor as the way on."""
    person = _caseload(cast, 0)[0]
    bucket = participant_bucket(person.id)
    phone.capture(now - 3 * HOUR, "patch", "participant", person.id, bucket, set={"follow_up_on": ""})


def _patch_signed(phone: Phone, tablet: Phone, at: int) -> None:
    """A word changed on the tablet in a note that the phone had signed: it comes back, an addendum is offered."""
    signed = [note for note in phone.signed if note.at < at]
    if signed:
        answers = {"answers": {"went": "Left calmer. The call went through after all."}}
        tablet.capture(at, "patch", "note", signed[-1].doc, signed[-1].bucket, base=tablet.scope_seq, set=answers)


async def _report(storage: Storage, org: int, phone: Phone, heard: Heard, now: int) -> None:
    at = now - heard.ago_ms
    report = Report(
        unsent=heard.unsent,
        oldest_unsent=at - heard.oldest_ms if heard.unsent else None,
        drafts=heard.drafts,
        is_storage_protected=heard.is_protected,
        app=heard.app,
    )
    await storage.submit(phone.hand_over(org, at, report))


async def _add(storage: Storage, org: int, phone: Phone) -> None:
    async def add(tx: Transaction) -> None:
        await devices.add_phone(tx, new_phone(org, phone, APP))
        await note_access(tx, org, phone.person, "enrol", phone.id, phone.enrolled_at)

    await storage.write(add)


async def _lose(storage: Storage, founded: Founded, phone: Phone, at: int) -> None:
    """Reported lost: the visitor enrols its specialist's next phone."""
    by = founded.cast.administrator.id

    async def revoke(tx: Transaction) -> None:
        await devices.revoke(tx, founded.org, phone.id, mode="lock", by=by, now=at)
        await note_access(tx, founded.org, by, "revoke", phone.id, at)

    await storage.write(revoke)
