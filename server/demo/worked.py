"""Groups, a morning's drop-in log and the team's own time, on top of the contacts with one person."""

from __future__ import annotations

from datetime import UTC, datetime, time
from random import Random
from typing import Any, Final
from zoneinfo import ZoneInfo

from server.demo.cast import Cast, Participant
from server.demo.contacts import DAY, MINUTE
from server.demo.dice import dice
from server.demo.founding import Founded
from server.demo.phones import Phone
from server.storage.port import Storage
from sync.ids import specialist_bucket

# Smaller organisations are for tests, which count their contacts one by one.
FROM_NOTES: Final = 1_000
WEEKS_BACK: Final = 5
GROUP_OF: Final = 8
DROP_INS: Final = 9
HOSTS: Final = (0, 1)
"""Specialists of the drop-in center who lead an evening group; the second one keeps the morning's log too."""
CENTER: Final = 0

_TITLE: Final = "Evening circle"
_TOPICS: Final = ("Asking for help", "Sleep", "Money at the end of the month", "What Sunday is for", "Old friends")
_DID: Final = (
    "We went around and each said one thing that had helped since last week. Then two stories about asking for help.",
    "We talked about nights: what keeps us up, what we do about it. Everybody wrote one thing to try on a card.",
    "We made a list of what is free in town and where the bus goes. We ended with a minute of quiet.",
    "We shared what a good Sunday looks like now and planned one together. Coffee, and cleaning up together.",
    "We talked about friends from before and how to say no. We practiced three sentences out loud.",
)
_LINES: Final = (
    "Spoke early on and stayed to help clean up.",
    "Listened today. Said at the door that it had been good to come.",
    "Told how the call to the clinic went. Proud of it.",
    "Wrote down two things to try before next week.",
    "Laughed a lot. Wants to bring the coffee next time.",
    "Quiet, and stayed until the end.",
    "Asked for the number of the warm line and saved it.",
    "Shared how the new job is going. Tired, and glad.",
    "Made the list for everybody and read it out.",
    "First time in the group. Would come again.",
)
_REASONS: Final = ("check_in", "talk", "meal", "phone_computer", "paperwork", "rest", "activity")
_OWN: Final = (
    ("supervision", 60, 14, "Weekly hour"), ("paperwork", 45, 16, ""), ("travel", 50, 8, "To the far site and back"),
    ("training", 120, 13, "Naloxone, yearly"), ("meeting", 30, 9, "Team"), ("paperwork", 30, 16, ""),
)  # fmt: skip


def notes_of_sessions(notes: int) -> int:
    """How many of the organisation's notes are about contacts with many people."""
    return (len(HOSTS) * WEEKS_BACK * GROUP_OF + DROP_INS) if notes >= FROM_NOTES else 0


async def worked(storage: Storage, founded: Founded, seed: int, notes: int, now: int) -> None:
    """Everything of the last weeks, each handed over soon after it was written."""
    chance = dice(seed, "worked")
    for week in range(WEEKS_BACK, 0, -1):
        for host in HOSTS if notes >= FROM_NOTES else ():
            at = _at(founded.cast, now - week * 7 * DAY + host * DAY, time(19, 15))
            _group(founded, host, at, week, chance)
            await storage.submit(founded.phones[host].hand_over(founded.org, at + 90 * MINUTE))
        for phone in founded.phones:
            _own_time(founded.cast, phone, now - week * 7 * DAY, chance)
    if notes >= FROM_NOTES:
        _drop_ins(founded, HOSTS[-1], _at(founded.cast, now - DAY, time(8)), chance)
    for phone in founded.phones:
        await storage.submit(phone.hand_over(founded.org, now - 13 * 60 * MINUTE))


def _at(cast: Cast, day: int, clock: time) -> int:
    zone = ZoneInfo(cast.sites[CENTER].zone)
    local = datetime.fromtimestamp(day / 1000, UTC).astimezone(zone).date()
    return int(datetime.combine(local, clock, zone).timestamp()) * 1000


def _people(cast: Cast, host: int, count: int, chance: Random) -> list[Participant]:
    known = [one for one in cast.participants if one.specialist == host and not one.is_newcomer and not one.away_days]
    return chance.sample(known, count)


def _group(founded: Founded, host: int, at: int, week: int, chance: Random) -> None:
    phone, place = founded.phones[host], _place(founded.cast)
    signed_at, doc = at + 75 * MINUTE, phone.new_id(at + 75 * MINUTE)
    did, lines = _DID[week % len(_DID)], chance.sample(_LINES, GROUP_OF)
    span = {"started_at": at, "ended_at": at + 60 * MINUTE}
    notes = [
        phone.sign_note(
            signed_at,
            {
                "participant": person.id,
                "contact_kind": "group",
                "form": "group@1",
                **span,
                **place,
                "support": ["affiliational", "emotional"],
                "answers": {"did": did, "went": line},
                "session": doc,
            },
        )
        for person, line in zip(_people(founded.cast, host, GROUP_OF, chance), lines, strict=True)
    ]
    fields = {"sort": "group", "title": _TITLE, **span, **place, "topic": _TOPICS[week % len(_TOPICS)], "notes": notes}
    fields |= {"description": did, "headcount": chance.randrange(4), "beside": ["peer"] if week % 2 else ["volunteer"]}
    phone.capture(signed_at, "create", "session", doc, specialist_bucket(phone.person), set=fields)


def _drop_ins(founded: Founded, host: int, at: int, chance: Random) -> None:
    """One after the other, before the doors open for anything else."""
    phone, place = founded.phones[host], _place(founded.cast)
    ends_at, doc = at + DROP_INS * 6 * MINUTE, phone.new_id(at)
    notes = []
    for number, person in enumerate(_people(founded.cast, host, DROP_INS, chance)):
        start = at + number * 6 * MINUTE
        fields: dict[str, Any] = {
            "participant": person.id,
            "contact_kind": "drop_in",
            "form": "drop_in@1",
            "started_at": start,
            "ended_at": start + 5 * MINUTE,
            **place,
            "answers": {"reasons": chance.sample(_REASONS, chance.choice((1, 1, 2)))},
            "session": doc,
        }
        notes.append(phone.sign_note(ends_at, fields))
    day = datetime.fromtimestamp(at / 1000, ZoneInfo(founded.cast.zone)).date().isoformat()
    told = {"sort": "drop_in", "title": day, "started_at": at, "ended_at": ends_at, **place, "headcount": 7}
    fields = {**told, "notes": notes}
    phone.capture(ends_at, "create", "session", doc, specialist_bucket(phone.person), set=fields)


def _own_time(cast: Cast, phone: Phone, week: int, chance: Random) -> None:
    for activity, minutes, hour, words in chance.sample(_OWN, 3):
        day = week + chance.randrange(5) * DAY
        start = _at(cast, day, time(hour)) + chance.randrange(4) * 15 * MINUTE
        fields: dict[str, Any] = {"form": "own_time@1", "activity": activity, "zone": cast.zone, "words": words}
        fields |= {"started_at": start, "ended_at": start + minutes * MINUTE}
        at = start + (minutes + 10) * MINUTE
        phone.capture(at, "create", "work_time", phone.new_id(at), specialist_bucket(phone.person), set=fields)


def _place(cast: Cast) -> dict[str, Any]:
    site = cast.sites[CENTER]
    return {"zone": site.zone, "setting": site.setting, "mode": "in_person", "site": site.id}
