"""Two style sheets out of many small files: one for the phone and bare pages, one for the office.

Order: base, layout, components by name, print. A component named `phone-*` or `office-*` is for that side only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from web.build.node import esbuild
from web.build.paths import STATIC

STYLES: Final = STATIC / "styles"
BASE: Final = ("tokens", "elements", "utilities")
LAYOUTS: Final[Mapping[str, tuple[str, ...]]] = {"phone": ("phone", "bare"), "office": ("office", "bare")}
TARGETS: Final = "chrome111,firefox115,safari16"
_PAIR: Final = re.compile(r"light-dark\(((?:[^(),]|\([^()]*\))+),\s*((?:[^(),]|\([^()]*\))+)\)")
_FIRST_RULE: Final = re.compile(r":root \{\n(.*?)\n\}", re.DOTALL)


def stylesheet(side: str, addresses: Mapping[str, str]) -> bytes:
    """The minified style sheet of a side. `addresses`: static name to fingerprinted address, for url()."""
    text = "\n".join(path.read_text("utf-8") for path in files(side))
    for name, address in addresses.items():
        text = text.replace(f'"/static/{name}"', f'"{address}"')
    return esbuild("--loader=css", "--minify", f"--target={TARGETS}", text=both_themes(text).encode())


def files(side: str) -> list[Path]:
    """The files of a side, in the order of the cascade."""
    other = "office-" if side == "phone" else "phone-"
    components = [path for path in sorted((STYLES / "components").glob("*.css")) if not path.name.startswith(other)]
    return [
        *(STYLES / "base" / f"{name}.css" for name in BASE),
        *(STYLES / "layout" / f"{name}.css" for name in LAYOUTS[side]),
        *components,
        STYLES / "base" / "print.css",
    ]


def both_themes(text: str) -> str:
    """`light-dark()` of the tokens spelled out, for browsers of before 2024. data-theme wins over the system."""
    found = _FIRST_RULE.search(text)
    if found is None:
        raise ValueError("tokens.css starts with :root { ... }")
    pairs = [line for line in found[1].splitlines() if _PAIR.search(line)]
    dark = "\n".join(_PAIR.sub(r"\2", line) for line in pairs)
    light = _PAIR.sub(r"\1", found[1])
    rules = (
        f":root {{ color-scheme: light;\n{light}\n}}\n"
        "@media (prefers-color-scheme: dark) {\n"
        f':root:not([data-theme="light"]) {{ color-scheme: dark;\n{dark}\n}}\n}}\n'
        f':root[data-theme="dark"] {{ color-scheme: dark;\n{dark}\n}}\n'
    )
    return text[: found.start()] + rules + text[found.end() :]
