"""The tables of docs/benchmarks.md: each section between its own marks, so that the others stay as they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = ROOT / "docs" / "benchmarks.md"


class Line(NamedTuple):
    """One figure. `budget` says what it must keep to; `is_kept` None where there is no budget."""

    what: str
    figure: str
    budget: str = ""
    is_kept: bool | None = None


def table(lines: Iterable[Line]) -> str:
    """A markdown table."""
    words = {True: "kept", False: "**missed**", None: ""}
    rows = [f"| {line.what} | {line.figure} | {line.budget} | {words[line.is_kept]} |" for line in lines]
    return "\n".join(["| | figure | budget | |", "|---|---|---|---|", *rows])


def write_section(name: str, title: str, text: str, page: Path = PAGE) -> None:
    """Replace a section of the page, or add it at the end."""
    begin, end = f"<!-- bench:{name} -->", f"<!-- /bench:{name} -->"
    section = f"{begin}\n## {title}\n\n{text}\n{end}"
    whole = page.read_text("utf-8") if page.exists() else "# Benchmarks\n"
    found = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    whole = found.sub(lambda _: section, whole) if found.search(whole) else f"{whole.rstrip()}\n\n{section}\n"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(whole, "utf-8")


def write_json(figures: dict[str, Any], path: Path) -> None:
    """All figures for machines; what earlier runs measured of other parts stays."""
    kept = msgspec.json.decode(path.read_bytes()) if path.exists() else {}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(kept | figures)))


def at_least(what: str, figure: float, budget: float, form: str = ",.0f") -> Line:
    """A figure that must not be smaller."""
    return Line(what, format(figure, form), f"at least {format(budget, form)}", figure >= budget)


def at_most(what: str, figure: float, budget: float, form: str = ",.0f") -> Line:
    """A figure that must not be larger."""
    return Line(what, format(figure, form), f"at most {format(budget, form)}", figure <= budget)


def missed(lines: Sequence[Line]) -> int:
    """How many budgets were missed."""
    return sum(line.is_kept is False for line in lines)
