"""The note's forms as the office reads them: every version in web/forms, by `name@version`."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Final

from sync.forms import Form, read_form

FOLDER: Final = Path(__file__).parents[2] / "web" / "forms"


@cache
def forms(folder: Path = FOLDER) -> dict[str, Form]:
    """All forms; raises for a file that is none, so that the office does not start with half of them."""
    read = [read_form(tomllib.loads(file.read_text("utf-8"))) for file in sorted(folder.glob("*.toml"))]
    return {form.ref: form for form in read}
