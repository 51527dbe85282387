"""`python -m sync.simulation`: --seed N plays one history with its trace, --seeds N many, --mutants the seeded bugs."""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
from typing import Final, NamedTuple

from sync.simulation.checkers import Violation
from sync.simulation.history import play
from sync.simulation.mutants import MUTANTS, Mutant, infected

MUTANT_SEEDS: Final = 1_500
"""Seeds a mutant may survive before it counts as not caught."""
PIECE: Final = 200
"""Histories that a process plays between two reports."""


def main() -> int:
    """Exit code 1 if an invariant is violated or a mutant survives."""
    parser = argparse.ArgumentParser(prog="python -m sync.simulation", description=__doc__)
    chosen = parser.add_mutually_exclusive_group(required=True)
    chosen.add_argument("--seed", type=int, help="replay one history and print its trace")
    chosen.add_argument("--seeds", type=int, help="play this many histories")
    chosen.add_argument("--mutants", action="store_true", help="check that every seeded bug is caught")
    parser.add_argument("--first", type=int, default=0, help="first seed of --seeds")
    parser.add_argument("--jobs", type=int, default=1, help="processes for --seeds")
    asked = parser.parse_args()
    if asked.mutants:
        return run_mutants()
    if asked.seed is not None:
        return run_one(asked.seed)
    return run_many(asked.first, asked.seeds, asked.jobs)


def run_one(seed: int) -> int:
    """One history with its trace."""
    try:
        world = play(seed, with_clocks=True)
    except Violation as violation:
        return _report(seed, violation)
    print("\n".join(world.trace))
    print(f"seed {seed}: {len(world.office.history)} changes decided, no violation")
    return 0


class Piece(NamedTuple):
    """What a run of histories came to. `violations`: seed and words."""

    decided: int
    seconds: float
    violations: list[tuple[int, str]]


def run_piece(seeds: range) -> Piece:
    """Histories one after the other, on one core."""
    began = time.process_time()
    decided = 0
    violations: list[tuple[int, str]] = []
    for seed in seeds:
        try:
            decided += len(play(seed).office.history)
        except Violation as violation:
            violations.append((seed, str(violation)))
    return Piece(decided, time.process_time() - began, violations)


def run_many(first: int, count: int, jobs: int) -> int:
    """Histories from `first` on, on as many cores as asked for. Names every seed that violates an invariant."""
    size = max(1, min(PIECE, count // jobs))
    pieces = [range(at, min(at + size, first + count)) for at in range(first, first + count, size)]
    decided, seconds, violations = 0, 0.0, 0
    with multiprocessing.Pool(jobs) as pool:
        for piece in pool.imap_unordered(run_piece, pieces):
            for seed, words in piece.violations:
                print(f"seed {seed}: {words}", flush=True)
            decided, seconds = decided + piece.decided, seconds + piece.seconds
            violations += len(piece.violations)
    rate = f"{count / seconds:.0f} histories/s of one core"
    print(f"{count} histories, {decided} changes decided, {violations} violations, {rate}")
    return 1 if violations else 0


def run_mutants() -> int:
    """A table of the seeded bugs and what caught them."""
    survivors = 0
    print(f"{'seeded bug':30} {'invariant':>9} {'at seed':>7}  what is wrong")
    for mutant in MUTANTS:
        caught = catch(mutant)
        survivors += caught is None
        number, seed = ("-", "-") if caught is None else (str(caught[0]), str(caught[1]))
        print(f"{mutant.name:30} {number:>9} {seed:>7}  {mutant.words}")
    print(f"{len(MUTANTS) - survivors} of {len(MUTANTS)} caught")
    return 1 if survivors else 0


def catch(mutant: Mutant) -> tuple[int, int] | None:
    """Number of the invariant that catches the mutant, and the seed; None if it survives."""
    with infected(mutant):
        for seed in range(MUTANT_SEEDS):
            try:
                play(seed)
            except Violation as violation:
                return violation.number, seed
    return None


def _report(seed: int, violation: Violation) -> int:
    print("\n".join(violation.trace))
    print(f"seed {seed}: {violation}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
