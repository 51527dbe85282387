"""What answers to an instrument add up to.

Its twin is web/pocket/instruments.ts; tests/vectors/instruments.json holds for both.

An answer outside the scale, or to no question of it, counts as skipped.
"""

from __future__ import annotations

from collections.abc import Mapping

from sync.records.instrument import InstrumentFields


def score(instrument: InstrumentFields, answers: Mapping[str, int]) -> int | None:
    """The score, or None where more was skipped than the instrument allows."""
    scale, rule = instrument.scale, instrument.scoring
    counted = [
        scale.least + scale.most - value if item.is_reversed else value
        for item in instrument.items
        if (value := answers.get(item.key)) is not None and scale.least <= value <= scale.most
    ]
    missing = len(instrument.items) - len(counted)
    if not counted or missing > rule.missing_allowed:
        return None
    total = sum(counted) * len(instrument.items)
    return (2 * total + len(counted)) // (2 * len(counted)) * rule.factor


def span(instrument: InstrumentFields) -> tuple[int, int]:
    """Lowest and highest score there can be."""
    scale, count = instrument.scale, len(instrument.items) * instrument.scoring.factor
    return scale.least * count, scale.most * count
