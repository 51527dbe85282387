"""Plans, consents and shared pages of the demo: how some people want to live, and what they said yes to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final

from server.demo.cast import Cast, Participant
from server.demo.contacts import DAY, HOUR
from server.demo.dice import dice, new_id
from server.demo.founding import Founded
from server.demo.phones import Phone
from server.storage.port import OfficeChange, Storage
from sync.ids import participant_bucket

PLANNED: Final = 5
"""So many people of each specialist have a plan."""
# Last day from today, and days ago that it was taken back: in force, ending soon, ended, taken back, without an end.
_CONSENTS: Final = ((240, None), (12, None), (-9, None), (150, 3), (None, None))
_STEPS: Final = {
    "en": ("Write down the three questions", "Make the first call together", "Put the papers in one folder"),
    "es": ("Anotar las tres preguntas", "Hacer juntos la primera llamada", "Poner los papeles en una carpeta"),
}
_WORDS: Final = {
    "en": {
        "vision": "A quiet place of my own, people who know me, and mornings that begin with coffee, not with worry.",
        "strengths": "I keep at things. I am good with my hands. I make people laugh.",
        "supports": "My sister on Sundays. The drop-in center. Walking by the water.",
        "why": "So that my family can come and see me.",
        "well": "Coffee and ten minutes outside before I look at my phone. The Tuesday group.",
        "off": "Letters with a window. Then I wait a day and open them with somebody.",
        "early": "I stop answering, and I say that everything is fine.",
        "hard": "Call me, do not text. Sit with me. No advice for the first ten minutes.",
        "information": "that I come here; my goals",
        "letter": "12 Alder Street, by the blue door",
        "in_person": "At the drop-in center, before ten",
    },
    "es": {
        "vision": "Un lugar tranquilo y propio, gente que me conozca y mañanas que empiecen con café, no con angustia.",
        "strengths": "No me rindo. Soy hábil con las manos. Hago reír a la gente.",
        "supports": "Mi hermana los domingos. El centro. Caminar junto al agua.",
        "why": "Para que mi familia pueda venir a verme.",
        "well": "Café y diez minutos afuera antes de mirar el teléfono. El grupo de los martes.",
        "off": "Las cartas con ventanilla. Entonces espero un día y las abro con alguien.",
        "early": "Dejo de contestar y digo que todo está bien.",
        "hard": "Llámeme, no me escriba. Siéntese conmigo. Sin consejos los primeros diez minutos.",
        "information": "que vengo aquí; mis metas",
        "letter": "Calle Aliso 12, la puerta azul",
        "in_person": "En el centro, antes de las diez",
    },
}
_RECIPIENTS: Final = ("County clinic, Dr. Lee", "Harbor Housing Office", "My sister", "Riverside Health Plan")


async def plan(storage: Storage, founded: Founded, seed: int, now: int) -> None:
    """For each specialist, the first people of the caseload; written on their phone and sent at once."""
    chance, cast = dice(seed, "plans"), founded.cast
    for specialist, phone in enumerate(founded.phones):
        own = [one for one in cast.participants if one.specialist == specialist and not one.is_newcomer]
        details: list[OfficeChange] = []
        for place, person in enumerate(own[:PLANNED]):
            at = now - (20 - place) * DAY - chance.randrange(6) * HOUR
            fields = _living(person, place, at, chance)
            details.append(OfficeChange("patch", "participant", person.id, participant_bucket(person.id), fields))
            _write(phone, cast, person, place, at, fields)
        await storage.submit_office(founded.org, cast.administrator.id, "administrator", details, now - 21 * DAY)
        decided = await storage.submit(phone.hand_over(founded.org, now - HOUR))
        if any(receipt.outcome != "applied" for receipt in decided.receipts):
            raise RuntimeError(f"the office refused the demo's plans: {decided.receipts}")


def _living(person: Participant, place: int, at: int, chance: Random) -> dict[str, Any]:
    """How the person is reached, and the living plan."""
    words, lang = _of(person), person.lang if person.lang in _WORDS else "en"
    steps = [
        {"id": new_id(at, chance), "text": text, "who": who, "due_on": _day(at, 14 * (number + 1))}
        for number, (text, who) in enumerate(zip(_STEPS[lang], ("person", "both", "peer"), strict=True))
    ]
    steps[0]["done_on"] = _day(at, 3)
    goals: list[dict[str, Any]] = [
        {"id": goal.id, "words": goal.words, "opened_on": _day(at, -40)} for goal in person.goals
    ]
    preferred = ("call", "text", "call", "letter", "in_person")[place]
    number = f"+1 555 01{chance.randrange(10, 99)}"
    goals[0] |= {"dimension": ("environmental", "social", "financial")[place % 3], "why": words["why"], "steps": steps}
    if place == 1 and len(goals) > 1:
        goals[1] |= {"status": "met", "closed_on": _day(at, -2)}
    return {
        "goals": goals,
        "vision": words["vision"],
        "strengths": words["strengths"],
        "supports": words["supports"],
        "review_on": _day(at, 90 if place else 10),
        "contact": number if preferred in {"call", "text"} else words[preferred],
        "preferred": preferred,
        "is_message_safe": ("yes", "ask", "no", "yes", "yes")[place],
        "programs": [{"name": "Open group"}, {"name": "Recovery evenings", "is_part2": True}][: 1 + place % 2],
        "emergency": {"name": "Rosa", "relation": "sister", "number": "+1 555 0177", "is_agreed": place != 2},
    }


def _write(phone: Phone, cast: Cast, person: Participant, place: int, at: int, living: dict[str, Any]) -> None:  # noqa: PLR0917 - whose, of whom, when, what
    """A signed version of the plan, a consent in one of its states, and for some the pages they share."""
    words, bucket = _of(person), participant_bucket(person.id)
    agreed = {key: living[key] for key in ("goals", "vision", "strengths", "supports", "review_on")}
    signed = {"name": person.name, "at": at}
    plan_set = {"participant": person.id, "signed": signed, "signed_on": _day(at, 0), **agreed}
    phone.capture(at, "create", "plan", phone.new_id(at), bucket, set=plan_set)
    lasts, back = _CONSENTS[place]
    now = at + (20 - place) * DAY
    consent: dict[str, Any] = {
        "participant": person.id, "named": person.name, "discloser": cast.name, "information": words["information"],
        "recipient": _RECIPIENTS[place % len(_RECIPIENTS)], "purpose": "referral" if lasts else "care",
        "wording": "plain-1", "signed": signed, "signed_on": _day(at, 0),
        "language": person.lang if person.lang in _WORDS else "en",
    }  # fmt: skip
    consent |= {"ends": "date", "expires_on": _day(now, lasts)} if lasts else {"ends": "never", "is_for_care": True}
    if back:
        consent |= {"revoked_on": _day(now, -back), "revoked_at": now - back * DAY, "revoked_how": "spoken"}
    phone.capture(at, "create", "consent", phone.new_id(at), bucket, set=consent)
    if place in (0, 3):
        pages = {key: words[key] for key in ("well", "off", "early", "hard")}
        shared = {"participant": person.id, "shared_on": _day(at, 1), **pages}
        phone.capture(at + DAY, "create", "keepwell_copy", phone.new_id(at), bucket, set=shared)


def _of(person: Participant) -> dict[str, str]:
    return _WORDS.get(person.lang, _WORDS["en"])


def _day(at: int, days: int) -> str:
    return (datetime.fromtimestamp(at / 1000, UTC) + timedelta(days=days)).date().isoformat()
