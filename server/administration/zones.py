"""The time zones a site may be in: the United States first, then everything else that has a city."""

from __future__ import annotations

from typing import Final
from zoneinfo import available_timezones

_HERE: Final = (
    "America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles",
    "America/Anchorage", "Pacific/Honolulu", "America/Puerto_Rico", "Pacific/Guam",
)  # fmt: skip
_CONTINENTS: Final = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")

ZONES: Final = (
    *_HERE,
    *sorted(zone for zone in available_timezones() - set(_HERE) if zone.partition("/")[0] in _CONTINENTS),
    "UTC",
)


def zone_options() -> list[dict[str, str]]:
    """Options of a form's select, as people read them."""
    return [{"value": zone, "text": zone.replace("_", " ")} for zone in ZONES]
