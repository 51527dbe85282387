"""Jinja2 templates to one TypeScript module, so that the phone renders what the office renders.

The parse is Jinja2's own. Whatever is not on the short list of docs/templates.md is refused with file and line: drift
between the two renderers is a build error, never a wrong page. Inheritance, imports and macro calls are resolved
here, so that nothing is looked up by name at run time but the view's own keys.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from jinja2 import TemplateSyntaxError, nodes

from server.templating.environment import syntax

FILTERS: Final = {  # name: least and most arguments
    "day": (1, 1), "date": (0, 1), "clock": (1, 1), "when": (2, 2), "age": (1, 1), "ago": (1, 1),
    "duration": (0, 0), "number": (0, 0), "size": (0, 0), "default": (1, 1), "length": (0, 0), "join": (1, 1),
    "escape": (0, 0),
}  # fmt: skip
GLOBALS: Final = ("t", "icon", "asset")
COMPARISONS: Final = {
    "eq": "eq", "ne": "ne", "lt": "lt", "lteq": "le", "gt": "gt", "gteq": "ge", "in": "isIn", "notin": "notIn",
}  # fmt: skip
_STRING: Final = re.compile(r'"(?:[^"\\]|\\.)*"')
LOOP: Final = {
    "index": "(i{n} + 1)", "index0": "i{n}", "first": "(i{n} === 0)", "last": "(i{n} === a{n}.length - 1)",
    "length": "a{n}.length",
}  # fmt: skip
HEAD: Final = """// Written by `python -m web.build` from web/templates; not edited by hand.
import * as f from "../templating/filters";
import { asset, icon, lang, say, t } from "../templating/text";
import {
  add, and, type Any, type Blocks, blank, type Caller, call, cat, each, eq, esc, ge, get, gt, isIn, isNone, le, lt,
  Markup, ne, notIn, or, own, sub, truthy,
} from "../templating/values";
"""
INHERITED: Final = frozenset(
    ("constructor", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable", "toLocaleString", "toString", "valueOf")
)


class RefusedError(Exception):
    """A template uses what the phone's renderer does not speak, or what cannot mean anything."""

    def __init__(self, template: str, line: int, why: str) -> None:
        super().__init__(f"web/templates/{template}:{line}: {why}")


class Source:
    """A parsed template, and what other templates may use of it."""

    def __init__(self, name: str, tree: nodes.Template) -> None:
        self.name: Final = name
        self.body: Final = tree.body
        self.macros: Final = {node.name: node for node in tree.body if isinstance(node, nodes.Macro)}
        self.blocks: Final = {node.name: node for node in tree.find_all(nodes.Block)}
        parents = list(tree.find_all(nodes.Extends))
        self.parent: Final = parents[0].template.value if parents else None  # type: ignore[attr-defined]
        self.is_library: Final = all(
            isinstance(node, nodes.Macro | nodes.FromImport) or _is_blank(node) for node in tree.body
        )
        self.imports: Final[dict[str, tuple[str, str]]] = {}
        for node in tree.find_all(nodes.FromImport):
            for wanted in node.names:
                there, here = wanted if isinstance(wanted, tuple) else (wanted, wanted)
                self.imports[here] = (_constant(node.template, name), there)


class Scope:
    """Names that live in the generated function: Jinja2 name to TypeScript expression."""

    def __init__(self, outer: Scope | None = None, *, has_view: bool, loop: int | None = None) -> None:
        self.outer = outer
        self.has_view = has_view
        self.names: dict[str, str] = {}
        self.loop = loop if loop is not None or outer is None else outer.loop
        self.is_caller_known = outer is not None and outer.is_caller_known

    def find(self, name: str) -> str | None:
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.outer
        return None

    def visible(self) -> dict[str, str]:
        return {**(self.outer.visible() if self.outer else {}), **self.names}


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
        entries = ",\n".join(f"  {_js(source.name)}: {self._entry(source)}" for source in shown)
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
            _check_child(source)

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


