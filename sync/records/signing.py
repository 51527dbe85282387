"""A signature on the screen: a name typed with "I agree", or drawn with a finger. Part of the record it signs."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from sync.clock import Millis
from sync.records.participant import Name


class Signing(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """`name`: of who signed; `at`: the device's wall clock. `drawing`: an SVG path in a box of 600 by 200.

    `declined`: they did not wish to sign; what was agreed is kept all the same.
    """

    name: Name
    at: Millis
    how: Literal["typed", "drawn", "declined"] = "typed"
    drawing: Annotated[str, msgspec.Meta(max_length=24_000, pattern=r"^[ML0-9 ]*$")] = ""

    def __post_init__(self) -> None:
        """A drawn signature has strokes, any other has none."""
        if (self.how == "drawn") != bool(self.drawing):
            raise ValueError("a drawing belongs to a drawn signature")
