"""web/schedules.toml, which contacts an event proposes, as data for the phone."""

from __future__ import annotations

import tomllib
from typing import Annotated, Final

import msgspec

from sync.records.note import ContactKind
from web.build.paths import HEADER, WEB

FILE: Final = WEB / "schedules.toml"
Key = Annotated[str, msgspec.Meta(pattern=r"^[a-z_]{1,40}$")]


class Schedule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`days` after the event, rising; see the head of the file."""

    name: Key
    kinds: Annotated[list[ContactKind], msgspec.Meta(min_length=1)]
    days: Annotated[list[Annotated[int, msgspec.Meta(ge=0, le=3650)]], msgspec.Meta(min_length=1)]
    keep_days: Annotated[int, msgspec.Meta(ge=0, le=365)]
    answers: list[Key] = []


def read(text: str) -> list[Schedule]:
    """The schedules of a file. Raises msgspec.ValidationError for what is none."""
    found = msgspec.convert(tomllib.loads(text)["schedule"], list[Schedule])
    if any(schedule.days != sorted(set(schedule.days)) for schedule in found):
        raise msgspec.ValidationError("the days of a schedule rise")
    return found


def module() -> str:
    """The TypeScript module of all schedules."""
    data = msgspec.json.format(msgspec.json.encode(read(FILE.read_text("utf-8"))), indent=2).decode()
    return (
        f'{HEADER}import type {{ Schedule }} from "../pages/proposals";\n\n'
        f"export const schedules: readonly Schedule[] = {data};\n"
    )
