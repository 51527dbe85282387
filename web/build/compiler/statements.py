"""Statements of a template: each becomes text that joins the text of its neighbours."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, Final

from jinja2 import nodes

from web.build.compiler.code import Part, js, text_of
from web.build.compiler.expressions import Expressions
from web.build.compiler.scope import Scope
from web.build.compiler.source import assigned, constant, uses_caller


class Function(Expressions):
    """One generated function: a block, a macro or the body of a template."""

    def plain(self, name: str, body: Sequence[nodes.Node]) -> str:
        scope = Scope(has_view=True)
        text, locals_ = self.body(body, scope, is_top=body is self.source.body)
        return f"function {name}(c: Any, b: Blocks{locals_}): Markup {{\nreturn {text};\n}}\n"

    def macro(self, node: nodes.Macro) -> str:
        scope = Scope(has_view=False)
        scope.is_caller_known = uses_caller(node)
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
        return f"function {name}({', '.join(params)}{locals_}): Markup {{\nreturn {text};\n}}\n"

    def body(self, body: Sequence[nodes.Node], scope: Scope, *, is_top: bool = False) -> tuple[str, str]:
        """Body of a function as one expression, and further parameters that hold what `set` assigns in this frame.

        Loops and calls open frames of their own, as in Jinja2.
        """
        for name in assigned(body):
            scope.names[name] = f"l_{name}{self.compiler.fresh()}"
        locals_ = "".join(f", {scope.names[name]}?: Any" for name in assigned(body))
        return self.joined(body, scope, is_top=is_top), locals_

    def joined(self, body: Sequence[nodes.Node], scope: Scope, *, is_top: bool = False) -> str:
        """Nodes one after the other, as one expression that gives Markup."""
        parts: list[Part] = []
        for node in body:
            write = _STATEMENTS.get(type(node))
            if write is None:
                raise self.refuse(node, f"'{type(node).__name__}' is not for the phone")
            if isinstance(node, nodes.Assign | nodes.AssignBlock) and is_top:
                raise self.refuse(node, "'set' outside a block or macro means different things to blocks")
            parts += write(self, node, scope)
        return text_of(parts).code

    def output(self, node: nodes.Output, scope: Scope) -> list[Part]:
        return [
            Part("literal", child.data) if isinstance(child, nodes.TemplateData) else self.text(child, scope)
            for child in node.nodes
        ]

    def branch(self, node: nodes.If, scope: Scope) -> list[Part]:
        otherwise = self.joined(node.else_, scope) if node.else_ else '""'
        for other in reversed(node.elif_):
            otherwise = f"({self.truth(other.test, scope)} ? {self.joined(other.body, scope)} : {otherwise})"
        return [Part("value", f"{self.truth(node.test, scope)} ? {self.joined(node.body, scope)} : {otherwise}")]

    def loop(self, node: nodes.For, scope: Scope) -> list[Part]:
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
        return [Part("markup", f"each({items}, ({target}{place}{locals_}) => {text}{otherwise})")]

    def target(self, target: nodes.Node, inner: Scope, n: int) -> str:
        if isinstance(target, nodes.Name):
            inner.names[target.name] = f"v_{target.name}{n}"
            return f"v_{target.name}{n}"
        raise self.refuse(target, "a loop names one item")

    def assign(self, node: nodes.Assign, scope: Scope) -> list[Part]:
        if not isinstance(node.target, nodes.Name):
            raise self.refuse(node, "'set' takes one name")
        return [Part("value", f'({scope.find(node.target.name)} = {self.value(node.node, scope)}, "")')]

    def assign_block(self, node: nodes.AssignBlock, scope: Scope) -> list[Part]:
        if not isinstance(node.target, nodes.Name) or node.filter is not None:
            raise self.refuse(node, "'set' takes one name and no filter")
        inner = Scope(scope, has_view=scope.has_view)
        return [Part("value", f'({scope.find(node.target.name)} = {self.function(node.body, inner)}(), "")')]

    def function(self, body: Sequence[nodes.Node], inner: Scope) -> str:
        """A nested body as a function without arguments."""
        text, locals_ = self.body(body, inner)
        return f"(({locals_.removeprefix(', ')}) => {text})"

    def include(self, node: nodes.Include, scope: Scope) -> list[Part]:
        if node.ignore_missing or not node.with_context or not scope.has_view:
            raise self.refuse(node, "'include' shares the view: not in macros, not 'ignore missing'")
        source = self.compiler.source(constant(node.template, self.source.name), self.source.name, node.lineno)
        given = ", ".join(f"{name}: {local}" for name, local in scope.visible().items())
        return [Part("markup", f"call(templates[{js(source.name)}])({f'{{ ...c, {given} }}' if given else 'c'})")]

    def block(self, node: nodes.Block, scope: Scope) -> list[Part]:
        if node.scoped or not scope.has_view or scope.outer is not None:
            raise self.refuse(node, "a block stands in a template's body or another block")
        return [Part("markup", f"call(b[{js(node.name)}])(c, b)")]

    def nothing(self, node: nodes.Node, scope: Scope) -> list[Part]:
        """Imports and macros are resolved at build time."""
        if scope.outer is not None or not scope.has_view:
            raise self.refuse(node, "imports and macros stand at the top of a template")
        return []

    def call_block(self, node: nodes.CallBlock, scope: Scope) -> list[Part]:
        if node.args:
            raise self.refuse(node, "a call block takes no arguments")
        if uses_caller(node):
            raise self.refuse(node, "'caller' inside a call block is the block's own, and is never given")
        if any(True for _ in node.find_all(nodes.Block)):
            raise self.refuse(node, "a block inside a call")
        inner = Scope(scope, has_view=scope.has_view)
        made = self.macro_call(node.call, scope, self.function(node.body, inner))
        if made is None:
            raise self.refuse(node, "'call' calls a macro")
        return [Part("markup", made)]


_STATEMENTS: Final[dict[type, Callable[[Function, Any, Scope], list[Part]]]] = {
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
