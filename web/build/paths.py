"""Where the build reads and writes."""

from __future__ import annotations

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
WEB: Final = ROOT / "web"
PACKAGES: Final = ROOT / "node_modules"
TEMPLATES: Final = WEB / "templates"
STATIC: Final = WEB / "static"
GENERATED: Final = WEB / "pocket" / "generated"
DIST: Final = WEB / "dist"
BUILT: Final = DIST / "static"

HEADER: Final = "// Written by `python -m web.build`; not edited by hand.\n"
