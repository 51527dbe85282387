"""Example rules of states and payers, as data: what each value would be, what it rests on, what is unconfirmed.

One TOML file each in `profiles/`. A value names a rule by its path in the organisation's record, such as
`units.max_per_day`. Units and what is paid begin anew with a profile; the rest it leaves as it is.
docs/rules.md has them as tables.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec

from sync.forms import Words
from sync.records.organisation import OrganisationFields
from sync.records.rules import Billing, UnitRule

FOLDER: Final = Path(__file__).parent / "profiles"
PARTS: Final = ("units", "rules", "note_due_h")
ANEW: Final = (
    *(f"units.{field.name}" for field in msgspec.structs.fields(UnitRule)),
    *(f"rules.billing.{field.name}" for field in msgspec.structs.fields(Billing)),
)


class Remark(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something to know that no rule here holds."""

    words: Words
    source: str
    unconfirmed: bool = False


class Value(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"value": "is"}):
    """One rule as this profile has it."""

    rule: Annotated[str, msgspec.Meta(pattern=r"^[a-z_]+(\.[a-z_]+){0,2}$")]
    value: str | int | bool | list[str]
    source: Annotated[str, msgspec.Meta(min_length=3)]
    unconfirmed: bool = False


class Profile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"values": "value", "remarks": "remark"}):
    """`checked_on`: the day its sources were last looked at."""

    name: Annotated[str, msgspec.Meta(pattern=r"^[a-z_]{1,40}$")]
    version: Annotated[int, msgspec.Meta(ge=1, le=9999)]
    checked_on: str
    title: Words
    about: Words
    values: Annotated[list[Value], msgspec.Meta(min_length=1)]
    remarks: list[Remark] = []

    @property
    def ref(self) -> str:
        """`name@version`, as `rules.profile` keeps it."""
        return f"{self.name}@{self.version}"


class Line(msgspec.Struct, frozen=True):
    """What taking a value would change: `before` and `after` are equal where it changes nothing."""

    rule: str
    before: Any
    after: Any
    source: str
    unconfirmed: bool


@cache
def profiles(folder: Path = FOLDER) -> Mapping[str, Profile]:
    """All profiles by name. Raises ValueError that begins with the file, so that a broken one is noticed at once."""
    return {path.stem: _read(path) for path in sorted(folder.glob("*.toml"))}


def _read(path: Path) -> Profile:
    try:
        profile = msgspec.convert(tomllib.loads(path.read_text("utf-8")), Profile)
        apply(OrganisationFields("anybody", "UTC"), profile)
    except (ValueError, tomllib.TOMLDecodeError) as error:
        raise ValueError(f"{path}: {error}") from None
    if len({value.rule for value in profile.values}) != len(profile.values) or profile.name != path.stem:
        raise ValueError(f"{path}: a rule stands there twice, or the name is not the file's")
    return profile


def apply(fields: OrganisationFields, profile: Profile) -> OrganisationFields:
    """The organisation with the profile's values. Raises ValueError for a rule that is none.

    Units and what is paid begin anew, so that no limit of another state stays behind.
    """
    anew = msgspec.structs.replace(fields.rules, billing=Billing())
    told = msgspec.to_builtins(msgspec.structs.replace(fields, units=UnitRule(), rules=anew))
    for value in profile.values:
        *path, last = value.rule.split(".")
        if (path or [last])[0] not in PARTS:
            raise ValueError(f"{value.rule} is no rule")
        at = told
        for step in path:
            at = at.setdefault(step, {})
        at[last] = value.value
    told.setdefault("rules", {})["profile"] = profile.ref
    return msgspec.convert(told, OrganisationFields)


def preview(fields: OrganisationFields, profile: Profile) -> list[Line]:
    """Every value of the profile beside what stands now, then what would go back to its usual value."""
    after = apply(fields, profile)
    named = {value.rule for value in profile.values}
    lines = [
        Line(value.rule, at(fields, value.rule), at(after, value.rule), value.source, value.unconfirmed)
        for value in profile.values
    ]
    others = [
        Line(rule, at(fields, rule), at(after, rule), "", unconfirmed=False) for rule in ANEW if rule not in named
    ]
    return lines + [line for line in others if line.before != line.after]


def at(fields: OrganisationFields, rule: str) -> Any:
    """The value of a rule by its path; tuples come out as lists."""
    value: Any = fields
    for step in rule.split("."):
        value = getattr(value, step)
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else value
