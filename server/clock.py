"""The office's clock. Everything that needs the time is given one, so that a test can set it."""

from __future__ import annotations

import time
from collections.abc import Callable

Clock = Callable[[], int]


def now_ms() -> int:
    """Wall clock, ms since 1970 UTC."""
    return time.time_ns() // 1_000_000
