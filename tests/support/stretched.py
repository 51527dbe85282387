"""The product with words 40 % longer than its own: every Spanish text replaced by the English one, accented and drawn out.

A layout that holds them holds the languages that are still to come. `{names}` in a text stay as they are.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

from tests.support.office import ROOT

ACCENTS = str.maketrans("aeinouscAEINOUSC", "åéîñöüšçÅÉÎÑÖÜŠÇ")
_plain = re.compile(r"(\{[^}]*\})")
_pair = re.compile(r'\{\s*en = ("(?:[^"\\]|\\.)*"),\s*es = ("(?:[^"\\]|\\.)*")')


def stretched(text: str) -> str:
    """Accents on the letters, and 40 % more of them: long words grow longer, sentences get more words."""
    letters = len("".join(part for part in _plain.split(text) if not part.startswith("{")))
    drawn = "".join(part if part.startswith("{") else part.translate(ACCENTS) for part in _plain.split(text))
    more = -(-letters * 2 // 5)
    if letters <= 12:
        return drawn + "xyz"[:more] + "o" * (more - 3)
    words = "øñè twø thrêé føûr fïvé šîx "
    return f"{drawn} {(words * (more // len(words) + 1))[: more - 1].strip()}"


def build(folder: Path) -> Path:
    """A copy of the product in `folder` whose Spanish is stretched English, built and ready to serve."""
    shutil.copytree(ROOT / "server", folder / "server", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "sync", folder / "sync", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "web", folder / "web", ignore=shutil.ignore_patterns("__pycache__", "dist", "generated"))
    for name in ("package.json", "package-lock.json", "tsconfig.json", "pyproject.toml"):
        shutil.copy(ROOT / name, folder / name)
    (folder / "node_modules").symlink_to((ROOT / "node_modules").resolve())
    for english in (folder / "web/catalogue/en").glob("*.json"):
        texts = json.loads(english.read_text())
        longer = json.dumps(_each(texts), ensure_ascii=False, indent=1)
        (folder / "web/catalogue/es" / english.name).write_text(longer)
    for form in (folder / "web/forms").rglob("*.toml"):
        said = _pair.sub(lambda pair: f"{{ en = {pair[1]}, es = {_quoted(pair[1])}", form.read_text())
        tomllib.loads(said)
        form.write_text(said)
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    subprocess.run([sys.executable, "-m", "web.build"], cwd=folder, env=environment, check=True, capture_output=True)
    return folder


def _each(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _each(one) for key, one in value.items()}
    return stretched(value)


def _quoted(literal: str) -> str:
    return json.dumps(stretched(json.loads(literal)), ensure_ascii=False)
