"""Jinja2, set so that the phone's renderer can say the same, byte for byte.

Autoescape always; a missing name is an error; None is shown as nothing; a mapping's attributes are its own keys and
never a method of dict. One environment a language, so that macros know theirs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.ext import Extension
from jinja2.runtime import markup_join
from markupsafe import Markup

from server.templating.catalogue import Lang, catalogue
from server.templating.filters import Filters

WEB: Final = Path(__file__).parents[2] / "web"
_INDENTATION: Final = re.compile(r"\n[ \t]+")


class Unindent(Extension):
    """Drops indentation from template files: a third of their bytes, and nothing a reader of the page sees."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002
        return _INDENTATION.sub("\n", source)


class Generator(CodeGenerator):
    """Jinja2's code, but for `~`, which would write a missing name as "None"."""

    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:  # noqa: N802 - Jinja2's name
        self.write("environment.joined((")
        for part in node.nodes:
            self.visit(part, frame)
            self.write(", ")
        self.write("))")


class Templates(Environment):
    """Environment whose mappings have keys only."""

    code_generator_class = Generator

    def joined(self, parts: tuple[Any, ...]) -> str:
        """`a ~ b`: words and whole numbers, escaped as soon as one of them is Markup."""
        for part in parts:
            if part is None or isinstance(part, bool) or not isinstance(part, str | int):
                raise TypeError(f"'~' joins words and whole numbers, not {type(part).__name__}")
        return markup_join(parts)

    def getattr(self, obj: Any, attribute: str) -> Any:
        """`a.b`."""
        if type(obj) is dict or isinstance(obj, Mapping):
            return obj[attribute] if attribute in obj else self.undefined(obj=obj, name=attribute)
        return super().getattr(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """`a['b']`."""
        if type(obj) is dict or isinstance(obj, Mapping):
            return obj[argument] if argument in obj else self.undefined(obj=obj, name=argument)
        return super().getitem(obj, argument)


def shown(value: Any) -> Any:
    """What `{{ value }}` may show: words, whole numbers, and nothing for None."""
    if type(value) is str:
        return value
    if value is None:
        return ""
    if isinstance(value, bool | float | list | tuple | dict):
        raise TypeError(f"a template shows words and whole numbers, not {type(value).__name__}")
    return value


def syntax(loader: FileSystemLoader | None = None) -> Templates:
    """An environment with the grammar of the house and nothing in it; the phone's compiler parses with it."""
    return Templates(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        finalize=shown,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
        extensions=[Unindent],
    )


@cache
def environment(lang: Lang) -> Templates:
    """The environment that speaks `lang`. Needs `python -m web.build` to have run: assets and icons are built."""
    made = syntax(FileSystemLoader(WEB / "templates"))
    texts = catalogue(lang)
    made.filters.update(Filters(texts).named())
    made.globals.update(t=texts.text, icon=icon, asset=asset, lang=lang)
    return made


def render(template: str, view: Mapping[str, Any], lang: Lang) -> str:
    """A template of web/templates as text. Raises on a missing name, key, icon or asset."""
    return environment(lang).get_template(template).render(view)


def icon(name: str) -> Markup:
    """Inline SVG of an icon, hidden from screen readers: words stand beside it."""
    inner = _built("icons.json")[name]
    return Markup(f'<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">{inner}</svg>')  # noqa: S704 - from a package


def asset(name: str) -> str:
    """Fingerprinted address of a built file: `asset("phone.css")`."""
    return str(_built("assets.json")[name])


@cache
def _built(name: str) -> dict[str, str]:
    built: dict[str, str] = json.loads((WEB / "dist" / name).read_text("utf-8"))
    return built
