"""QR codes as the path of an inline SVG: no image request, no style attribute, nothing kept."""

from __future__ import annotations

import msgspec
import segno

QUIET_ZONE = 4


class Qr(msgspec.Struct, frozen=True):
    """`size`: width and height of the viewBox; `path`: one unit square per dark module."""

    size: int
    path: str


def qr(text: str) -> Qr:
    """The code as the path of a picture, with its quiet zone."""
    code = segno.make(text, error="m", micro=False)
    path = "".join(
        f"M{x + QUIET_ZONE} {y + QUIET_ZONE}h1v1h-1z"
        for y, row in enumerate(code.matrix)
        for x, is_dark in enumerate(row)
        if is_dark
    )
    return Qr(len(code.matrix) + 2 * QUIET_ZONE, path)
