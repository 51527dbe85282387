"""Playing histories: one by its seed, and now and then a second time with every clock scrambled (invariant 18)."""

from __future__ import annotations

from typing import Any, Final

from sync.simulation.checkers import Violation
from sync.simulation.scenario import Scenario

CLOCK_EVERY: Final = 10
_SCRAMBLED: Final = 7_919_000_000


def play(seed: int, *, with_clocks: bool | None = None, is_plain: bool = False) -> Scenario:
    """One history; raises Violation. `with_clocks`: also check invariant 18 (None: for one seed in ten).

    `is_plain`: without restores, locks, sweeps and the like, so that another office can decide it again.
    """
    world = Scenario(seed, seed, is_plain=is_plain)
    try:
        world.run()
        if with_clocks or (with_clocks is None and seed % CLOCK_EVERY == 0):
            _check_clocks(world, seed)
    except Violation as violation:
        violation.trace = world.trace
        raise
    return world


def _check_clocks(world: Scenario, seed: int) -> None:
    other = Scenario(seed, _SCRAMBLED + seed, is_plain=world.is_plain)
    other.run()
    for mine, theirs in zip(_outcomes(world), _outcomes(other), strict=False):
        if mine != theirs:
            raise Violation(18, f"with other clocks {mine} becomes {theirs}")
    if _contents(world) != _contents(other):
        raise Violation(18, "with other clocks the records hold something else")


def _outcomes(world: Scenario) -> list[tuple[Any, ...]]:
    return [
        (entry.device, r.n, r.outcome, r.seq, r.doc, r.code, r.field, r.conflicts)
        for entry in world.office.history
        for r in (entry.receipt,)
    ]


def _contents(world: Scenario) -> list[tuple[Any, ...]]:
    """Every record without its times; returned work holds the captured text, and with it the clock's reading."""
    times = ("started_at", "ended_at", "change")
    return [
        (
            record.doc, record.state, record.seq, [(kept.field, kept.value, kept.by, kept.seq) for kept in record.kept],
            {path: value for path, value in record.fields.items() if path not in times},
        )
        for record in world.office.records.values()
    ]  # fmt: skip
