"""Text is 7:1 or better on every surface it stands on, in both themes."""

from __future__ import annotations

import re

import pytest

from web.build.styles import STYLES

PAIR = re.compile(r"--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)")
TOKENS = {
    name: (light, dark) for name, light, dark in PAIR.findall((STYLES / "base" / "tokens.css").read_text("utf-8"))
}
STANDS_ON = {
    "ink": ("paper", "surface", "sunken"),
    "muted": ("paper", "surface", "sunken"),
    "brand-ink": ("paper", "surface", "brand-soft"),
    "on-brand": ("brand", "brand-press"),
    "attention-ink": ("attention-soft",),
    "safety-ink": ("safety-soft", "surface", "paper"),
    "on-safety": ("safety",),
}
NOT_TEXT = {"edge": ("paper", "surface"), "focus": ("paper", "surface", "brand-soft", "attention-soft", "safety-soft")}


def luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_text_is_readable(theme: int) -> None:
    weak = {
        (name, surface): round(contrast(TOKENS[name][theme], TOKENS[surface][theme]), 2)
        for name, surfaces in STANDS_ON.items()
        for surface in surfaces
        if contrast(TOKENS[name][theme], TOKENS[surface][theme]) < 7
    }
    assert not weak


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_edges_of_controls_and_focus_are_seen(theme: int) -> None:
    weak = {
        (name, surface): round(contrast(TOKENS[name][theme], TOKENS[surface][theme]), 2)
        for name, surfaces in NOT_TEXT.items()
        for surface in surfaces
        if contrast(TOKENS[name][theme], TOKENS[surface][theme]) < 3
    }
    assert not weak
