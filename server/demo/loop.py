"""The loop of the demo: most notes are co-signed, a few are returned, one is answered, a task waits, a cover runs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from server.demo.contacts import DAY, HOUR
from server.demo.dice import dice, new_id
from server.demo.founding import Founded
from server.storage import covers, review
from server.storage.organisation_settings import organisation_record
from server.storage.port import OfficeChange, Storage
from server.storage.records import record_by_doc
from server.storage.review import Unread
from sync.ids import ORG_BUCKET, participant_bucket, specialist_bucket
from sync.records.rules import Cosign

LEFT: Final = 24
"""The newest notes, which nobody has read yet."""
ROUNDS_LIMIT: Final = 12
COMMENTS: Final = (
    "What did they decide in the end? One sentence is enough.",
    "Which goal was this about? Please say it in the note.",
    "This reads as if you were there alone. Was somebody with you?",
)
ANSWER: Final = "They decided to go on Thursday. I wrote it down for both of us."
TASKS: Final = (
    "Please call the clinic and ask when the new group begins.",
    "Bring the bus passes from the office next time you are here.",
)


async def tell_loop(storage: Storage, founded: Founded, seed: int, now: int) -> None:
    """What supervisors did in the last weeks, decided like every other change."""
    await _rule(storage, founded, now)
    await _cosign(storage, founded, now)
    async with storage.read() as rows:
        left = [note for note in await review.unread(rows, founded.org, now - 60 * DAY) if _words(note)]
    picked = left[:: max(1, len(left) // len(COMMENTS))][: len(COMMENTS)]
    for note, comment in zip(picked, COMMENTS, strict=False):
        await _return(storage, founded, note, comment, now - 20 * HOUR)
    if picked:
        await _answer(storage, founded, picked[-1], now - 3 * HOUR)
    await _ask(storage, founded, seed, now)


async def _rule(storage: Storage, founded: Founded, now: int) -> None:
    """Every note is co-signed here, whatever else the organisation's rules say."""
    async with storage.read() as rows:
        found = await organisation_record(rows, founded.org)
    if found is None:
        return
    rules = msgspec.structs.replace(found.fields.rules, cosign=Cosign("all"))
    changed = {"rules": msgspec.to_builtins(rules)}
    change = OfficeChange("patch", "organisation", found.doc, ORG_BUCKET, changed)
    await storage.submit_office(founded.org, founded.cast.administrator.id, "administrator", [change], now - DAY)


async def _cosign(storage: Storage, founded: Founded, now: int) -> None:
    """Everything of the last weeks but for the newest; of a large organisation as much as a few sittings reach."""
    supervisor = founded.cast.supervisors[0].id
    for _ in range(ROUNDS_LIMIT):
        async with storage.read() as rows:
            found = await review.unread(rows, founded.org, now - 60 * DAY)
            old = found if len(found) == review.QUEUE_LIMIT else found[:-LEFT]
            records = [await record_by_doc(rows, founded.org, note.doc) for note in old]
        if not old:
            return
        changes = [
            OfficeChange("cosign", "note", one.doc, one.bucket, content_hash=one.signed.hash)
            for one in records
            if one and one.signed
        ]
        await _submit(storage, founded, supervisor, changes, now - DAY)


async def _return(storage: Storage, founded: Founded, note: Unread, comment: str, at: int) -> None:
    key, words = _words(note)[0]
    fields: dict[str, Any] = {"comment": comment, "passage": _first_sentence(words), "field": f"answers.{key}"}
    change = OfficeChange("return", "note", note.doc, participant_bucket(note.participant), fields)
    await _submit(storage, founded, founded.cast.supervisors[0].id, [change], at)


async def _answer(storage: Storage, founded: Founded, note: Unread, at: int) -> None:
    """The specialist adds what was asked for, from their phone."""
    phone = next(phone for phone in founded.phones if phone.person == note.author)
    bucket = participant_bucket(note.participant)
    phone.capture(at, "addendum", "note", note.doc, bucket, set={"text": ANSWER, "reason": "narrative"})
    await storage.submit(phone.hand_over(founded.org, at))


async def _ask(storage: Storage, founded: Founded, seed: int, now: int) -> None:
    """Tasks for the one who enrols a phone first, and a colleague's people covered for a few days."""
    first, *others = founded.cast.specialists
    chance, bucket = dice(seed, "loop"), specialist_bucket(first.id)
    supervisor = founded.cast.supervisors[0].id
    changes = [
        OfficeChange("create", "task", new_id(now, chance), bucket, {"specialist": first.id, "text": text})
        for text in TASKS
    ]
    async with storage.read() as rows:
        held = await review.held(rows, founded.org)
        zone = founded.cast.zone
    mine = {one.participant for one in held if one.specialist == first.id}
    theirs = [one for one in held if one.specialist == others[0].id and one.participant not in mine]
    for one in chance.sample(sorted(theirs, key=lambda one: one.doc), min(2, len(theirs))):
        fields = {"specialist": first.id, "participant": one.participant, "until": covers.today(now + 5 * DAY, zone)}
        changes.append(OfficeChange("create", "assignment", new_id(now, chance), bucket, fields))
    await _submit(storage, founded, supervisor, changes, now - HOUR)


async def _submit(
    storage: Storage, founded: Founded, person: str, changes: Sequence[OfficeChange], at: int
) -> None:
    if changes:
        await storage.submit_office(founded.org, person, "supervisor", changes, at)


def _first_sentence(words: str) -> str:
    """Without the mark that begins a quotation; the first words of one that goes on and on."""
    begun = words.lstrip('"“«')
    found = re.match(r".{1,120}?[.?!…](?=[\"”»]?(\s|$))", begun)
    return found[0] if found else begun[:80].rpartition(" ")[0]


def _words(note: Unread) -> list[tuple[str, str]]:
    """The answers long enough to be quoted."""
    answers: dict[str, Any] = note.fields.get("answers") or {}
    return [(key, text) for key, text in answers.items() if isinstance(text, str) and len(text) > 30]
