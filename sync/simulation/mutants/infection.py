"""Putting a bug into running code, and taking it out again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

Put = Callable[[Any, str, Any], None]


_INHERITED: Final = object()
"""What a class had from the one above: taken back by taking it away."""


class Mutant(NamedTuple):
    """`words`: what is wrong with it; `infect` puts its patches in place."""

    words: str
    infect: Callable[[Put], None]

    @property
    def name(self) -> str:
        """The patch function's name, in words."""
        return self.infect.__name__.strip("_").replace("_", " ")


@contextmanager
def infected(mutant: Mutant) -> Iterator[None]:
    """The mutant's patches, taken back at the end."""
    before: list[tuple[Any, str, Any]] = []

    def put(where: Any, name: str, what: Any) -> None:
        if isinstance(where, dict):
            before.append((where, name, where[name]))
            where[name] = what
        else:
            before.append((where, name, vars(where).get(name, _INHERITED)))
            setattr(where, name, what)

    try:
        mutant.infect(put)
        yield
    finally:
        for where, name, what in reversed(before):
            if isinstance(where, dict):
                where[name] = what
            elif what is _INHERITED:
                delattr(where, name)
            else:
                setattr(where, name, what)
