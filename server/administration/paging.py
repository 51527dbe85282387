"""Pages of a list: one row more than a page is asked for, so that nothing has to be counted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final, Generic, TypeVar
from urllib.parse import urlencode

import msgspec
from litestar.params import QueryParameter

T = TypeVar("T")
ROWS_A_PAGE: Final = 50
PAGES_LIMIT: Final = 2000
PageNumber = Annotated[int, QueryParameter(name="page")]


class Page(msgspec.Struct, Generic[T], frozen=True):
    """`rows` of page `number` (from 1), and the links to its neighbours, '' where there is none."""

    rows: Sequence[T]
    number: int
    previous: str = ""
    next: str = ""


def offset_of(number: int) -> int:
    """How many rows stand before this page, whatever number a link made up."""
    return (bounded(number) - 1) * ROWS_A_PAGE


def bounded(number: int) -> int:
    """A page number that a link may have made up, within what there can be."""
    return max(1, min(number, PAGES_LIMIT))


def page_of(found: Sequence[T], number: int, path: str, **query: str) -> Page[T]:
    """`found`: up to ROWS_A_PAGE + 1 rows from `offset_of(number)` on."""
    number = bounded(number)
    kept = {name: value for name, value in query.items() if value}

    def link(to: int) -> str:
        return f"{path}?{urlencode({**kept, 'page': to})}"

    return Page(
        rows=found[:ROWS_A_PAGE],
        number=number,
        previous=link(number - 1) if number > 1 else "",
        next=link(number + 1) if len(found) > ROWS_A_PAGE else "",
    )
