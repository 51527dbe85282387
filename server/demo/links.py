"""The demo's directory of 300 places, referrals on their way, and check-ins over the weeks."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from random import Random
from typing import Any, Final

from server.demo.cast import Participant
from server.demo.contacts import DAY, HOUR, MINUTE
from server.demo.dice import dice, new_id
from server.demo.founding import Founded
from server.demo.phones import Phone
from server.demo.phrases import FOLDER
from server.storage.port import OfficeChange, Storage
from sync.ids import DIRECTORY_BUCKET, participant_bucket

PLACES: Final = 300
PEOPLE_EVERY: Final = 2  # of the people, every second has checked in, every third was referred
WEEKS_BACK: Final = 9
OWN: Final = ("mood", "connection", "housing", "hope")
PATHS: Final = (
    ("offered", "accepted", "attended"),
    ("offered", "accepted", "appointment"),
    ("offered", "accepted", "contacted"),
    ("offered", "accepted", "appointment", "did_not_attend"),
    ("offered", "declined"),
    ("offered",),
    ("accepted", "contacted", "attended", "closed"),
)


@cache
def book() -> dict[str, Any]:
    """The invented places' data file."""
    return tomllib.loads((FOLDER / "places.toml").read_text(encoding="utf-8"))


def places(seed: int, at: int, count: int = PLACES) -> list[tuple[str, dict[str, Any]]]:
    """(id, fields) of the directory's entries, each with a name and address of its own."""
    chance, kinds = dice(seed, "places"), book()["kind"]
    made: dict[str, tuple[str, dict[str, Any]]] = {}
    while len(made) < count:
        fields = _place(kinds[len(made) % len(kinds)], at, chance)
        made.setdefault(f"{fields['name']} {fields['address']}", (new_id(at, chance), fields))
    return list(made.values())


async def tell(storage: Storage, founded: Founded, seed: int, now: int) -> None:
    """Fill the directory at the office, then refer people and hand phones over; everything is pushed as phones do."""
    began = now - WEEKS_BACK * 7 * DAY
    entries = places(seed, began)
    changes = [OfficeChange("create", "resource", doc, DIRECTORY_BUCKET, fields) for doc, fields in entries]
    administrator = founded.cast.administrator.id
    await storage.submit_office(founded.org, administrator, "administrator", changes, began)
    chance = dice(seed, "links")
    for position, person in enumerate(founded.cast.participants):
        phone = founded.phones[person.specialist]
        if person.is_newcomer or phone.unsent:
            continue
        if position % PEOPLE_EVERY == 0:
            _check_ins(phone, person, now, chance)
        if position % (PEOPLE_EVERY + 1) == 0:
            _refer(phone, person, entries, now, chance)
        if phone.unsent:
            await storage.submit(phone.hand_over(founded.org, now - chance.randrange(20, 90) * MINUTE))


def _place(kind: dict[str, Any], at: int, chance: Random) -> dict[str, Any]:
    data = book()
    is_spanish = chance.random() < 1 / 6
    first, name = data["primera" if is_spanish else "first"], kind["nombres" if is_spanish else "names"]
    named = (chance.choice(name), chance.choice(first)) if is_spanish else (chance.choice(first), chance.choice(name))
    checked = datetime.fromtimestamp((at - chance.randrange(200) * DAY) / 1000, UTC).date().isoformat()
    return {
        "name": " ".join(named),
        "kinds": kind["kinds"],
        "languages": ["es", "en"] if is_spanish else chance.choice((["en"], ["en"], ["en", "es"])),
        "address": f"{chance.randrange(2, 990)} {chance.choice(data['streets'])}, {chance.choice(data['towns'])}",
        "phone": f"+1 {chance.choice((312, 518, 607))} 555 {chance.randrange(100, 200):04d}",
        "hours": chance.choice(data["hours"]),
        "for_whom": chance.choice(data["whom"]),
        "cost": chance.choice(data["costs"]),
        "notes": kind["notes"],
        "checked_on": checked,
    }


def _check_ins(phone: Phone, person: Participant, now: int, chance: Random) -> None:
    """Two to five times, rising a little more often than falling, as people do who stay in touch."""
    level = {key: chance.randrange(2, 7) for key in OWN}
    times = chance.randrange(2, 6)
    words = book()["referral"]["buenas" if person.lang == "es" else "good"]
    instants = [now - chance.randrange(1, WEEKS_BACK * 7) * DAY - chance.randrange(8) * HOUR for _ in range(times)]
    for at in sorted(instants):
        level = {key: max(0, min(10, value + chance.choice((-1, 0, 0, 1, 1)))) for key, value in level.items()}
        answers = {key: value for key, value in level.items() if chance.random() > 1 / 8}
        fields = {"participant": person.id, "taken_at": at, "answers": answers, "good": chance.choice([*words, ""])}
        phone.capture(at, "create", "checkin", new_id(at, chance), participant_bucket(person.id), set=fields)


def _refer(
    phone: Phone, person: Participant, entries: Sequence[tuple[str, dict[str, Any]]], now: int, chance: Random
) -> None:
    need, kind = chance.choice(book()["referral"]["needs"])
    doc, place = chance.choice([entry for entry in entries if kind in entry[1]["kinds"]])
    at = now - chance.randrange(3, 30) * DAY
    path = chance.choice(PATHS)
    steps = [f"{_day(at + n * DAY)} {status} {at + n * DAY:013d}" for n, status in enumerate(path)]
    fields = {
        "participant": person.id, "need": need, "place": place["name"], "resource": doc,
        "is_warm": chance.random() < 1 / 2, "steps": steps,
        "follow_up_on": _day(now + chance.randrange(-1, 8) * DAY) if path[-1] not in {"attended", "closed"} else "",
    }  # fmt: skip
    phone.capture(at, "create", "referral", new_id(at, chance), participant_bucket(person.id), set=fields)


def _day(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).date().isoformat()
