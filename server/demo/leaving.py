"""Two exports that the demo organisation made: for an audit, and at a person's own request."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from typing import Any, Final

from server.demo.dice import dice, new_id
from server.demo.founding import Founded
from server.storage import disclosures
from server.storage.disclosures import Choice, Disclosure
from server.storage.port import Storage, Transaction

DAY: Final = 86_400_000


async def leave(storage: Storage, founded: Founded, seed: int, now: int) -> None:
    """Two rows of the accounting, as the screen of exports writes them."""
    today, chance = now // DAY, dice(seed, "leaving")
    cast = founded.cast
    async with storage.read() as rows:
        month = await disclosures.chosen(rows, founded.org, Choice(today - 45, today - 15))
        person = cast.participants[0].id
        own = await disclosures.chosen(rows, founded.org, Choice(today - 400, today - 5, person=person))

    def row(days_ago: int, by: str, told: dict[str, Any]) -> Disclosure:
        made = new_id(now - days_ago * DAY, chance)
        return Disclosure(
            id=made, at=now - days_ago * DAY, by_person=by, left_out=0, hash=sha256(made.encode()).hexdigest(), **told
        )

    audit = row(12, cast.administrator.id, {
        "recipient": "State office of behavioral health", "purpose": "Yearly review of services", "basis": "audit",
        "reference": "Letter of review 26-114", "format": "csv", "notes": len(month),
        "first_day": today - 45, "last_day": today - 15,
    })  # fmt: skip
    request = row(4, cast.supervisors[0].id, {
        "recipient": "The person", "purpose": "Asked to read the own record", "basis": "own_request", "reference": "",
        "format": "print", "notes": len(own), "first_day": today - 400, "last_day": today - 5,
    })  # fmt: skip

    async def job(tx: Transaction) -> None:
        await disclosures.add(tx, founded.org, audit, Counter(note.participant for note in month))
        if own:
            await disclosures.add(tx, founded.org, request, {person: len(own)})

    await storage.write(job)
