"""The compiler: all templates of the phone, together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
_NAME: Final = re.compile(r"(?:function|const) (\w+)")
_USED: Final = re.compile(r"\b[bmt]\d+\b")


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
        """The TypeScript module of all templates."""
        entries, pieces = self._compiled()
        return self._written(entries, pieces.values())

    def modules(self, first: Sequence[str]) -> tuple[str, str]:
        """Two modules: one of the templates of `first` and all they need, and one of the rest that imports from it."""
        entries, pieces = self._compiled()
        early = {name: entries[name] for name in self.with_included(first)}
        needed = _reached(" ".join(early.values()), pieces)
        there = [f"export {code}" for name, code in pieces.items() if name in needed]
        here = [code for name, code in pieces.items() if name not in needed]
        late = {name: entry for name, entry in entries.items() if name not in early}
        imported = sorted(_mentioned(" ".join((*here, *late.values()))) & needed)
        shared = f'import {{ {", ".join(("templates as first", *imported))} }} from "./templates_first";\n'
        return self._written(early, there), self._written(late, here, shared, "...first")

    def with_included(self, names: Sequence[str]) -> list[str]:
        """Names of templates, and of those that they include."""
        found: list[str] = []
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.append(name)
                waiting += self.sources[name].included
        return sorted(found)

    def _compiled(self) -> tuple[dict[str, str], dict[str, str]]:
        """Each template's entry, and by name the functions and tables that the entries need."""
        bodies = [part for source in self.sources.values() for part in self._functions(source)]
        shown = [source for source in self.sources.values() if not source.is_library]
        entries = {source.name: self._entry(source) for source in shown}
        pieces = {_name(code): code for code in (*bodies, *self.tables.values())}
        return entries, pieces

    def _written(self, entries: Mapping[str, str], pieces: Iterable[str], imports: str = "", rest: str = "") -> str:
        lines = [f"  {rest}", *(f"  {js(name)}: {entry}" for name, entry in entries.items())]
        listed = ",\n".join(line for line in lines if line.strip())
        table = f"export const templates: Record<string, (c: Any) => Markup> = {{\n{listed}\n}};\n"
        return "\n".join((HEAD + imports, "".join(pieces), table))

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


def _name(code: str) -> str:
    found = _NAME.match(code)
    if found is None:
        raise ValueError(f"nameless: {code[:60]}")
    return found[1]


def _mentioned(code: str) -> set[str]:
    """Names of functions and tables in generated code; a word of a text that looks like one does no harm."""
    return set(_USED.findall(code))


def _reached(code: str, pieces: Mapping[str, str]) -> set[str]:
    """All pieces that `code` needs, directly or not."""
    found: set[str] = set()
    waiting = _mentioned(code)
    while waiting:
        name = waiting.pop()
        if name in pieces and name not in found:
            found.add(name)
            waiting |= _mentioned(pieces[name])
    return found
