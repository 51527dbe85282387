"""What a device's clocks said. Evidence only: clocks order nothing and refuse nothing."""

from __future__ import annotations

from typing import Annotated

import msgspec

Millis = Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]


class ClockReading(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One look at a device's clocks. `wall`: ms since 1970 UTC; `mono`: ms since `boot`, an id per page start."""

    wall: Millis
    mono: Millis = 0
    boot: Annotated[str, msgspec.Meta(max_length=36)] = ""
