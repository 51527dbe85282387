"""The note's forms as the office reads them: every version of every file in web/forms, by `name@version`."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec

from sync.form_file import read_block, read_forms
from sync.forms import Form

FOLDER: Final = Path(__file__).parents[2] / "web" / "forms"


class FormFileError(ValueError):
    """A file in web/forms is no form; the message begins with its path."""


@cache
def forms(folder: Path = FOLDER) -> dict[str, Form]:
    """All forms by reference. Raises FormFileError, so that the office does not start with half of them."""
    blocks = {file.stem: _read(file, read_block) for file in sorted(folder.glob("blocks/*.toml"))}
    known: dict[str, Form] = {}
    for file in sorted(folder.glob("*.toml")):
        versions = _read(file, lambda table: read_forms(table, blocks))
        if versions[0].name != file.stem:
            raise FormFileError(f"{file}: a form is named like its file")
        known |= {form.ref: form for form in versions}
    return known


def _read(file: Path, reader: Any) -> Any:
    try:
        return reader(tomllib.loads(file.read_text("utf-8")))
    except (msgspec.ValidationError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise FormFileError(f"{file}: {error}") from None
