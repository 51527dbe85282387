"""Which names a piece of a template sees besides its view."""

from __future__ import annotations


class Scope:
    """Names that live in the generated function: Jinja2 name to TypeScript expression."""

    def __init__(self, outer: Scope | None = None, *, has_view: bool, loop: int | None = None) -> None:
        self.outer = outer
        self.has_view = has_view
        self.names: dict[str, str] = {}
        self.loop: int | None = loop if loop is not None or outer is None else outer.loop
        self.is_caller_known: bool = outer is not None and outer.is_caller_known

    def find(self, name: str) -> str | None:
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.outer
        return None

    def visible(self) -> dict[str, str]:
        return {**(self.outer.visible() if self.outer else {}), **self.names}
