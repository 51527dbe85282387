"""The phone's renderer, run in Node over many contexts at once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from web.build import icons
from web.build.compiler.module import Compiler
from web.build.modules import FIRST_SCREENS, layout
from web.build.node import run
from web.build.paths import DIST, HEADER

BUNDLER = Path(__file__).parent / "bundle.mjs"
RUNNER = Path(__file__).parent / "render_all.ts"


def compile_phone(root: Path, templates: Sequence[str], folder: Path) -> Path:
    """Compile `templates` of `root` as the build does, in its two parts; the program that renders them."""
    texts = layout(root, templates)
    first, rest = Compiler(root, templates, texts.numbers).modules(FIRST_SCREENS)
    addresses = (DIST / "assets.json").read_text("utf-8")
    modules = {
        "templates_first": first,
        "templates": rest,
        "catalogue_first": texts.module(texts.parts[0]),
        "catalogue": texts.module(texts.parts[1]),
        "icons_first": icons.module({}),
        "icons": icons.module({name: icons.inner(name) for name in icon_names(root, templates)}),
        "assets": f"{HEADER}export const assets: Readonly<Record<string, string>> = {addresses};\n",
    }
    for name, text in modules.items():
        (folder / f"{name}.ts").write_text(text, "utf-8")
    for name, part in zip(("words", "more"), texts.parts, strict=True):
        (folder / f"es-{name}.txt").write_text(texts.lines("es", part), "utf-8")
    program = folder / "render_all.mjs"
    run(BUNDLER, str(RUNNER), str(folder), str(program))
    return program


def icon_names(root: Path, templates: Sequence[str]) -> set[str]:
    """Every word in quotes that is an icon: more than enough."""
    text = "".join((root / name).read_text("utf-8") for name in templates)
    words = set(text.replace('"', "'").split("'"))
    return {word for word in words if word.replace("-", "").isalnum() and _is_icon(word)}


def _is_icon(word: str) -> bool:
    return (icons.OWN / f"{word}.svg").exists() or (icons.LUCIDE / f"{word}.svg").exists()


def render_all(program: Path, asked: Sequence[tuple[str, dict[str, Any]]]) -> list[dict[str, str]]:
    """For each (template, view): `{"html": ...}` or `{"error": ...}`."""
    lines = "\n".join(json.dumps({"template": template, "view": view}) for template, view in asked)
    answered = run(program, str(program.parent), text=lines.encode())
    return [json.loads(line) for line in answered.decode().split("\n")]
