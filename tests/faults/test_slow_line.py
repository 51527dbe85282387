"""200 notes over 9.6 kbit/s with round trips of 2 s, every fifth request or answer lost, 50 interruptions.

Time runs fifty times faster here, on the line and on the phone alike. What counts is that everything arrives, and
how little of it was sent to an office that had it already.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import random
from pathlib import Path

from server.bench.content import Prose
from tests.faults.crowd import Crowd, connected, enrolled
from tests.support.carrier import GIVE_UP_S
from tests.support.line import Line
from tests.support.office import Office
from tests.support.proof import often, tell

NOTES = 200
INTERRUPTIONS = 50
LOST = 0.2
NOTE_CHARACTERS = 1_000


class Repeats:
    """Of the body bytes that reached the office, those of changes it had decided before."""

    def __init__(self) -> None:
        self.decided: set[tuple[str, int]] = set()
        self.reached = 0.0
        self.repeated = 0.0

    def count(self, line: Line) -> None:
        for heard in line.heard:
            self.reached += heard.wire_bytes
            if not heard.path.endswith("/push"):
                continue
            message = json.loads(heard.body)
            numbers = [(message["device"], change["n"]) for change in message["changes"]]
            sizes = [len(json.dumps(change)) for change in message["changes"]]
            again = sum(size for key, size in zip(numbers, sizes, strict=True) if key in self.decided)
            self.repeated += heard.wire_bytes * again / sum(sizes)
            if heard.status == 200:
                self.decided.update(numbers)


async def test_two_hundred_notes_over_a_line_that_hardly_is_one(tmp_path: Path) -> None:
    """All arrive, none twice; at most a twentieth of what reached the office was there already."""
    quicker = often(100, 10)
    dice, prose = random.Random(96), Prose()
    (phone,) = phones = await enrolled(tmp_path, 1, slow=quicker)
    phone.give_up_s = GIVE_UP_S / quicker
    crowd, office = Crowd(phones), Office(tmp_path).start()
    crowd.capture(phone, 0)
    for _ in range(NOTES):
        phone.keep(phone.note(crowd.people[phone.device], prose.text(dice, NOTE_CHARACTERS))[1])
    crowd.capture(phone, 0)
    ideal = len(gzip.compress(b"".join(phone.outbox.values()), 6))
    line = Line(office.port, rate=1_200 * quicker, delay_s=1 / quicker)
    line.fate = lambda _: (
        "through" if dice.random() >= LOST else ("lose request" if dice.random() < 0.5 else "lose answer")
    )
    loop = asyncio.get_running_loop()
    try:
        async with line, connected(phones, line.url):
            began = loop.time()

            async def interrupt() -> None:
                """Fifty times, spread over the way that lies before it."""
                sent = 0
                for _ in range(INTERRUPTIONS):
                    sent += ideal // INTERRUPTIONS
                    await line.has_carried(sent)
                    line.interrupt()

            breaking = asyncio.create_task(interrupt())
            await phone.exchange()
            took_s = (loop.time() - began) * quicker
            breaking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await breaking
            interruptions = line.interruptions
    finally:
        office.stop()
    lost, duplicated = crowd.lost_and_duplicated(office)
    repeats = Repeats()
    repeats.count(line)
    share = repeats.repeated / repeats.reached
    tell(
        "200 notes at 9.6 kbit/s, 2 s round trips, 20 % lost", acknowledged=len(crowd.acknowledged), lost=lost,
        duplicated=duplicated, interruptions=interruptions, swallowed=line.lost,
        repeated_bytes_percent=round(100 * share, 2), sent_of_ideal=round(line.up_bytes / ideal, 2),
        minutes=round(took_s / 60, 1),
    )  # fmt: skip
    assert len(crowd.acknowledged) == NOTES + 1
    assert (lost, duplicated) == (0, 0)
    assert interruptions >= INTERRUPTIONS - 1
    assert share <= 0.05
