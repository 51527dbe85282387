"""What the documents name is there: commands of the Makefile, and tests by path and name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "ARCHITECTURE.md", *sorted((ROOT / "docs").rglob("*.md"))]
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_command_that_is_named_can_be_given(page: Path) -> None:
    """`make lint types` names two."""
    named = {word for words in re.findall(r"`make ([a-z][a-z -]*)", page.read_text()) for word in words.split()}
    assert named - TARGETS == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_test_that_is_named_is_run(page: Path) -> None:
    """`path::name`, in Python or in the phone's own tests."""
    lost = []
    for path, name in re.findall(r"`(tests/[\w./-]+)::([^`]+)`", page.read_text()):
        text = (ROOT / path).read_text() if (ROOT / path).exists() else ""
        if not re.search(rf"def {re.escape(name)}\(" if path.endswith(".py") else rf'"{re.escape(name)}"', text):
            lost.append(f"{path}::{name}")
    assert lost == []
