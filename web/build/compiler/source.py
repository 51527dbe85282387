"""A template as Jinja2 parsed it, and questions about its tree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from jinja2 import nodes


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
            isinstance(node, nodes.Macro | nodes.FromImport) or is_blank(node) for node in tree.body
        )
        self.included: Final = [constant(node.template, name) for node in tree.find_all(nodes.Include)]
        self.imports: Final[dict[str, tuple[str, str]]] = {}
        for node in tree.find_all(nodes.FromImport):
            for wanted in node.names:
                there, here = wanted if isinstance(wanted, tuple) else (wanted, wanted)
                self.imports[here] = (constant(node.template, name), there)


def check_child(source: Source) -> None:
    """A template that extends another has nothing but blocks, imports and macros: the rest would be lost."""
    allowed = (nodes.Extends, nodes.Block, nodes.FromImport, nodes.Macro)
    for node in source.body:
        if not isinstance(node, allowed) and not is_blank(node):
            raise RefusedError(source.name, node.lineno, "outside the blocks of a template that extends another")


def text_keys(key: nodes.Node) -> tuple[set[str], set[str]]:
    """Keys that an argument of `t` names, and the beginnings of the ones it computes."""
    if isinstance(key, nodes.Const):
        return {str(key.value)}, set()
    if isinstance(key, nodes.CondExpr) and key.expr2 is not None:
        first, second = text_keys(key.expr1), text_keys(key.expr2)
        return first[0] | second[0], first[1] | second[1]
    if isinstance(key, nodes.Concat) and isinstance(key.nodes[0], nodes.Const):
        return set(), {str(key.nodes[0].value)}
    return set(), set()


def assigned(body: Sequence[nodes.Node]) -> list[str]:
    names: list[str] = []
    for node in body:
        if isinstance(node, nodes.Assign | nodes.AssignBlock) and isinstance(node.target, nodes.Name):
            names.append(node.target.name)
        elif isinstance(node, nodes.If):
            for part in (node.body, node.else_, *(other.body for other in node.elif_)):
                names += assigned(part)
    return list(dict.fromkeys(names))


def uses_caller(node: nodes.Node) -> bool:
    return any(name.name == "caller" for name in node.find_all(nodes.Name))


def is_blank(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Output) and all(
        isinstance(part, nodes.TemplateData) and not part.data.strip() for part in node.nodes
    )


def constant(node: nodes.Expr, template: str) -> str:
    if not isinstance(node, nodes.Const) or not isinstance(node.value, str):
        raise RefusedError(template, node.lineno, "a template's name is written out")
    return node.value
