"""Contexts for a template, generated from its shape: nasty text, odd instants, empty lists, missing values."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.build.shapes import INSTANT, NUMBER, SHOWN, TRUTH, ZONE, Shape
from web.build.modules import layout, phone_templates
from web.build.paths import TEMPLATES

KEYS = sorted(key for part in layout(TEMPLATES, phone_templates()).parts for key in part.named)
ZONES = (
    "UTC", "America/New_York", "America/Los_Angeles", "America/Phoenix", "America/Puerto_Rico", "Pacific/Honolulu",
    "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu", "Europe/Madrid", "Not/A_Zone",
)  # fmt: skip
TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=12) | st.sampled_from(
    (
        "",
        "J. M.",
        "<b>&amp;</b>",
        "\"quotes\" & 'more'",
        "línea\nde abajo",
        "שלום עולם",
        "👩🏽‍🤝‍👩🏼",
        "</textarea><script>",
        "{n} {{ x }}",
        "0",
    )
)
INSTANTS = (
    st.integers(1_600_000_000_000, 1_900_000_000_000)
    | st.sampled_from((0, -1, 253_402_128_000_000, 253_402_127_999_999, 1_772_953_200_000, 1_793_509_200_000))
    | st.integers(-(2**53) + 1, 2**53 - 1)
)
NUMBERS = st.integers(0, 70) | st.sampled_from((1, 999, 1000, 12_345, 1_234_567))


def contexts(shape: Shape, depth: int = 0) -> st.SearchStrategy:
    """Values of a shape."""
    if shape.keys:
        made = st.fixed_dictionaries(
            {name: contexts(inner, depth + 1) for name, inner in shape.keys.items() if not inner.may_be_missing},
            optional={name: contexts(inner, depth + 1) for name, inner in shape.keys.items() if inner.may_be_missing},
        )
        return made | st.none() if TRUTH in shape.uses else made
    if shape.item is not None:
        return st.lists(contexts(shape.item, depth + 1), max_size=3)
    return _word(shape)


def _word(shape: Shape) -> st.SearchStrategy:
    options: list[st.SearchStrategy] = []
    if shape.key_parts:
        parts = [set(_parts(start, end)) for start, end in shape.key_parts]
        # A word of which several texts are said is mostly one that has them all.
        options += [st.sampled_from(sorted(words)) for words in (set.intersection(*parts), set.union(*parts)) if words]
        if TRUTH in shape.uses:
            options.append(st.sampled_from(("", None)))
    elif ZONE in shape.uses:
        options.append(st.sampled_from(ZONES))
    elif INSTANT in shape.uses:
        options.append(INSTANTS)
    elif NUMBER in shape.uses:
        options.append(NUMBERS)
    else:
        if shape.equals:
            options.append(st.sampled_from(sorted(shape.equals, key=str)))
        if SHOWN in shape.uses:
            options += [TEXT, NUMBERS]
        elif not shape.equals:
            options += [st.booleans(), TEXT]
        if TRUTH in shape.uses:
            options.append(st.none())
    return st.one_of(options)


def _parts(start: str, end: str) -> list[str]:
    """What stands between `start` and `end` in the keys of the catalogue."""
    return [key[len(start) : len(key) - len(end)] for key in KEYS if key.startswith(start) and key.endswith(end)]
