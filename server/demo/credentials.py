"""What the demo's specialists are certified in and may enter: most of it for long, one clearance not much longer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from server.demo.cast import Cast
from server.demo.dice import new_id
from server.storage.port import OfficeChange
from sync.ids import specialist_bucket

TOPICS: Final = ("Ethics and boundaries", "Listening for suicide", "Trauma and recovery")
# Days from the first day of the demo, twelve weeks ago: the first clearance ends about three weeks from now.
CLEARED_DAYS: Final = (105, 300, 420)
CERTIFIED_DAYS: Final = 500


def credentials(cast: Cast, at: int, chance: Any) -> Iterator[OfficeChange]:
    """A certificate and a course each; clearances for the first three, at the sites behind a gate or else the first."""
    gated = [site for site in cast.sites if site.setting in {"prison", "jail"}] or list(cast.sites[:1])
    for position, member in enumerate(cast.specialists):
        held: list[dict[str, Any]] = [
            {
                "sort": "certificate",
                "name": "Certified peer specialist",
                "ends_on": _day(at, CERTIFIED_DAYS + 7 * position),
            },
            {"sort": "education", "name": TOPICS[position % len(TOPICS)], "minutes": 360, "got_on": _day(at, -30)},
        ]
        if position < len(CLEARED_DAYS):
            site = gated[position % len(gated)]
            ends_on = _day(at, CLEARED_DAYS[position])
            held.append({"sort": "clearance", "name": f"Entry to {site.name}", "site": site.id, "ends_on": ends_on})
        for fields in held:
            bucket = specialist_bucket(member.id)
            yield OfficeChange("create", "credential", new_id(at, chance), bucket, {"specialist": member.id, **fields})


def _day(at: int, days: int) -> str:
    return (datetime.fromtimestamp(at / 1000, UTC) + timedelta(days=days)).date().isoformat()
