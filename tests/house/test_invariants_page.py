"""docs/invariants.md: every invariant has its names, and every name is somewhere to be found."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sync.simulation import checkers

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/invariants.md").read_text()
ROWS = {int(row[1]): row[2] for row in re.finditer(r"^\| (\d+) \|(.*)\|$", PAGE, flags=re.MULTILINE)}
NAMES = sorted({(path, name) for path, name in re.findall(r"`([\w./-]+)::([^`]+)`", PAGE)})


def test_all_twenty_seven_stand_there() -> None:
    """None is left out, none is invented."""
    assert sorted(ROWS) == list(range(1, 28))
    assert [n for n in ROWS if not re.search(rf"\b{n} \w", checkers.__doc__ or "")] == []


@pytest.mark.parametrize("n", sorted(ROWS))
def test_an_invariant_has_a_checker_and_a_test_of_the_real_thing(n: int) -> None:
    """The model proves the protocol; something else has to prove what was built."""
    sentence, model, *real = (cell.strip() for cell in ROWS[n].split("|"))
    assert len(sentence) > 20
    assert "::" in model
    assert any("::" in cell for cell in real)


@pytest.mark.parametrize(("path", "name"), NAMES)
def test_what_the_page_names_exists(path: str, name: str) -> None:
    """A renamed test takes its row along."""
    text = (ROOT / path).read_text()
    if path.endswith(".py"):
        assert re.search(rf"^ *(async )?def {name}\(", text, flags=re.MULTILINE)
    else:
        assert f'"{name}"' in text
