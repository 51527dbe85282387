"""docs/protocol.md and sync/messages.py tell the same."""

from __future__ import annotations

import re
import typing
from pathlib import Path

import msgspec
import pytest

from sync import messages
from sync.records import KINDS

PAGE = (Path(__file__).resolve().parents[2] / "docs/protocol.md").read_text()


@pytest.mark.parametrize("alias", ["Code", "Outcome", "ChangeKind"])
def test_every_word_of_an_enumeration_stands_on_the_page(alias: str) -> None:
    """A stranger meets no code on the wire that the page does not name."""
    assert [word for word in typing.get_args(getattr(messages, alias)) if f"`{word}`" not in PAGE] == []


def test_every_problem_code_stands_on_the_page() -> None:
    """Refusals of whole requests are all in the table."""
    codes = typing.get_args(typing.get_type_hints(messages.Problem)["code"])
    assert [code for code in codes if f"`{code}`" not in PAGE] == []


@pytest.mark.parametrize(
    "struct",
    [
        "Change",
        "PushRequest",
        "Receipt",
        "PushAnswer",
        "PullRequest",
        "PullAnswer",
        "Row",
        "Report",
        "EnrolRequest",
        "EnrolAnswer",
        "EarlierPhone",
        "Envelope",
        "SealedItem",
        "SalvageRequest",
        "SalvageResult",
        "SalvageAnswer",
        "EmergencyFile",
    ],
)
def test_every_field_stands_on_the_page(struct: str) -> None:
    """Every field of every message is named."""
    names = [field.encode_name for field in msgspec.structs.fields(getattr(messages, struct))]
    assert [name for name in names if not re.search(rf"\b{name}\b", PAGE)] == []


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_field_of_a_record_stands_in_its_row(kind: str) -> None:
    """The table of records is complete."""
    row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{kind}` |"))
    names = [field.encode_name for field in msgspec.structs.fields(KINDS[kind].fields)]
    assert [name for name in names if not re.search(rf"\b{name}\b", row)] == []


def test_the_limits_on_the_page_are_the_ones_in_force() -> None:
    """Numbers are not told twice differently."""
    assert messages.PUSH_CHANGES_LIMIT == 500
    assert messages.CHANGE_LIMIT_BYTES == 256 * 1024
    assert messages.BODY_HARD_LIMIT_BYTES == 2 * 1024 * 1024
    for words in ("at most 500", "at most 1 MiB", "at most 256 KiB", "larger than 2 MiB"):
        assert words in PAGE
