"""When a credential asks for attention: from as many days before its end on as the organisation says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date


def reminder(ends_on: str, today: str, remind_days: Sequence[int]) -> tuple[int, int] | None:
    """(the reminder that has come, days left). The reminder: the smallest number of days that covers what is left.

    It is 0 once the end is past. None while no reminder has come, and for what has no end. Days are `YYYY-MM-DD`.
    """
    if not ends_on:
        return None
    left = (date.fromisoformat(ends_on) - date.fromisoformat(today)).days
    if left < 0:
        return (0, left)
    reached = [days for days in remind_days if left <= days]
    return (min(reached), left) if reached else None
