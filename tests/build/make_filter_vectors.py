"""Writes tests/vectors/filters.json anew from the office's filters: `python -m tests.build.make_filter_vectors`.

Read the difference before keeping it: the file is the promise, not the code.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from server.templating.catalogue import LANGS, catalogue
from server.templating.filters import Filters

VECTORS = Path(__file__).parents[1] / "vectors" / "filters.json"
NOW = 1_793_577_600_000  # 2026-11-01 18:40 in Los Angeles, the day the clocks go back in the United States
HOUR = 3_600_000
DAY = 24 * HOUR
INSTANTS = (
    NOW, NOW - 30_000, NOW - 3 * 60_000, NOW - 59 * 60_000, NOW - HOUR, NOW - 26 * HOUR, NOW - 47 * HOUR, NOW - 48 * HOUR,
    NOW - 6 * DAY, NOW - 7 * DAY, NOW - 400 * DAY, NOW + 2 * HOUR, NOW + DAY, NOW + 3 * DAY,
    1_772_956_799_999, 1_772_956_800_000, 1_772_960_400_000, 0, -1, 253_402_127_999_999, 253_402_128_000_000, 2**53 - 1,
)  # fmt: skip
ZONES = (
    "America/Los_Angeles",
    "America/New_York",
    "America/Phoenix",
    "Pacific/Honolulu",
    "Asia/Kathmandu",
    "UTC",
    "No/Zone",
)
DATES = (
    "2026-11-01",
    "2026-10-31",
    "2026-11-02",
    "2026-10-28",
    "2025-12-24",
    "2024-02-29",
    "2026-02-29",
    "next week",
    "",
    "20261101",
)
COUNTS = (0, 1, 15, 59, 60, 61, 119, 120, 999, 1000, 999_999, 1_000_000, 1_000_001, 1_234_567_890)


def cases() -> list[tuple[str, list[Any]]]:
    """Filter and arguments."""
    found: list[tuple[str, list[Any]]] = []
    for zone in ZONES:
        found += [(name, [at, zone]) for name in ("day", "date", "clock") for at in INSTANTS]
        found += [("when", [at, NOW, zone]) for at in (*INSTANTS, *DATES)]
    found += [(name, [at, NOW]) for name in ("age", "ago") for at in INSTANTS]
    found += [("date", [date]) for date in DATES]
    found += [(name, [count]) for name in ("duration", "number", "size") for count in COUNTS]
    found += [(name, [None, NOW]) for name in ("age", "ago")]
    found += [(name, [None, "UTC"]) for name in ("day", "date", "clock")]
    found += [("when", [None, NOW, "UTC"]), ("duration", [None]), ("size", [None]), ("number", [-1_234])]
    return found


def vectors() -> list[dict[str, Any]]:
    """Every case with what it says in each language."""
    spoken = {lang: Filters(catalogue(lang)).named() for lang in LANGS}
    return [
        {"filter": name, "arguments": arguments, **{lang: spoken[lang][name](*arguments) for lang in LANGS}}
        for name, arguments in cases()
    ]


if __name__ == "__main__":
    VECTORS.write_text("[\n" + ",\n".join(json.dumps(one, ensure_ascii=False) for one in vectors()) + "\n]\n", "utf-8")
