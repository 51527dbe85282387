"""Dice and names of one history. The clocks have dice of their own, so that shifting them moves nothing else."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """Everything that is left to chance."""

    def __init__(self, seed: int, clock_seed: int) -> None:
        self.random = random.Random(seed)
        self.clock = random.Random(clock_seed)
        self._named = 0

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def pick(self, among: Sequence[T]) -> T:
        return among[int(self.random.random() * len(among))]

    def below(self, limit: int) -> int:
        return int(self.random.random() * limit)

    def new_id(self) -> str:
        """A fresh id; never the same twice in a history."""
        self._named += 1
        return f"01900000-0000-7000-8000-{self._named:012x}"
