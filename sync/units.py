"""Minutes to units, by the organisation's rule. tests/vectors/units.json holds for both languages."""

from __future__ import annotations

from sync.records.rules import UnitRule


def minutes(started_at: int, ended_at: int) -> int:
    """Whole minutes of a contact; begun minutes do not count."""
    return (ended_at - started_at) // 60_000


def units(length_min: int, rule: UnitRule) -> float:
    """Units of a contact. Whole for every rounding but `exact`, which gives two decimals, half up.

    `midpoint8` counts a unit from its middle on: floor((minutes + 7) / 15) for units of 15 minutes.
    """
    unit = rule.unit_minutes
    match rule.rounding:
        case "midpoint8":
            return (length_min + unit // 2) // unit
        case "floor":
            return length_min // unit
        case "ceil":
            return -(-length_min // unit)
        case "exact":
            return (length_min * 200 + unit) // (2 * unit) / 100
