"""What a template asks of its view, read off its tree: enough to make contexts for it without writing them by hand.

Every name and attribute becomes a `Shape`; each use adds to what is known of it (a list, an instant, a zone, part of
a catalogue key ...). Macros, includes and inheritance are followed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from jinja2 import nodes

from server.templating.environment import syntax

INSTANT, ZONE, NUMBER, TRUTH, SHOWN = "instant", "zone", "number", "truth", "shown"
FILTERED = {
    "day": INSTANT, "clock": INSTANT, "date": INSTANT, "when": INSTANT, "age": INSTANT, "ago": INSTANT,
    "duration": NUMBER, "number": NUMBER, "size": NUMBER,
}  # fmt: skip
ARGUMENTS = {
    "day": (ZONE,),
    "clock": (ZONE,),
    "date": (ZONE,),
    "when": (INSTANT, ZONE),
    "age": (INSTANT,),
    "ago": (INSTANT,),
}


@dataclass(eq=False)
class Shape:
    """What is known of one value of the view."""

    keys: dict[str, Shape] = field(default_factory=dict)
    item: Shape | None = None
    uses: set[str] = field(default_factory=set)
    equals: set[object] = field(default_factory=set)
    key_parts: set[tuple[str, str]] = field(default_factory=set)
    may_be_missing: bool = False

    def key(self, name: str) -> Shape:
        return self.keys.setdefault(name, Shape())

    def of_items(self) -> Shape:
        if self.item is None:
            self.item = Shape()
        return self.item


Names = dict[str, Shape]


class Reader:
    """Reads the shape of one template's view."""

    def __init__(self, root: Path, template: str) -> None:
        self.root = root
        self.environment = syntax()
        self.view = Shape()
        self.trees: dict[str, nodes.Template] = {}
        self.depth = 0
        self.document(template, {}, {})

    def tree(self, template: str) -> nodes.Template:
        if template not in self.trees:
            self.trees[template] = self.environment.parse((self.root / template).read_text("utf-8"), template)
        return self.trees[template]

    def document(self, template: str, names: Names, blocks: dict[str, tuple[str, nodes.Block]]) -> None:
        tree = self.tree(template)
        blocks = {block.name: (template, block) for block in tree.find_all(nodes.Block)} | blocks
        parents = list(tree.find_all(nodes.Extends))
        if parents:
            self.document(parents[0].template.value, names, blocks)
            return
        self.body(tree.body, template, names, blocks)

    def body(self, body, template: str, names: Names, blocks) -> None:
        for node in body:
            self.statement(node, template, names, blocks)

    def statement(self, node, template: str, names: Names, blocks) -> None:
        if isinstance(node, nodes.Output):
            for child in node.nodes:
                if not isinstance(child, nodes.TemplateData):
                    self.use(child, SHOWN, template, names)
        elif isinstance(node, nodes.If):
            self.use(node.test, TRUTH, template, names)
            for part in (node.body, node.else_):
                self.body(part, template, names, blocks)
            for other in node.elif_:
                self.use(other.test, TRUTH, template, names)
                self.body(other.body, template, names, blocks)
        elif isinstance(node, nodes.For):
            item = self.value(node.iter, template, names).of_items()
            self.body(node.body, template, names | {node.target.name: item}, blocks)
            self.body(node.else_, template, names, blocks)
        elif isinstance(node, nodes.Assign):
            names[node.target.name] = self.value(node.node, template, names)
        elif isinstance(node, nodes.AssignBlock):
            names[node.target.name] = Shape()
            self.body(node.body, template, dict(names), blocks)
        elif isinstance(node, nodes.Include):
            self.document(node.template.value, names, {})
        elif isinstance(node, nodes.Block):
            owner, block = blocks.get(node.name, (template, node))
            self.body(block.body, owner, {}, blocks)
        elif isinstance(node, nodes.CallBlock):
            self.value(node.call, template, names)
            self.body(node.body, template, dict(names), blocks)
        elif not isinstance(node, nodes.Macro | nodes.FromImport | nodes.Extends):
            raise TypeError(f"{template}:{node.lineno}: {type(node).__name__}")

    def use(self, node, use: str, template: str, names: Names) -> None:
        self.value(node, template, names).uses.add(use)

    def value(self, node, template: str, names: Names) -> Shape:
        """Shape of an expression; one of its own where it is computed."""
        if isinstance(node, nodes.Name):
            if node.name in ("lang", "caller"):
                return Shape()
            return names[node.name] if node.name in names else self.view.key(node.name)
        if isinstance(node, nodes.Getattr):
            if isinstance(node.node, nodes.Name) and node.node.name == "loop":
                return Shape(uses={NUMBER})
            return self.value(node.node, template, names).key(node.attr)
        if isinstance(node, nodes.Getitem):
            return self.value(node.node, template, names).of_items()
        if isinstance(node, nodes.Filter):
            return self.filtered(node, template, names)
        if isinstance(node, nodes.Test):
            self.value(node.node, template, names).may_be_missing |= node.name == "defined"
            return Shape()
        if isinstance(node, nodes.Compare):
            return self.compared(node, template, names)
        if isinstance(node, nodes.Call):
            return self.called(node, template, names)
        if isinstance(node, nodes.CondExpr):
            self.use(node.test, TRUTH, template, names)
            self.use(node.expr1, SHOWN, template, names)
            self.use(node.expr2, SHOWN, template, names)
            return Shape()
        for child in node.iter_child_nodes():
            if isinstance(child, nodes.Expr):
                self.use(child, TRUTH if isinstance(node, nodes.And | nodes.Or | nodes.Not) else SHOWN, template, names)
        return Shape()

    def filtered(self, node: nodes.Filter, template: str, names: Names) -> Shape:
        shape = self.value(node.node, template, names)
        if node.name == "default":
            shape.may_be_missing = True
            self.value(node.args[0], template, names)
            return shape
        if node.name in ("length", "join"):
            shape.of_items().uses.add(SHOWN)
        shape.uses.add(FILTERED.get(node.name, SHOWN))
        for argument, use in zip(node.args, ARGUMENTS.get(node.name, ()), strict=False):
            self.use(argument, use, template, names)
        return Shape()

    def compared(self, node: nodes.Compare, template: str, names: Names) -> Shape:
        left = self.value(node.expr, template, names)
        (operand,) = node.ops
        right = self.value(operand.expr, template, names)
        if operand.op in ("in", "notin"):
            right.of_items().uses.add(SHOWN)
        elif isinstance(operand.expr, nodes.Const):
            left.equals.add(operand.expr.value)
        elif operand.op in ("eq", "ne"):
            left.uses |= right.uses
            right.uses |= left.uses
        else:
            left.uses.add(NUMBER)
            right.uses.add(NUMBER)
        return Shape()

    def called(self, node: nodes.Call, template: str, names: Names) -> Shape:
        name = node.node.name
        if name == "t":
            self.text(node, template, names)
        elif name not in ("caller", "icon", "asset"):
            self.macro(node, template, names)
        return Shape()

    def text(self, node: nodes.Call, template: str, names: Names) -> None:
        for key in _keys(node.args[0]):
            parts = key.nodes if isinstance(key, nodes.Concat) else [key]
            words = [part.value if isinstance(part, nodes.Const) else None for part in parts]
            if None in words:
                at = words.index(None)
                start, end = ("".join(side) for side in (words[:at], words[at + 1 :]))
                self.value(parts[at], template, names).key_parts.add((start, end))
        for test in node.args[0].find_all(nodes.CondExpr):
            self.use(test.test, TRUTH, template, names)
        if isinstance(node.args[0], nodes.CondExpr):
            self.use(node.args[0].test, TRUTH, template, names)
        for argument in node.kwargs:
            self.use(argument.value, NUMBER if argument.key == "n" else SHOWN, template, names)

    def macro(self, node: nodes.Call, template: str, names: Names) -> None:
        owner, macro = self.find(node.node.name, template)
        inner: Names = {}
        given = dict(zip([arg.name for arg in macro.args], node.args, strict=False))
        given |= {keyword.key: keyword.value for keyword in node.kwargs}
        defaults = dict(
            zip(
                [arg.name for arg in macro.args[-len(macro.defaults) or len(macro.args) :]],
                macro.defaults,
                strict=False,
            )
        )
        for arg in macro.args:
            inner[arg.name] = self.value(given.get(arg.name, defaults.get(arg.name)), template, names)
        if self.depth < 8:
            self.depth += 1
            self.body(macro.body, owner, inner, {})
            self.depth -= 1

    def find(self, name: str, template: str) -> tuple[str, nodes.Macro]:
        tree = self.tree(template)
        for macro in tree.find_all(nodes.Macro):
            if macro.name == name:
                return template, macro
        for imported in tree.find_all(nodes.FromImport):
            for wanted in imported.names:
                there, here = wanted if isinstance(wanted, tuple) else (wanted, wanted)
                if here == name:
                    return self.find(there, imported.template.value)
        raise LookupError(f"{template}: {name}")


def _keys(key) -> list:
    return [*_keys(key.expr1), *_keys(key.expr2)] if isinstance(key, nodes.CondExpr) else [key]
