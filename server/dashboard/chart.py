"""Geometry of a bar chart, in whole units of its view box. The template draws, the table beside it says the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

WIDTH: Final = 560
HEIGHT: Final = 216
TOP: Final = 26
BOTTOM: Final = 28
WIDEST_BAR: Final = 56
VALUES_LIMIT: Final = 16
LABELS_LIMIT: Final = 9


class Bar(msgspec.Struct, frozen=True):
    """One bar: its box, the middle for its texts, the texts ('' for none). `is_spare`: no label where it is narrow."""

    x: int
    y: int
    width: int
    height: int
    middle: int
    value_y: int
    value: int | None
    label: str
    is_spare: bool


class Chart(msgspec.Struct, frozen=True):
    """`base`: where the bars stand. `label_y`: where their labels stand."""

    width: int
    height: int
    base: int
    label_y: int
    bars: list[Bar]


def chart(values: Sequence[int], labels: Sequence[str]) -> Chart:
    """A bar a value, from zero. Many bars lose their numbers, and every so many keep their label."""
    base, tallest = HEIGHT - BOTTOM, max([*values, 1])
    step = WIDTH / max(1, len(values))
    width = max(2, min(WIDEST_BAR, int(step * 0.7)))
    every = -(-len(values) // LABELS_LIMIT) if len(values) > VALUES_LIMIT else -(-len(values) // (LABELS_LIMIT + 3))
    bars = []
    for i, (value, label) in enumerate(zip(values, labels, strict=True)):
        middle = int(step * (i + 0.5))
        height = round((base - TOP) * value / tallest)
        steps_back, off = divmod(len(values) - 1 - i, every)
        bars.append(
            Bar(
                x=middle - width // 2,
                y=base - height,
                width=width,
                height=height,
                middle=middle,
                value_y=base - height - 7,
                value=value if len(values) <= VALUES_LIMIT else None,
                label="" if off else label,
                is_spare=steps_back % 2 == 1,
            )
        )
    return Chart(WIDTH, HEIGHT, base, HEIGHT - 8, bars)
