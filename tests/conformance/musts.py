"""The numbered MUSTs: each a sentence of docs/protocol.md, the invariants it guards, and a check over HTTP."""

from __future__ import annotations

import traceback
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from tests.conformance.scene import Scene

Check = Callable[[Scene], Awaitable[None]]


class Must(NamedTuple):
    """`invariants`: their numbers in ARCHITECTURE.md."""

    number: int
    sentence: str
    invariants: tuple[int, ...]
    check: Check

    @property
    def name(self) -> str:
        return f"MUST-{self.number}"


class Found(NamedTuple):
    """What became of one MUST. `why` is empty where it holds."""

    must: Must
    why: str


MUSTS: list[Must] = []


def must(number: int, sentence: str, *invariants: int) -> Callable[[Check], Check]:
    def add(check: Check) -> Check:
        assert number not in {one.number for one in MUSTS}, number
        MUSTS.append(Must(number, sentence, invariants, check))
        MUSTS.sort()
        return check

    return add


async def check_all(scene: Scene, only: Sequence[int] = ()) -> list[Found]:
    """Every MUST (or `only` some), one after the other; one that fails does not keep the others from being checked."""
    found = []
    for one in MUSTS:
        if only and one.number not in only:
            continue
        try:
            await one.check(scene)
        except Exception as error:  # noqa: BLE001 - whatever it is, this MUST does not hold
            place = next((f for f in reversed(traceback.extract_tb(error.__traceback__)) if "conformance" in f.filename), None)
            found.append(Found(one, f"{type(error).__name__} {str(error)[:300]} ({place.name if place else ''}: {place.line if place else ''})"))
            await scene.recover()
        else:
            found.append(Found(one, ""))
    return found


def table(found: Sequence[Found]) -> str:
    lines = ["| | holds | invariants | an office must |", "|---|---|---|---|"]
    for one in found:
        numbers = ", ".join(map(str, one.must.invariants)) or "-"
        lines.append(f"| {one.must.name} | {'no' if one.why else 'yes'} | {numbers} | {one.must.sentence} |")
    lines += [f"\n{one.must.name}: {one.why}" for one in found if one.why]
    return "\n".join(lines)
