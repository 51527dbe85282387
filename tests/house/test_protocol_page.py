"""docs/protocol.md and sync/messages.py tell the same."""

from __future__ import annotations

import re
import typing
from pathlib import Path

import msgspec
import pytest

from server.auth.deposits import A_MINUTE
from sync import enrolment, messages
from sync.effects import ADDENDA_LIMIT
from sync.forms import FieldType
from sync.records import KINDS
from sync.refusal import OFFERS
from sync.rules import MergePolicy

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/protocol.md").read_text()


def cells(start: str) -> list[str]:
    """Cells of the one row of a table that begins so."""
    found = [line for line in PAGE.splitlines() if line.startswith(f"| {start}")]
    assert len(found) == 1, start
    return [cell.strip() for cell in found[0].strip("|").split(" | ")]


def words(kind: object) -> set[str]:
    """Every text that a type spelled with Literal allows, wherever it stands within."""
    if typing.get_origin(kind) is typing.Literal:
        return set(typing.get_args(kind))
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return set().union(*(words(hint) for hint in typing.get_type_hints(kind).values()))
    return set().union(*(words(part) for part in typing.get_args(kind)))


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
    names = [
        field.encode_name
        for field in msgspec.structs.fields(getattr(messages, struct, None) or getattr(enrolment, struct))
    ]
    assert [name for name in names if not re.search(rf"\b{name}\b", PAGE)] == []


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_field_of_a_record_stands_in_its_row(kind: str) -> None:
    """The table of records is complete."""
    rows = [line.split("|") for line in PAGE.splitlines() if line.startswith(f"| `{kind}` |")]
    _, _, _, needs, may_have, _ = rows[0]
    for field in msgspec.structs.fields(KINDS[kind].fields):
        cell = needs if field.required else may_have
        assert re.search(rf"`{field.encode_name}\b", cell), f"{field.encode_name} is in another cell"


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_value_of_a_record_stands_on_the_page(kind: str) -> None:
    """No enumeration has to be guessed."""
    assert [word for word in words(KINDS[kind].fields) if word and f"`{word}`" not in PAGE] == []


@pytest.mark.parametrize("code", typing.get_args(messages.Code))
def test_a_refusal_stands_with_its_offer(code: messages.Code) -> None:
    """The table of codes says what a person may do next."""
    rows = [line for line in PAGE.splitlines() if re.match(rf"\| .*`{code}`.* \| {OFFERS[code]} \|", line)]
    assert len(rows) == 1, code


@pytest.mark.parametrize("policy", [MergePolicy.FIXED, MergePolicy.TAGS, MergePolicy.PROSE])
def test_fields_stand_with_their_merge_policy(policy: MergePolicy) -> None:
    """All that is not the latest is named; answers have their form's."""
    said = cells(f"`{policy.value}` |")[1]
    for kind in KINDS.values():
        for name, found in kind.policies.items():
            is_said = found is not policy or name == "answers" or f"`{name}`" in said
            assert is_said or (kind.type == "assignment" and "assignment" in said), f"{kind.type}.{name}"


@pytest.mark.parametrize("kind", typing.get_args(FieldType))
def test_every_type_of_answer_stands_on_the_page(kind: str) -> None:
    """What a form file calls a type, and what it is on the wire."""
    table = PAGE.partition("| type in the form | answer in JSON |")[2].partition("\n\n")[0]
    assert re.search(rf"^\| [^|]*`{kind}`[^|]* \| \S", table, re.MULTILINE)


def test_the_limits_on_the_page_are_the_ones_in_force() -> None:
    """Numbers are not told twice differently."""
    assert messages.PUSH_CHANGES_LIMIT == 500
    assert messages.CHANGE_LIMIT_BYTES == 256 * 1024
    assert messages.BODY_HARD_LIMIT_BYTES == 2 * 1024 * 1024
    for told in ("at most 500", "at most\n1 MiB", "at most 256 KiB", "larger than 2 MiB"):
        assert told in PAGE
    schemas = msgspec.json.decode((ROOT / "docs/openapi.json").read_bytes())["components"]["schemas"]
    for row, struct in {
        "change | `n`": "Change",
        "push |": "PushRequest",
        "pull |": "PullRequest",
        "`report` |": "Report",
        "enrol |": "EnrolRequest",
        "salvage |": "SalvageRequest",
        "`sealed`": "Envelope",
        "`clock`": "ClockReading",
    }.items():
        told = " ".join(cells(row)).replace(",", "")
        for name, field in schemas[struct]["properties"].items():
            for part in (field, *field.get("anyOf", ())):
                for limit in ("maxLength", "maxItems", "maxProperties"):
                    assert re.search(rf"\b{part.get(limit, '')}\b", told), f"{struct}.{name}: {part[limit]}"
    assert f"{ADDENDA_LIMIT + 1}st" in PAGE
    assert f"{A_MINUTE} times a minute" in PAGE