class Function:
    """One generated function: a block, a macro or the body of a template."""

    def __init__(self, compiler: Compiler, source: Source) -> None:
        self.compiler = compiler
        self.source = source

    def refuse(self, node: nodes.Node, why: str) -> RefusedError:
        return RefusedError(self.source.name, node.lineno, why)

    def plain(self, name: str, body: Sequence[nodes.Node]) -> str:
        scope = Scope(has_view=True)
        text, locals_ = self.body(body, scope, is_top=body is self.source.body)
        return f"function {name}(c: Any, b: Blocks{locals_}): string {{\nreturn {text};\n}}\n"

    def macro(self, node: nodes.Macro) -> str:
        scope = Scope(has_view=False)
        scope.is_caller_known = _uses_caller(node)
        required = len(node.args) - len(node.defaults)
        params = []
        for at, arg in enumerate(node.args):
            default = "" if at < required else f" = {self.value(node.defaults[at - required], scope)}"
            scope.names[arg.name] = f"p_{arg.name}"
            params.append(f"p_{arg.name}: Any{default}")
        if scope.is_caller_known:
            params.append("caller?: Caller")
        name = self.compiler.id(self.source.name, "macro", node.name)
        text, locals_ = self.body(node.body, scope)
        return f"function {name}({', '.join(params)}{locals_}): string {{\nreturn {text};\n}}\n"

    def body(self, body: Sequence[nodes.Node], scope: Scope, *, is_top: bool = False) -> tuple[str, str]:
        """Body of a function as one expression, and further parameters that hold what `set` assigns in this frame.

        Loops and calls open frames of their own, as in Jinja2.
        """
        for name in _assigned(body):
            scope.names[name] = f"l_{name}{self.compiler.fresh()}"
        locals_ = "".join(f", {scope.names[name]}?: Any" for name in _assigned(body))
        return self.joined(body, scope, is_top=is_top), locals_

    def joined(self, body: Sequence[nodes.Node], scope: Scope, *, is_top: bool = False) -> str:
        """Nodes one after the other, as one expression."""
        parts: list[str] = []
        for node in body:
            write = _STATEMENTS.get(type(node))
            if write is None:
                raise self.refuse(node, f"'{type(node).__name__}' is not for the phone")
            if isinstance(node, nodes.Assign | nodes.AssignBlock) and is_top:
                raise self.refuse(node, "'set' outside a block or macro means different things to blocks")
            parts += write(self, node, scope)
        return " + ".join(_merged(parts)) or '""'

    def output(self, node: nodes.Output, scope: Scope) -> list[str]:
        parts = []
        for child in node.nodes:
            if isinstance(child, nodes.TemplateData):
                parts.append(_js(child.data))
            else:
                parts.append(self.text(child, scope))
        return parts

    def text(self, node: nodes.Expr, scope: Scope) -> str:
        """An expression as escaped text, in the shortest words there are for it."""
        if isinstance(node, nodes.Call):
            raw = self.macro_call(node, scope)
            if raw is not None:
                return raw
            if isinstance(node.node, nodes.Name) and node.node.name == "caller" and scope.is_caller_known:
                return "call(caller)()"
        if isinstance(node, nodes.CondExpr) and node.expr2 is not None:
            test = self.truth(node.test, scope)
            return f"({test} ? {self.text(node.expr1, scope)} : {self.text(node.expr2, scope)})"
        value = self.value(node, scope)
        return f"say{value[1:]}" if value.startswith("t(") and _is_one_call(value) else f"esc({value})"

    def branch(self, node: nodes.If, scope: Scope) -> list[str]:
        otherwise = self.joined(node.else_, scope)
        for other in reversed(node.elif_):
            otherwise = f"({self.truth(other.test, scope)} ? {self.joined(other.body, scope)} : {otherwise})"
        return [f"({self.truth(node.test, scope)} ? {self.joined(node.body, scope)} : {otherwise})"]

    def loop(self, node: nodes.For, scope: Scope) -> list[str]:
        if node.test is not None or node.recursive:
            raise self.refuse(node, "a loop's filter belongs into the view")
        if any(True for _ in node.find_all(nodes.Block)):
            raise self.refuse(node, "a block inside a loop")
        n = self.compiler.fresh()
        items = self.value(node.iter, scope)
        inner = Scope(scope, has_view=scope.has_view, loop=n)
        target = self.target(node.target, inner, n)
        text, locals_ = self.body(node.body, inner)
        otherwise = f", () => {self.joined(node.else_, scope)}" if node.else_ else ""
        place = f", i{n}, a{n}" if locals_ or re.search(rf"\b[ai]{n}\b", text) else ""
        return [f"each({items}, ({target}{place}{locals_}) => {text}{otherwise})"]

    def target(self, target: nodes.Expr, inner: Scope, n: int) -> str:
        if isinstance(target, nodes.Name):
            inner.names[target.name] = f"v_{target.name}{n}"
            return f"v_{target.name}{n}"
        raise self.refuse(target, "a loop names one item")

    def assign(self, node: nodes.Assign, scope: Scope) -> list[str]:
        if not isinstance(node.target, nodes.Name):
            raise self.refuse(node, "'set' takes one name")
        return [f'(({scope.find(node.target.name)} = {self.given(node.node, scope)}), "")']

    def assign_block(self, node: nodes.AssignBlock, scope: Scope) -> list[str]:
        if not isinstance(node.target, nodes.Name) or node.filter is not None:
            raise self.refuse(node, "'set' takes one name and no filter")
        inner = Scope(scope, has_view=scope.has_view)
        return [f'(({scope.find(node.target.name)} = new Markup({self.function(node.body, inner)}())), "")']

    def function(self, body: Sequence[nodes.Node], inner: Scope) -> str:
        """A nested body as a function without arguments."""
        text, locals_ = self.body(body, inner)
        return f"(({locals_.removeprefix(', ')}) => {text})"

    def include(self, node: nodes.Include, scope: Scope) -> list[str]:
        if node.ignore_missing or not node.with_context or not scope.has_view:
            raise self.refuse(node, "'include' shares the view: not in macros, not 'ignore missing'")
        source = self.compiler.source(_constant(node.template, self.source.name), self.source.name, node.lineno)
        given = ", ".join(f"{name}: {local}" for name, local in scope.visible().items())
        return [f"call(templates[{_js(source.name)}])({f'{{ ...c, {given} }}' if given else 'c'})"]

    def block(self, node: nodes.Block, scope: Scope) -> list[str]:
        if node.scoped or not scope.has_view or scope.outer is not None:
            raise self.refuse(node, "a block stands in a template's body or another block")
        return [f"call(b[{_js(node.name)}])(c, b)"]

    def nothing(self, node: nodes.Node, scope: Scope) -> list[str]:
        """Imports and macros are resolved at build time."""
        if scope.outer is not None or not scope.has_view:
            raise self.refuse(node, "imports and macros stand at the top of a template")
        return []

    def call_block(self, node: nodes.CallBlock, scope: Scope) -> list[str]:
        if node.args:
            raise self.refuse(node, "a call block takes no arguments")
        if _uses_caller(node):
            raise self.refuse(node, "'caller' inside a call block is the block's own, and is never given")
        if any(True for _ in node.find_all(nodes.Block)):
            raise self.refuse(node, "a block inside a call")
        inner = Scope(scope, has_view=scope.has_view)
        made = self.macro_call(node.call, scope, self.function(node.body, inner))
        if made is None:
            raise self.refuse(node, "'call' calls a macro")
        return [made]

    def macro_call(self, node: nodes.Call, scope: Scope, caller: str | None = None) -> str | None:
        """Call of a macro, as text; None if it is no macro."""
        found = self.find_macro(node.node, scope)
        if found is None:
            return None
        owner, macro = found
        given = self.arguments(node, macro, scope)
        if caller is not None:
            if not _uses_caller(macro):
                raise self.refuse(node, f"{macro.name} has no place for a call block")
            given += [None] * (len(macro.args) - len(given)) + [caller]
        arguments = ", ".join(value or "undefined" for value in given)
        return f"{self.compiler.id(owner.name, 'macro', macro.name)}({arguments})"

    def find_macro(self, callee: nodes.Expr, scope: Scope) -> tuple[Source, nodes.Macro] | None:
        if not isinstance(callee, nodes.Name) or scope.find(callee.name) is not None:
            return None
        if callee.name in self.source.macros:
            return self.source, self.source.macros[callee.name]
        if callee.name not in self.source.imports:
            return None
        template, name = self.source.imports[callee.name]
        owner = self.compiler.source(template, self.source.name, callee.lineno)
        if name not in owner.macros:
            raise self.refuse(callee, f"{template} has no macro {name}")
        return owner, owner.macros[name]

    def arguments(self, node: nodes.Call, macro: nodes.Macro, scope: Scope) -> list[str | None]:
        """Arguments in the macro's own order; None where its default holds. Checked here, once for all."""
        if node.dyn_args is not None or node.dyn_kwargs is not None:
            raise self.refuse(node, "unpacked arguments")
        names = [arg.name for arg in macro.args]
        if len(node.args) > len(names):
            raise self.refuse(node, f"{macro.name} takes {len(names)} arguments, not {len(node.args)}")
        given: dict[str, str] = {
            name: self.given(arg, scope) for name, arg in zip(names, node.args, strict=False)
        }
        for keyword in node.kwargs:
            if keyword.key not in names or keyword.key in given:
                raise self.refuse(node, f"{macro.name} has no free argument {keyword.key}")
            given[keyword.key] = self.given(keyword.value, scope)
        required = names[: len(names) - len(macro.defaults)]
        if lacking := [name for name in required if name not in given]:
            raise self.refuse(node, f"{macro.name} also needs {', '.join(lacking)}")
        last = max((at for at, name in enumerate(names) if name in given), default=-1)
        return [given.get(name) for name in names[: last + 1]]

    def truth(self, node: nodes.Expr, scope: Scope) -> str:
        """An expression as a TypeScript boolean."""
        if isinstance(node, nodes.Not):
            return f"!{self.truth(node.node, scope)}"
        if isinstance(node, nodes.And | nodes.Or):
            sign = "&&" if isinstance(node, nodes.And) else "||"
            return f"({self.truth(node.left, scope)} {sign} {self.truth(node.right, scope)})"
        if isinstance(node, nodes.Compare | nodes.Test):
            return self.value(node, scope)
        return f"truthy({self.value(node, scope)})"

    def value(self, node: nodes.Expr, scope: Scope) -> str:
        """An expression as a TypeScript expression."""
        write = _EXPRESSIONS.get(type(node))
        if write is None:
            raise self.refuse(node, f"'{type(node).__name__}' is not for the phone")
        return write(self, node, scope)

    def constant(self, node: nodes.Const, scope: Scope) -> str:  # noqa: ARG002
        if not (node.value is None or isinstance(node.value, str | int)):
            raise self.refuse(node, f"a {type(node.value).__name__} in a template")
        return _js(node.value)

    def name(self, node: nodes.Name, scope: Scope) -> str:
        local = scope.find(node.name)
        if local is not None:
            return local
        if node.name == "lang":
            return "lang()"
        return f"{self.view(node, scope)}.{node.name}"

    def view(self, node: nodes.Name, scope: Scope) -> str:
        callables = (*GLOBALS, "caller", "loop", *self.source.imports, *self.source.macros)
        if node.name in callables:
            raise self.refuse(node, f"'{node.name}' can only be called")
        if not scope.has_view:
            raise self.refuse(node, f"'{node.name}' is no parameter of this macro")
        return "c"

    def attribute(self, node: nodes.Getattr, scope: Scope) -> str:
        if isinstance(node.node, nodes.Name) and node.node.name == "loop":
            if scope.loop is None or node.attr not in LOOP:
                raise self.refuse(node, f"loop.{node.attr}")
            return LOOP[node.attr].format(n=scope.loop)
        if node.attr in INHERITED or node.attr.startswith("__"):
            raise self.refuse(node, f"'{node.attr}' is no key of a view")
        return f"{self.value(node.node, scope)}.{node.attr}"

    def given(self, node: nodes.Expr, scope: Scope) -> str:
        """A value on its way into a macro, text or object, where a missing one would pass unseen."""
        value = self.value(node, scope)
        return f"own({value})" if isinstance(node, nodes.Name | nodes.Getattr) and value != "lang()" else value

    def item(self, node: nodes.Getitem, scope: Scope) -> str:
        if isinstance(node.arg, nodes.Slice):
            raise self.refuse(node, "a slice")
        return f"get({self.value(node.node, scope)}, {self.value(node.arg, scope)})"

    def conditional(self, node: nodes.CondExpr, scope: Scope) -> str:
        if node.expr2 is None:
            raise self.refuse(node, "an 'if' in an expression needs its 'else'")
        test = self.truth(node.test, scope)
        return f"({test} ? {self.value(node.expr1, scope)} : {self.value(node.expr2, scope)})"

    def logic(self, node: nodes.And | nodes.Or, scope: Scope) -> str:
        helper = "and" if isinstance(node, nodes.And) else "or"
        return f"{helper}({self.value(node.left, scope)}, () => {self.value(node.right, scope)})"

    def negation(self, node: nodes.Not, scope: Scope) -> str:
        return self.truth(node, scope)

    def comparison(self, node: nodes.Compare, scope: Scope) -> str:
        if len(node.ops) != 1:
            raise self.refuse(node, "a chained comparison")
        (operand,) = node.ops
        return f"{COMPARISONS[operand.op]}({self.value(node.expr, scope)}, {self.value(operand.expr, scope)})"

    def concatenation(self, node: nodes.Concat, scope: Scope) -> str:
        return f"cat({', '.join(self.value(part, scope) for part in node.nodes)})"

    def sum(self, node: nodes.Add | nodes.Sub, scope: Scope) -> str:
        helper = "add" if isinstance(node, nodes.Add) else "sub"
        return f"{helper}({self.value(node.left, scope)}, {self.value(node.right, scope)})"

    def sequence(self, node: nodes.List | nodes.Tuple, scope: Scope) -> str:
        return f"[{', '.join(self.given(item, scope) for item in node.items)}]"

    def mapping(self, node: nodes.Dict, scope: Scope) -> str:
        pairs = []
        for pair in node.items:
            if not isinstance(pair.key, nodes.Const) or not isinstance(pair.key.value, str):
                raise self.refuse(node, "a dictionary's keys are literal words")
            pairs.append(f"{_js(pair.key.value)}: {self.given(pair.value, scope)}")
        return f"{{ {', '.join(pairs)} }}"

    def test(self, node: nodes.Test, scope: Scope) -> str:
        if node.args or node.kwargs or node.name not in ("defined", "none"):
            raise self.refuse(node, f"test '{node.name}'")
        if node.name == "none":
            return f"isNone({self.value(node.node, scope)})"
        return f"({self.maybe(node.node, scope)} !== undefined)"

    def maybe(self, node: nodes.Expr, scope: Scope) -> str:
        """A name or attribute that may be missing: then it is `undefined`."""
        if isinstance(node, nodes.Name) and node.name == "caller" and scope.is_caller_known:
            return "caller"
        if isinstance(node, nodes.Name | nodes.Getattr):
            return self.value(node, scope)
        raise self.refuse(node, "only a name or an attribute may be missing")

    def filter(self, node: nodes.Filter, scope: Scope) -> str:
        if node.node is None or node.name not in FILTERS:
            raise self.refuse(node, f"filter '{node.name}'")
        least, most = FILTERS[node.name]
        if node.kwargs or node.dyn_args or node.dyn_kwargs or not least <= len(node.args) <= most:
            raise self.refuse(node, f"filter '{node.name}' takes {least} to {most} arguments in order")
        if node.name == "default":
            return f"blank({self.maybe(node.node, scope)}, () => {self.value(node.args[0], scope)})"
        given = ", ".join(self.value(value, scope) for value in (node.node, *node.args))
        return f"f.{node.name}({given})"

    def call(self, node: nodes.Call, scope: Scope) -> str:
        made = self.macro_call(node, scope)
        if made is not None:
            return f"new Markup({made})"
        if not isinstance(node.node, nodes.Name):
            raise self.refuse(node, "a method")
        name = node.node.name
        if name == "caller":
            if not scope.is_caller_known or node.args or node.kwargs:
                raise self.refuse(node, "'caller()' outside a macro")
            return "new Markup(call(caller)())"
        if name not in GLOBALS:
            raise self.refuse(node, f"'{name}' is no macro and no global")
        if len(node.args) != 1 or node.dyn_args or node.dyn_kwargs or (node.kwargs and name != "t"):
            raise self.refuse(node, f"arguments of '{name}'")
        if name == "t":
            self.note_text(node.args[0])
            return f"t({self.text_key(node.args[0], scope)}{self.named_arguments(node, scope)})"
        return f"{name}({self.value(node.args[0], scope)})"

    def named_arguments(self, node: nodes.Call, scope: Scope) -> str:
        """Arguments of a text as one object, after a comma; nothing where there are none."""
        args = ", ".join(f"{keyword.key}: {self.given(keyword.value, scope)}" for keyword in node.kwargs)
        return f", {{ {args} }}" if args else ""

    def text_key(self, key: nodes.Expr, scope: Scope) -> str:
        """A text's key, as its number where it is written out."""
        if isinstance(key, nodes.Const) and key.value in self.compiler.numbers:
            return str(self.compiler.numbers[key.value])
        if isinstance(key, nodes.CondExpr) and key.expr2 is not None:
            test = self.truth(key.test, scope)
            return f"({test} ? {self.text_key(key.expr1, scope)} : {self.text_key(key.expr2, scope)})"
        return self.value(key, scope)

    def note_text(self, key: nodes.Expr) -> None:
        """Remember which texts the phone needs."""
        known, prefixes = text_keys(key)
        self.compiler.texts |= known
        self.compiler.prefixes |= prefixes


