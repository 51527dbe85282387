"""The phone's renderer, run in Node over many contexts at once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from web.build import catalogue, icons
from web.build.compiler.module import Compiler
from web.build.node import run
from web.build.paths import DIST, HEADER

BUNDLER = Path(__file__).parent / "bundle.mjs"
RUNNER = Path(__file__).parent / "render_all.ts"


def compile_phone(root: Path, templates: Sequence[str], folder: Path) -> Path:
    """Compile `templates` of `root` as the build does; the program that renders them."""
    draft = Compiler(root, templates)
    draft.module()
    texts = catalogue.Layout(draft.texts, draft.prefixes)
    inner = json.dumps({name: icons.inner(name) for name in icon_names(root, templates)})
    addresses = (DIST / "assets.json").read_text("utf-8")
    modules = {
        "templates": Compiler(root, templates, texts.numbers).module(),
        "catalogue": texts.module(),
        "icons": f"{HEADER}export const icons: Readonly<Record<string, string>> = {inner};\n",
        "assets": f"{HEADER}export const assets: Readonly<Record<string, string>> = {addresses};\n",
    }
    for name, text in modules.items():
        (folder / f"{name}.ts").write_text(text, "utf-8")
    (folder / "es.txt").write_text(texts.lines("es"), "utf-8")
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
    answered = run(program, str(program.parent / "es.txt"), text=lines.encode())
    return [json.loads(line) for line in answered.decode().split("\n")]
