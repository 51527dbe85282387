"""Who is in the demo organisation: sites, team, the people it supports, and who supports whom."""

from __future__ import annotations

import tomllib
from functools import cache
from random import Random
from typing import Any, Final

import msgspec

from server.demo.dice import dice, new_id
from server.demo.phrases import FOLDER, PRONOUNS, Speaker, compiled, language
from sync.records.kind import Role

PEOPLE_PER_SPECIALIST: Final = 15
NOTES_PER_SPECIALIST: Final = 417
# Where a specialist mostly works, by their place in the team: center, center, center, prison, hospital, prison.
HOME: Final = (0, 0, 0, 1, 2, 1)
SPANISH_SPEAKERS: Final = frozenset({1, 4})


class Site(msgspec.Struct, frozen=True):
    """A place of work. `where`: its name in the phrases."""

    id: str
    name: str
    zone: str
    setting: str
    is_billable: bool
    where: str


class Member(msgspec.Struct, frozen=True):
    """A colleague. Those beyond the named team have no passphrase: large organisations are for measuring."""

    id: str
    name: str
    role: Role
    title: str
    sign_in: str
    passphrase: str | None


class Goal(msgspec.Struct, frozen=True):
    """A goal and the theme it belongs to."""

    id: str
    words: str
    theme: str


class Participant(msgspec.Struct, frozen=True):
    """A person supported. `rhythm`: how often they come; `away_days`: not seen for so long; `themes`: what matters."""

    id: str
    name: str
    code: str
    pronouns: str
    lang: str
    about: str
    site: int
    specialist: int
    rhythm: float
    away_days: int
    themes: list[str]
    goals: list[Goal]
    is_newcomer: bool


class Cast(msgspec.Struct, frozen=True):
    """The whole organisation before anything happens. `specialists` and `participants` are named by position."""

    name: str
    zone: str
    on_call: list[dict[str, str]]
    sites: list[Site]
    administrator: Member
    supervisors: list[Member]
    specialists: list[Member]
    participants: list[Participant]

    @property
    def members(self) -> list[Member]:
        return [self.administrator, *self.supervisors, *self.specialists]


@cache
def book() -> dict[str, Any]:
    """The invented people's data file."""
    return tomllib.loads((FOLDER / "people.toml").read_text(encoding="utf-8"))


def cast(seed: int, founded_at: int, notes: int) -> Cast:
    """As many specialists as `notes` need at a human pace, six at least, fifteen people each."""
    data = book()
    chance = dice(seed, "cast")
    team = [_member(entry, founded_at, chance) for entry in data["team"]]
    specialists = [m for m in team if m.role == "specialist"]
    wanted = max(len(specialists), round(notes / NOTES_PER_SPECIALIST))
    specialists += [_colleague(i, founded_at, chance) for i in range(len(specialists), wanted)]
    return Cast(
        name=data["organisation"],
        zone=data["zone"],
        on_call=data["on_call"],
        sites=[_site(entry, founded_at, chance) for entry in data["site"]],
        administrator=next(m for m in team if m.role == "administrator"),
        supervisors=[m for m in team if m.role == "supervisor"],
        specialists=specialists,
        participants=_participants(len(specialists), founded_at, dice(seed, "people")),
    )


def speaker(person: Participant, chance: Random) -> Speaker:
    """Somebody who speaks about a person, in that person's language."""
    return Speaker(language(person.lang), person.pronouns, chance)


def _site(entry: dict[str, Any], founded_at: int, chance: Random) -> Site:
    setting = entry["setting"]
    return Site(id=new_id(founded_at, chance), where={"hospital_ed": "hospital"}.get(setting, setting), **entry)


def _member(entry: dict[str, str], founded_at: int, chance: Random) -> Member:
    words = chance.sample(book()["words"]["passphrase"], 4)
    return Member(
        id=new_id(founded_at, chance),
        name=entry["name"],
        role=msgspec.convert(entry["role"], Role),
        title=entry["title"],
        sign_in=entry["sign_in"],
        passphrase=" ".join(words),
    )


def _colleague(number: int, founded_at: int, chance: Random) -> Member:
    name = f"{chance.choice(book()['names']['en_she'])} {chance.choice(book()['names']['initials'])} {number + 1}"
    sign_in = f"specialist{number + 1}"
    return Member(new_id(founded_at, chance), name, "specialist", "Peer specialist", sign_in, None)


def _participants(specialists: int, founded_at: int, chance: Random) -> list[Participant]:
    """Caseloads of 12 to 18 that come out at fifteen on the average, in pairs of specialists."""
    people: list[Participant] = []
    names = Names(chance)
    for specialist in range(specialists):
        shift = (specialist // 2 * 10) % 7 - 3
        size = PEOPLE_PER_SPECIALIST + (shift if specialist % 2 == 0 else -shift)
        for place in range(size):
            drawn = _drawn(specialist, place, founded_at, names, chance)
            people.append(msgspec.structs.replace(drawn, code=f"HB-{1001 + len(people)}"))
    return people


def _drawn(specialist: int, place: int, founded_at: int, names: Names, chance: Random) -> Participant:
    speaks_spanish = specialist % len(HOME) in SPANISH_SPEAKERS and place % 2 == 1
    lang = "es" if speaks_spanish else "en"
    site = HOME[specialist % len(HOME)]
    if site == 1 and place % 3 == 2:
        site = 0  # came home from the prison, sees the same specialist at the center
    where = ("drop_in_center", "prison", "hospital")[site]
    pronouns = chance.choices(list(PRONOUNS), weights=(46, 46, 8))[0]
    voice = Speaker(language(lang), pronouns, chance)
    themes = [t for t in voice.spoken.themes.values() if where in t.where and t.goals]
    mine = chance.sample(themes, min(len(themes), chance.choice((2, 2, 3))))
    return Participant(
        id=new_id(founded_at, chance),
        name=names.new(lang, pronouns),
        code="",
        pronouns=pronouns,
        lang=lang,
        about=voice.say(compiled(chance.choice(book()["about"][lang]))).strip(),
        site=site,
        specialist=specialist,
        rhythm=chance.choice((0.3, 0.6, 1.0, 1.0, 1.4, 2.0, 2.6)),
        away_days=chance.randint(23, 45) if place == 4 and specialist % 4 != 3 else 0,
        themes=[theme.name for theme in mine],
        goals=[Goal(new_id(founded_at, chance), voice.sentence(theme.goals), theme.name) for theme in mine],
        is_newcomer=place == PEOPLE_PER_SPECIALIST - 4,
    )


class Names:
    """Names nobody here has yet: first name and initial, sometimes an alias, with a number when names run out."""

    def __init__(self, chance: Random) -> None:
        self._chance: Final = chance
        self._taken: Final[set[str]] = set()

    def new(self, lang: str, pronouns: str) -> str:
        names = book()["names"]
        first = {"she/her": names[f"{lang}_she"], "he/him": names[f"{lang}_he"]}.get(pronouns, names["aliases"])
        for _ in range(20):
            is_alias = self._chance.random() < 0.06
            full = f"{self._chance.choice(first)} {self._chance.choice(names['initials'])}"
            name: str = self._chance.choice(names["aliases"]) if is_alias else full
            if name not in self._taken:
                break
        else:
            name = f"{full} {len(self._taken)}"
        self._taken.add(name)
        return name