def text_keys(key: nodes.Expr) -> tuple[set[str], set[str]]:
    """Keys that an argument of `t` names, and the beginnings of the ones it computes."""
    if isinstance(key, nodes.Const):
        return {str(key.value)}, set()
    if isinstance(key, nodes.CondExpr) and key.expr2 is not None:
        first, second = text_keys(key.expr1), text_keys(key.expr2)
        return first[0] | second[0], first[1] | second[1]
    if isinstance(key, nodes.Concat) and isinstance(key.nodes[0], nodes.Const):
        return set(), {str(key.nodes[0].value)}
    return set(), set()


def _assigned(body: Sequence[nodes.Node]) -> list[str]:
    names: list[str] = []
    for node in body:
        if isinstance(node, nodes.Assign | nodes.AssignBlock) and isinstance(node.target, nodes.Name):
            names.append(node.target.name)
        elif isinstance(node, nodes.If):
            for part in (node.body, node.else_, *(other.body for other in node.elif_)):
                names += _assigned(part)
    return list(dict.fromkeys(names))


def _uses_caller(node: nodes.Node) -> bool:
    return any(name.name == "caller" for name in node.find_all(nodes.Name))


def _check_child(source: Source) -> None:
    """A template that extends another has nothing but blocks, imports and macros: the rest would be lost."""
    allowed = (nodes.Extends, nodes.Block, nodes.FromImport, nodes.Macro)
    for node in source.body:
        if not isinstance(node, allowed) and not _is_blank(node):
            raise RefusedError(source.name, node.lineno, "outside the blocks of a template that extends another")


