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
import { asset, icon, lang, t } from "../templating/text";
import {
  add, and, type Any, type Blocks, blank, type Caller, call, cat, each, eq, ge, get, gt, h, isIn, isNone, le, lt,
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
        self.tables: dict[str, str] = {}
        self.counter = 0

    def module(self) -> str:
        """The TypeScript module."""
        bodies = [part for source in self.sources.values() for part in self._functions(source)]
        shown = [source for source in self.sources.values() if not source.is_library]
        entries = ",\n".join(f"  {js(source.name)}: {self._entry(source)}" for source in shown)
        table = f"export const templates: Record<string, (c: Any) => Markup> = {{\n{entries}\n}};\n"
        return "\n".join((HEAD, "".join(bodies), "".join(self.tables.values()), table))

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
        """A template as a function of its view, and before it the table of its blocks, where it has any."""
        root = source
        while root.parent is not None:
            root = self.source(root.parent, root.name)
        return f"(c) => {self.id(root.name, 'body', '')}(c, {self._blocks(source)})"

    def _blocks(self, source: Source) -> str:
        """The blocks of a template: its ancestors', save for its own."""
        own = [f"{name}: {self.id(source.name, 'block', name)}" for name in source.blocks]
        inherited = [f"...{self._table(self.source(source.parent, source.name))}"] if source.parent else []
        return f"{{ {', '.join((*inherited, *own))} }}" if own or inherited else "{}"

    def _table(self, source: Source) -> str:
        """Name of the constant that holds the blocks of a template that others extend."""
        name = self.id(source.name, "table", "")
        self.tables[name] = f"const {name}: Blocks = {self._blocks(source)};\n"
        return name

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
