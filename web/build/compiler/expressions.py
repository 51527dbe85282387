"""Expressions of a template as expressions of TypeScript."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from jinja2 import nodes

from web.build.compiler.code import Part, js
from web.build.compiler.scope import Scope
from web.build.compiler.source import RefusedError, Source, text_keys, uses_caller

if TYPE_CHECKING:
    from web.build.compiler.module import Compiler

FILTERS: Final = {  # name: least and most arguments
    "day": (1, 1), "date": (0, 1), "clock": (1, 1), "when": (2, 2), "age": (1, 1), "ago": (1, 1),
    "duration": (0, 0), "number": (0, 0), "size": (0, 0), "default": (1, 1), "length": (0, 0), "join": (1, 1),
    "escape": (0, 0),
}  # fmt: skip
GLOBALS: Final = ("t", "icon", "asset")
COMPARISONS: Final = {
    "eq": "eq", "ne": "ne", "lt": "lt", "lteq": "le", "gt": "gt", "gteq": "ge", "in": "isIn", "notin": "notIn",
}  # fmt: skip
LOOP: Final = {
    "index": "(i{n} + 1)", "index0": "i{n}", "first": "(i{n} === 0)", "last": "(i{n} === a{n}.length - 1)",
    "length": "a{n}.length",
}  # fmt: skip
INHERITED: Final = frozenset(
    ("constructor", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable", "toLocaleString", "toString", "valueOf")
)


class Expressions:
    """Expressions inside one function of the generated module."""

    def __init__(self, compiler: Compiler, source: Source) -> None:
        self.compiler = compiler
        self.source = source

    def refuse(self, node: nodes.Node, why: str) -> RefusedError:
        return RefusedError(self.source.name, node.lineno, why)

    def truth(self, node: nodes.Node, scope: Scope) -> str:
        """An expression as a TypeScript boolean."""
        if isinstance(node, nodes.Not):
            return f"!{self.truth(node.node, scope)}"
        if isinstance(node, nodes.And | nodes.Or):
            sign = "&&" if isinstance(node, nodes.And) else "||"
            return f"({self.truth(node.left, scope)} {sign} {self.truth(node.right, scope)})"
        if isinstance(node, nodes.Compare | nodes.Test):
            return self.value(node, scope)
        return f"truthy({self.value(node, scope)})"

    def value(self, node: nodes.Node, scope: Scope) -> str:
        """An expression as a TypeScript expression."""
        write = _EXPRESSIONS.get(type(node))
        if write is None:
            raise self.refuse(node, f"'{type(node).__name__}' is not for the phone")
        return write(self, node, scope)

    def given(self, node: nodes.Node, scope: Scope) -> str:
        """A value on its way into a parameter with a default, where a missing one would pass unseen."""
        value = self.value(node, scope)
        return f"own({value})" if isinstance(node, nodes.Name | nodes.Getattr) and value != "lang()" else value

    def text(self, node: nodes.Node, scope: Scope) -> Part:
        """What `{{ }}` shows."""
        is_markup = isinstance(node, nodes.Call) and self.find_macro(node.node, scope) is not None
        return Part("markup" if is_markup else "value", self.value(node, scope))

    def macro_call(self, node: nodes.Call, scope: Scope, caller: str | None = None) -> str | None:
        """Call of a macro, as text; None if it is no macro."""
        found = self.find_macro(node.node, scope)
        if found is None:
            return None
        owner, macro = found
        given = self.arguments(node, macro, scope)
        if caller is not None:
            if not uses_caller(macro):
                raise self.refuse(node, f"{macro.name} has no place for a call block")
            given += [None] * (len(macro.args) - len(given)) + [caller]
        arguments = ", ".join(value or "undefined" for value in given)
        return f"{self.compiler.id(owner.name, 'macro', macro.name)}({arguments})"

    def find_macro(self, callee: nodes.Node, scope: Scope) -> tuple[Source, nodes.Macro] | None:
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
        pairs = [*zip(names, node.args, strict=False)]
        for keyword in node.kwargs:
            if keyword.key not in names or keyword.key in dict(pairs):
                raise self.refuse(node, f"{macro.name} has no free argument {keyword.key}")
            pairs.append((keyword.key, keyword.value))
        required = names[: len(names) - len(macro.defaults)]
        given = {name: self.value(arg, scope) if name in required else self.given(arg, scope) for name, arg in pairs}
        if lacking := [name for name in required if name not in given]:
            raise self.refuse(node, f"{macro.name} also needs {', '.join(lacking)}")
        last = max((at for at, name in enumerate(names) if name in given), default=-1)
        return [given.get(name) for name in names[: last + 1]]

    def constant(self, node: nodes.Const, scope: Scope) -> str:  # noqa: ARG002
        if not (node.value is None or isinstance(node.value, str | int)):
            raise self.refuse(node, f"a {type(node.value).__name__} in a template")
        return js(node.value)

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
        return f"[{', '.join(self.value(item, scope) for item in node.items)}]"

    def mapping(self, node: nodes.Dict, scope: Scope) -> str:
        pairs = []
        for pair in node.items:
            if not isinstance(pair.key, nodes.Const) or not isinstance(pair.key.value, str):
                raise self.refuse(node, "a dictionary's keys are literal words")
            pairs.append(f"{js(pair.key.value)}: {self.value(pair.value, scope)}")
        return f"{{ {', '.join(pairs)} }}"

    def test(self, node: nodes.Test, scope: Scope) -> str:
        if node.args or node.kwargs or node.name not in ("defined", "none"):
            raise self.refuse(node, f"test '{node.name}'")
        if node.name == "none":
            return f"isNone({self.value(node.node, scope)})"
        return f"({self.maybe(node.node, scope)} !== undefined)"

    def maybe(self, node: nodes.Node, scope: Scope) -> str:
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
            return made
        if not isinstance(node.node, nodes.Name):
            raise self.refuse(node, "a method")
        name = node.node.name
        if name == "caller":
            if not scope.is_caller_known or node.args or node.kwargs:
                raise self.refuse(node, "'caller()' outside a macro")
            return "call(caller)()"
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
        args = ", ".join(f"{keyword.key}: {self.value(keyword.value, scope)}" for keyword in node.kwargs)
        return f", {{ {args} }}" if args else ""

    def text_key(self, key: nodes.Node, scope: Scope) -> str:
        """A text's key, as its number where it is written out."""
        if isinstance(key, nodes.Const) and key.value in self.compiler.numbers:
            return str(self.compiler.numbers[key.value])
        if isinstance(key, nodes.CondExpr) and key.expr2 is not None:
            test = self.truth(key.test, scope)
            return f"({test} ? {self.text_key(key.expr1, scope)} : {self.text_key(key.expr2, scope)})"
        return self.value(key, scope)

    def note_text(self, key: nodes.Node) -> None:
        """Remember which texts the phone needs."""
        known, prefixes = text_keys(key)
        self.compiler.texts |= known
        self.compiler.prefixes |= prefixes


_EXPRESSIONS: Final[dict[type, Callable[[Expressions, Any, Scope], str]]] = {
    nodes.Const: Expressions.constant,
    nodes.Name: Expressions.name,
    nodes.Getattr: Expressions.attribute,
    nodes.Getitem: Expressions.item,
    nodes.CondExpr: Expressions.conditional,
    nodes.And: Expressions.logic,
    nodes.Or: Expressions.logic,
    nodes.Not: Expressions.negation,
    nodes.Compare: Expressions.comparison,
    nodes.Concat: Expressions.concatenation,
    nodes.Add: Expressions.sum,
    nodes.Sub: Expressions.sum,
    nodes.List: Expressions.sequence,
    nodes.Tuple: Expressions.sequence,
    nodes.Dict: Expressions.mapping,
    nodes.Test: Expressions.test,
    nodes.Filter: Expressions.filter,
    nodes.Call: Expressions.call,
}
