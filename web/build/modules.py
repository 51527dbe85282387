"""TypeScript that is written rather than typed: templates, texts, icons, forms and the agreement.

Templates, texts and icons come in two modules each, for the two programs of the worker: what setting up a phone
shows, and the rest, which may grow without making anybody wait.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from web.build import catalogue, forms, icons, schedules, schema, words
from web.build.compiler.module import Compiler
from web.build.paths import DIST, GENERATED, TEMPLATES

PHONE_FOLDERS: Final = ("layouts", "components", "shared", "phone")
OFFICE_ONLY: Final = frozenset(("layouts/office.html",))
FIRST_SCREENS: Final = (  # what the worker shows before the whole of it has arrived
    "phone/enrol.html", "phone/enrol_passphrase.html", "phone/enrol_confirm.html", "phone/coming.html",
    "phone/gate_broken.html",
)  # fmt: skip
FIRST_SOURCES: Final = ("templating/*.ts", "gates/enrol.ts", "gates/passphrase.ts", "first.ts")


def phone_templates() -> list[str]:
    """Names of the templates that the phone renders too."""
    names = [name_of(path) for folder in PHONE_FOLDERS for path in sorted((TEMPLATES / folder).rglob("*.html"))]
    return [name for name in names if name not in OFFICE_ONLY]


def name_of(path: Path) -> str:
    """A template's name, as `extends` and `render` spell it."""
    return path.relative_to(TEMPLATES).as_posix()


def layout(root: Path, templates: Sequence[str]) -> catalogue.Layout:
    """The order of the texts that these templates and the phone's code need, what setting up needs first."""
    return catalogue.Layout(
        _wanted(root, templates, catalogue.sources()), _wanted(root, early(root), catalogue.sources(FIRST_SOURCES))
    )


def early(root: Path) -> list[str]:
    """What the first program shows, and the libraries it draws from."""
    libraries = (f"components/{path.name}" for path in sorted((root / "components").iterdir()))
    return [*FIRST_SCREENS, "layouts/bare.html", *libraries]


def _wanted(root: Path, templates: Sequence[str], sources: Iterable[Path]) -> catalogue.Wanted:
    draft = Compiler(root, templates)
    draft.module()
    return catalogue.Wanted(draft.texts, draft.prefixes, sources)


def write_modules() -> catalogue.Layout:
    """Write them all; the order of the texts."""
    on_phone = phone_templates()
    everywhere = [name_of(path) for path in sorted(TEMPLATES.rglob("*.html"))]
    (DIST / "icons.json").write_text(json.dumps(icons.icons(everywhere, icons.computed_in_office()), indent=1), "utf-8")
    texts = layout(TEMPLATES, on_phone)
    first, rest = Compiler(TEMPLATES, on_phone, texts.numbers).modules(FIRST_SCREENS)
    first_icons = icons.icons(early(TEMPLATES))
    rest_icons = {name: shape for name, shape in icons.icons(on_phone).items() if name not in first_icons}
    modules = {
        "templates_first": first,
        "templates": rest,
        "catalogue_first": texts.module(texts.parts[0]),
        "catalogue": texts.module(texts.parts[1]),
        "forms": forms.module(),
        "icons_first": icons.module(first_icons),
        "icons": icons.module(rest_icons),
        "schema": schema.module(),
        "words": words.module(),
        "schedules": schedules.module(),
    }
    for name, text in modules.items():
        write_if_changed(GENERATED / f"{name}.ts", text)
    return texts


def write_if_changed(path: Path, text: str) -> None:
    """Keep the file's time when its text is the same: type checkers and tests then keep their caches."""
    if not path.exists() or path.read_text("utf-8") != text:
        path.write_text(text, "utf-8")
