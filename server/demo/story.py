"""Twelve weeks of the demo: notes are written on phones, arrive when there is signal, and supervisors answer."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable, Coroutine
from typing import Any, Final

from server.demo.cast import Participant
from server.demo.contacts import DAY, HOUR, MINUTE, SILENT_MS, Contact
from server.demo.dice import dice
from server.demo.founding import Founded, participant_fields
from server.demo.notes import Voice, addendum, voice, write
from server.demo.papers import Papers
from server.demo.phones import Phone
from server.storage.port import Decided, OfficeChange, Storage
from sync.ids import participant_bucket

# From this many notes on, a phone pushes once in two weeks: the same records in fewer, fuller requests.
BULK_NOTES: Final = 10_000
TOGETHER: Final = 24
LEFT_OPEN_MS: Final = 4 * DAY
CLOSING_WORDS: Final = (
    "Talked with the specialist and called the person. Safe tonight, plan in place.",
    "Followed up by phone the same day. The clinic has it now, with the person's yes.",
    "Met with both. The person has a place to sleep and three numbers to call.",
    "Medicines were replaced through the clinic. Nothing more to do here.",
)


class Refused(Exception):  # noqa: N818 - says what happened
    """The office did not take something that the demo believed to be right."""


class Story:
    """The run of events. `_due`: what will happen, by time; everything before a contact happens first."""

    def __init__(self, storage: Storage, founded: Founded, seed: int, notes: int, now: int) -> None:
        self.storage: Final = storage
        self.founded: Final = founded
        self.now: Final = now
        self._seed: Final = seed
        self._is_bulk: Final = notes >= BULK_NOTES
        self._chance: Final = dice(seed, "story")
        self._voices: Final[list[Voice]] = [voice(dice(seed, "voice", i)) for i in range(len(founded.phones))]
        self._words: Final = [dice(seed, "words", i) for i in range(len(founded.phones))]
        self._due: list[tuple[int, int, Callable[[int], Coroutine[Any, Any, None]]]] = []
        self._order = 0
        self._met: set[int] = set()
        self._sending: list[Coroutine[Any, Any, Decided]] = []

    async def tell(self, contacts: list[Contact]) -> None:
        """All contacts in the order of signing, with everything that follows from them up to now."""
        papers = Papers(self.founded, self._seed, contacts)
        hard = {contacts[-9].signed_at, contacts[-23].signed_at} if len(contacts) > 100 else set()
        for contact in contacts:
            await self._until(contact.signed_at)
            self._write(contact, papers, is_hard=contact.signed_at in hard)
        await self._until(self.now)
        for position, person in enumerate(self.founded.cast.participants):
            self._meet(position, person, self.now - SILENT_MS - HOUR)
        for phone in self.founded.phones:
            if phone.unsent:
                await self._push(phone, self.now - self._chance.randrange(2, 40) * MINUTE)
        await self._settle()
        await papers.send(self.storage, self.now)

    async def _until(self, at: int) -> None:
        while self._due and self._due[0][0] <= at:
            when, _, event = heapq.heappop(self._due)
            await event(when)

    def _later(self, at: int, event: Callable[[int], Coroutine[Any, Any, None]]) -> None:
        self._order += 1
        heapq.heappush(self._due, (at, self._order, event))

    def _write(self, contact: Contact, papers: Papers, *, is_hard: bool) -> None:
        phone, cast = self.founded.phones[contact.specialist], self.founded.cast
        chance, at = self._words[contact.specialist], contact.signed_at
        if not phone.unsent:
            self._later(at + self._patience(), lambda when: self._push(phone, when))
        person = cast.participants[contact.participant]
        bucket = participant_bucket(person.id)
        self._meet(contact.participant, person, contact.started_at)
        fields = write(cast, contact, self._voices[contact.specialist], chance, is_hard=is_hard)
        doc = phone.sign_note(at, papers.beside(contact, fields))
        if fields.get("flags"):
            self._close_flag(phone, doc, bucket, at)
        elif chance.random() < 0.004 and at + 6 * HOUR < self.now:
            words = addendum(person, chance)
            phone.capture(at + 3 * HOUR, "addendum", "note", doc, bucket, set={"text": words})

    def _meet(self, position: int, person: Participant, at: int) -> None:
        """A newcomer is written down on their specialist's phone, once."""
        if not person.is_newcomer or position in self._met:
            return
        self._met.add(position)
        phone, bucket = self.founded.phones[person.specialist], participant_bucket(person.id)
        fields = participant_fields(self.founded.cast, person)
        phone.capture(at, "create", "participant", person.id, bucket, set=fields)

    def _patience(self) -> int:
        """How long written work waits for signal: from minutes to a working day."""
        return 14 * DAY if self._is_bulk else int(self._chance.expovariate(1 / (80 * MINUTE))) + MINUTE

    def _close_flag(self, phone: Phone, doc: str, bucket: str, at: int) -> None:
        """A supervisor closes the flag with a reason, a day or more later; the newest ones are still open."""
        supervisors = self.founded.cast.supervisors
        who = supervisors[int(self._chance.random() * len(supervisors))]
        words = CLOSING_WORDS[int(self._chance.random() * len(CLOSING_WORDS))]
        change = OfficeChange("close_flag", "note", doc, bucket, reason=words)

        async def close(when: int) -> None:
            await self._push(phone, when)
            await self._settle()
            _accepted(await self.storage.submit_office(self.founded.org, who.id, "supervisor", [change], when))

        when = at + self._chance.randrange(28 * HOUR, 98 * HOUR)
        if at < self.now - LEFT_OPEN_MS:
            self._later(when, close)

    async def _push(self, phone: Phone, when: int) -> None:
        if not phone.unsent:
            return
        self._sending.append(self.storage.submit(phone.hand_over(self.founded.org, when)))
        if len(self._sending) >= (TOGETHER):
            await self._settle()

    async def _settle(self) -> None:
        sending, self._sending = self._sending, []
        for decided in await asyncio.gather(*sending):
            _accepted(decided)


def _accepted(decided: Decided) -> None:
    refused = [receipt for receipt in decided.receipts if receipt.outcome not in {"applied", "merged"}]
    if decided.problem or refused:
        raise Refused(str(decided.problem or refused[0]))
