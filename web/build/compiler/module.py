"""The compiler: all templates of the phone, together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from jinja2 import TemplateSyntaxError

from server.templating.environment import syntax
from web.build.compiler.code import js
from web.build.compiler.source import RefusedError, Source, check_child
from web.build.compiler.statements import Function

HEAD: Final = """// Written by `python -m web.build` from web/templates; not edited by hand.
import * as f from "../templating/filters";
import { asset, icon, lang, say, t } from "../templating/text";
import {
  add, and, type Any, type Blocks, blank, type Caller, call, cat, each, eq, esc, ge, get, gt, isIn, isNone, le, lt,
  Markup, ne, notIn, or, own, sub, truthy,
} from "../templating/values";
"""


class Compiler:
    """All templates of the phone, compiled together."""

    def __init__(self, root: Path, names: Sequence[str], numbers: Mapping[str, int] | None = None) -> None:
        """`numbers`: where the phone's catalogue holds a text, for keys that are written out."""
        self.root = root
        self.numbers: Final = numbers or {}
        self.environment = syntax()
        self.sources: dict[str, Source] = {name: self._parse(name) for name in sorted(names)}
        self.ids: dict[tuple[str, str, str], str] = {}
        self.texts: set[str] = set()
        self.prefixes: set[str] = set()
        self.counter = 0

    def module(self) -> str:
        """The TypeScript module."""
        bodies = [part for source in self.sources.values() for part in self._functions(source)]
        shown = [source for source in self.sources.values() if not source.is_library]
        entries = ",\n".join(f"  {js(source.name)}: {self._entry(source)}" for source in shown)
        table = f"export const templates: Record<string, (c: Any) => string> = {{\n{entries}\n}};\n"
        return f"{HEAD}\n{''.join(bodies)}\n{table}"

    def _parse(self, name: str) -> Source:
        try:
            return Source(name, self.environment.parse((self.root / name).read_text("utf-8"), name))
        except TemplateSyntaxError as wrong:
            raise RefusedError(name, wrong.lineno, wrong.message or "cannot be read") from wrong

    def _functions(self, source: Source) -> Iterator[str]:
        for macro in source.macros.values():
            yield Function(self, source).macro(macro)
        for block in source.blocks.values():
            yield Function(self, source).plain(self.id(source.name, "block", block.name), block.body)
        if source.is_library:
            return
        if source.parent is None:
            yield Function(self, source).plain(self.id(source.name, "body", ""), source.body)
        else:
            check_child(source)

    def _entry(self, source: Source) -> str:
        chain = [source]
        while chain[-1].parent is not None:
            chain.append(self.source(chain[-1].parent, chain[-1].name))
        blocks: dict[str, str] = {}
        for ancestor in reversed(chain):
            blocks.update({name: self.id(ancestor.name, "block", name) for name in ancestor.blocks})
        table = ", ".join(f"{name}: {function}" for name, function in blocks.items())
        return f"(c) => {self.id(chain[-1].name, 'body', '')}(c, {{ {table} }})"

    def source(self, name: str, asked_by: str, line: int = 1) -> Source:
        """A template by name; refused if the phone does not carry it."""
        if name not in self.sources:
            raise RefusedError(asked_by, line, f"{name} is not a template of the phone")
        return self.sources[name]

    def id(self, template: str, kind: str, name: str) -> str:
        """A short function name, the same in every build."""
        key = (template, kind, name)
        if key not in self.ids:
            self.ids[key] = f"{kind[0]}{len(self.ids)}"
        return self.ids[key]

    def fresh(self) -> int:
        """A number nobody has."""
        self.counter += 1
        return self.counter
