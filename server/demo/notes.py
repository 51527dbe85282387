"""What is written about a contact: the fields of a note, in the voice of its specialist."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from server.demo.cast import Cast, Participant, Site, speaker
from server.demo.contacts import Contact
from server.demo.kinds import answers_of, form_of
from server.demo.phrases import Language, Speaker, Theme

FLAG_SHARE: Final = 0.006

# Kinds beside the plain talk, by site, and how often. The rest follows from the theme of the talk.
_OTHER_KINDS: Final = (
    (("check_in", 0.20), ("attempt", 0.035), ("street", 0.025), ("someone_close", 0.012), ("hard_moment", 0.010)),
    (("attempt", 0.05),),
    (("attempt", 0.04), ("someone_close", 0.015), ("hard_moment", 0.015)),
)
_TOMORROW: Final = ("tomorrow", "mañana a")
_WEEKDAYS: Final = {
    "monday": 0, "tuesday": 1, "wednesday": 2, "thursday": 3, "friday": 4, "saturday": 5, "sunday": 6,
    "lunes": 0, "martes": 1, "miércoles": 2, "jueves": 3, "viernes": 4, "sábado": 5,
}  # fmt: skip
_TOLD: Final = {"en": "On-call supervisor, by phone, at once.", "es": "La persona de guardia, por teléfono, enseguida."}
_PROGRESS: Final = (("toward", "holding", "away", "not_discussed"), (5, 4, 1, 1))
_MODES: Final = {
    "warm_line": "phone", "discharge_follow_up": "phone", "collateral": "phone", "attempt_no_show": "in_person",
    "outreach": "in_person",
}  # fmt: skip
_OWNERS: Final = {"my step": "me", "yo": "me", "together": "both", "supervisor": "other", "supervisora": "other"}


class Voice(msgspec.Struct, frozen=True):
    """How one specialist writes: likelihood of a word about the day, of more at the end, of a pause, a second step."""

    opens: float
    tails: float
    dwells: float
    second: float


def voice(chance: Random) -> Voice:
    """How somebody writes, drawn once for each specialist."""
    ranges = ((0.02, 0.22), (0.3, 0.95), (0.3, 0.9), (0.8, 1.0))
    return Voice(*(chance.uniform(*span) for span in ranges))


def write(cast: Cast, contact: Contact, manner: Voice, chance: Random, *, is_hard: bool = False) -> dict[str, Any]:
    """The fields of a contact's note, fit to pass the office's checks. `is_hard`: it must carry a safety flag."""
    person, site = cast.participants[contact.participant], cast.sites[contact.site]
    about = speaker(person, chance)
    theme = about.spoken.themes["hard_moment"] if is_hard else _theme(person, contact.site, about.spoken, chance)
    kind = theme.kinds[int(chance.random() * len(theme.kinds))]
    answers = _answers(theme, about, manner, chance)
    flag = _safety(answers, theme, about, person.lang, chance)
    _next_step(answers, contact.signed_at, site, chance)
    if kind != "attempt_no_show":
        answers["progress"] = chance.choices(_PROGRESS[0], _PROGRESS[1])[0]
        answers["shared"] = "yes" if "shared" in answers["did"] or "Conté" in answers["did"] else "no"
    form = form_of(kind)
    answers = answers_of(form, answers, about, chance)
    mode = _mode(kind, contact.site, chance)
    fields: dict[str, Any] = {
        "participant": person.id,
        "contact_kind": kind,
        "form": form.ref,
        "started_at": contact.started_at,
        "ended_at": contact.ended_at,
        "zone": site.zone,
        "setting": site.setting if mode == "in_person" else "phone_video",
        "mode": mode,
        "site": site.id,
        "answers": answers,
    }
    support = _support(theme, chance)
    if support and "support" in form.asks:
        fields["support"] = support
    goals = sorted(goal.id for goal in person.goals if goal.theme == theme.name)
    if goals and "goals" in form.asks:
        fields["goals"] = goals
    if flag:
        fields["flags"] = [flag]
    return fields


def addendum(person: Participant, chance: Random) -> str:
    """Words added later."""
    about = speaker(person, chance)
    return about.sentence(about.spoken.addenda)


def _theme(person: Participant, site: int, spoken: Language, chance: Random) -> Theme:
    """Mostly what matters to the person now, sometimes whatever the day brings, sometimes another kind of contact."""
    at = chance.random()
    for name, share in _OTHER_KINDS[site]:
        if at < share:
            return spoken.themes[name]
        at -= share
    where = ("drop_in_center", "prison", "hospital")[site]
    if chance.random() < 0.72:
        mine = spoken.themes[chance.choice(person.themes)]
        if where in mine.where:
            return mine
    return chance.choice([t for t in spoken.themes.values() if where in t.where and t.goals])


def _answers(theme: Theme, about: Speaker, manner: Voice, chance: Random) -> dict[str, Any]:
    one, spoken = about.sentence, about.spoken
    said = [one(theme.words)]
    if said[0] and chance.random() < manner.tails * 0.6:
        said += [another for another in (one(theme.words),) if another[:9] != said[0][:9]]
    if said[0] and chance.random() < manner.tails * 0.4:
        said.append(one(spoken.words_tail))
    did = [one(spoken.slots["weather"])] if chance.random() < manner.opens else []
    did.append(one(theme.did[0]))
    if theme.goals and chance.random() < manner.dwells:
        did.append(one(spoken.between))
    if chance.random() < manner.second:
        did.append(one(theme.did[1]))
    went = [one(theme.went)]
    if chance.random() < manner.tails:
        went.append(one(spoken.went_tail))
    answers = {"did": _joined(did), "went": _joined(went), "next": one(theme.next)}
    return {"said": _quoted(said), **answers} if said[0] else answers


def _support(theme: Theme, chance: Random) -> list[str]:
    return sorted(kind for kind in theme.support if chance.random() < 0.8) or sorted(theme.support[:1])


def _joined(parts: list[str]) -> str:
    return " ".join(part for part in parts if part)


def _quoted(quotes: list[str]) -> str:
    """Several quotes as one, closed the way its language closes them."""
    opening, closing = quotes[0][0], quotes[0][-1]
    bodies = [quote[1:-1].strip() for quote in quotes if quote]
    text = " ".join(body if body[-1] in "?!." else f"{body}." for body in bodies)
    return f"{opening}{text[:-1]}{closing}." if closing == "»" and text[-1] == "." else f"{opening}{text}{closing}"


def _mode(kind: str, site: int, chance: Random) -> str:
    fixed = _MODES.get(kind)
    if fixed or site == 1:
        return fixed or "in_person"
    return chance.choices(("in_person", "phone", "video", "text"), (86, 10, 2, 2))[0]


def _next_step(answers: dict[str, Any], signed_at: int, site: Site, chance: Random) -> None:
    """Whose next step it is, read from how it was written, and sometimes by when."""
    who = answers["next"].partition(":")[0].casefold()
    answers["next_owner"] = _OWNERS.get(who, "person")
    day = datetime.fromtimestamp(signed_at / 1000, UTC).astimezone(ZoneInfo(site.zone)).date()
    named = _named_day(answers["next"], day)
    if named or chance.random() < 0.3:
        answers["next_on"] = (named or day + timedelta(days=1 + chance.randrange(9))).isoformat()


def _named_day(text: str, today: date) -> date | None:
    """The day that the words name, if they name one: tomorrow, or the next such weekday."""
    folded = text.casefold()
    if any(word in folded for word in _TOMORROW):
        return today + timedelta(days=1)
    found = next((i for word, i in _WEEKDAYS.items() if word in folded), None)
    return None if found is None else today + timedelta(days=(found - today.weekday() - 1) % 7 + 1)


def _safety(answers: dict[str, Any], theme: Theme, about: Speaker, lang: str, chance: Random) -> str:
    """What was said, what I did, whom I told, and the flag they make; '' for most notes."""
    if theme.is_about_safety:
        told = int(chance.random() * len(theme.words))
        flag, words = theme.flags[told], theme.words[told]
        answers.pop("said", None)
        answers["safety_said"] = _quoted([about.sentence([words])])
    elif theme.flags and chance.random() < FLAG_SHARE:
        flag = chance.choice(theme.flags)
        answers["safety_said"] = answers.pop("said")
    else:
        return ""
    answers["safety_did"] = about.sentence(about.spoken.themes["hard_moment"].did[0])
    answers["safety_told"] = _TOLD[lang]
    return flag
