"""The picture on the home screen: two paths side by side. Nothing on the phone says what it is for.

Drawn here, point by point, because the pictures are small and a drawing program would be one more thing to install.
"""

from __future__ import annotations

import struct
import zlib
from itertools import pairwise
from typing import Final

GROUND: Final = (0x0B, 0x51, 0x47)
PATHS: Final = ((0xF5, 0xF3, 0xEC), (0x7C, 0xDA, 0xC6))
# In units of a 64 by 64 square: a line, bent once, one for each path.
LINES: Final = (
    ((22.0, 47.0), (22.0, 33.0), (28.0, 17.0)),
    ((36.0, 47.0), (36.0, 33.0), (42.0, 17.0)),
)
HALF_WIDTH: Final = 3.6


def svg() -> str:
    """The picture as SVG, for the browser's tab."""
    lines = "".join(
        f'<polyline points="{" ".join(f"{x:g},{y:g}" for x, y in line)}" stroke="#{bytes(colour).hex()}"/>'
        for line, colour in zip(LINES, PATHS, strict=True)
    )
    pen = f'fill="none" stroke-width="{2 * HALF_WIDTH:g}" stroke-linecap="round" stroke-linejoin="round"'
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">'
        f'<rect width="64" height="64" rx="14" fill="#{bytes(GROUND).hex()}"/><g {pen}>{lines}</g></svg>'
    )


def png(size: int) -> bytes:
    """The picture as PNG, its ground filling the whole square so that a phone may cut it to any mask."""
    rows = bytearray()
    for y in range(size):
        rows.append(0)  # no filter
        for x in range(size):
            rows += bytes(_colour(x, y, size))
    header = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(rows), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _colour(x: int, y: int, size: int) -> tuple[int, int, int]:
    """Colour of a point: ground and paths mixed by how much of it each covers, seen at its distance from the line."""
    scale = 64 / size
    at = ((x + 0.5) * scale, (y + 0.5) * scale)
    mixed: tuple[float, ...] = GROUND
    for line, colour in zip(LINES, PATHS, strict=True):
        away = min(_distance(at, a, b) for a, b in pairwise(line))
        cover = min(1.0, max(0.0, (HALF_WIDTH - away) / scale + 0.5))
        mixed = tuple(under + (over - under) * cover for under, over in zip(mixed, colour, strict=True))
    red, green, blue = (round(part) for part in mixed)
    return red, green, blue


def _distance(at: tuple[float, float], a: tuple[float, float], b: tuple[float, float]) -> float:
    """From a point to a piece of a line."""
    run, rise = b[0] - a[0], b[1] - a[1]
    along = ((at[0] - a[0]) * run + (at[1] - a[1]) * rise) / (run * run + rise * rise)
    along = min(1.0, max(0.0, along))
    gap_x, gap_y = at[0] - a[0] - along * run, at[1] - a[1] - along * rise
    return float((gap_x * gap_x + gap_y * gap_y) ** 0.5)