def _is_one_call(code: str) -> bool:
    """Does the parenthesis that opens first close last? Strings may hold more of them, so they are left out first."""
    depth = 0
    bare = _STRING.sub("", code)
    for at, character in enumerate(bare):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == ")" and depth == 0:
            return at == len(bare) - 1
    return False


def _merged(parts: Sequence[str]) -> list[str]:
    """Neighbouring literals as one."""
    merged: list[str] = []
    for part in parts:
        if merged and part.startswith('"') and merged[-1].startswith('"'):
            merged[-1] = merged[-1][:-1] + part[1:]
        elif part != '""':
            merged.append(part)
    return merged


def _is_blank(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Output) and all(
        isinstance(part, nodes.TemplateData) and not part.data.strip() for part in node.nodes
    )


def _constant(node: nodes.Expr, template: str) -> str:
    if not isinstance(node, nodes.Const) or not isinstance(node.value, str):
        raise RefusedError(template, node.lineno, "a template's name is written out")
    return node.value


def _js(value: str | int | None) -> str:
    return json.dumps(value, ensure_ascii=False)


_STATEMENTS: Final[dict[type, Callable[[Function, Any, Scope], list[str]]]] = {
    nodes.Output: Function.output,
    nodes.If: Function.branch,
    nodes.For: Function.loop,
    nodes.Assign: Function.assign,
    nodes.AssignBlock: Function.assign_block,
    nodes.Include: Function.include,
    nodes.Block: Function.block,
    nodes.CallBlock: Function.call_block,
    nodes.FromImport: Function.nothing,
    nodes.Macro: Function.nothing,
}
_EXPRESSIONS: Final[dict[type, Callable[[Function, Any, Scope], str]]] = {
    nodes.Const: Function.constant,
    nodes.Name: Function.name,
    nodes.Getattr: Function.attribute,
    nodes.Getitem: Function.item,
    nodes.CondExpr: Function.conditional,
    nodes.And: Function.logic,
    nodes.Or: Function.logic,
    nodes.Not: Function.negation,
    nodes.Compare: Function.comparison,
    nodes.Concat: Function.concatenation,
    nodes.Add: Function.sum,
    nodes.Sub: Function.sum,
    nodes.List: Function.sequence,
    nodes.Tuple: Function.sequence,
    nodes.Dict: Function.mapping,
    nodes.Test: Function.test,
    nodes.Filter: Function.filter,
    nodes.Call: Function.call,
}
