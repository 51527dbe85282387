"""Form files: a bad one is refused with words that say where and why; the versions of a good one are what it says."""

from __future__ import annotations

import copy
from typing import Any

import msgspec
import pytest

from sync.form_file import read_block, read_forms

W = {"en": "Words", "es": "Palabras"}
YES_NO = [{"value": "yes", "label": W}, {"value": "no", "label": W}]
NOTE = {"name": "x", "version": 2, "asks": ["place", "when"], "section": []}


def field(key: str = "a", kind: str = "prose", **more: Any) -> dict[str, Any]:
    return {"key": key, "type": kind, "label": W, **more}


def form(*fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {**copy.deepcopy(NOTE), "section": [{"key": "own", "field": list(fields)}], **more}


CHOICE = field("c", "choice", options=YES_NO)


def shown(count: int, by: str, value: str, key: str = "a") -> list[dict[str, Any]]:
    return [field(key + "x" * at, show_when={"field": by, "is": [value]}) for at in range(1, count + 1)]


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (form(field(kind="choice")), "x@1 asks a: it needs options"),
        (form(field(options=YES_NO)), "x@1 asks a: it needs options"),
        (form(field(kind="choice", options=[*YES_NO, YES_NO[0]])), "one value twice"),
        (form(field("A b")), "key"),
        (form(field(kind="slider")), "slider"),
        (form(field(), field()), "asks one key twice"),
        (form({"key": "a", "type": "prose", "label": {"en": "Words"}}), "es"),
        (form({"key": "a", "type": "prose", "label": {"en": "Words", "es": ""}}), "length >= 1"),
        (form(field(colour="red")), "colour"),
        (form(field(since=3)), "field a is of no version up to 2"),
        (form(field(since=2, until=1)), "field a is of no version"),
        (form(CHOICE, blocks=["nowhere"]), "no block or section nowhere"),
        (form(field(), required_at_sign=["b"]), "requires b, which nothing in it asks"),
        (form(field(), asks=["place", "when", "flags"]), "no section with the tone safety"),
        (form(field(), asks=["weather"]), "weather"),
        (form(field(), lengths=[15, 45]), "begins with a length that it does not offer"),
        (form(field(show_when={"field": "b", "is": ["x"]})), "neither an answer nor of the core"),
        (form(field(show_when={"field": "c", "is": ["yes"]}), CHOICE), "does not stand before it"),
        (form(CHOICE, field(show_when={"field": "c", "is": ["perhaps"]})), "a value that it cannot have"),
        (form(CHOICE, *shown(5, "c", "yes")), "x@1 shows 5 questions by c; the most is 4"),
        (form(*shown(3, "mode", "phone"), *shown(2, "support", "emotional", "b")), "shows 5 questions by the core"),
        (form(CHOICE, field(show_when={"field": "c", "is": []})), "names no value"),
        (
            form(CHOICE, field("d", "yes_no", show_when={"field": "c", "is": ["yes"]}), field(show_when={"field": "d", "is": [True]})),
            "itself shows only sometimes",
        ),
        (form(field(least=1)), "only a number or scale has bounds"),
        (form(field(kind="number", least=5, most=5)), "least is not below most"),
        (form(field(kind="scale")), "a scale goes from least to most"),
        (form(field(kind="scale", least=0, most=11)), "a scale goes from least to most"),
        (form(field(ahead=True)), "only a date lies ahead"),
        (form(field(was="b", since=2)), "says that a was b, which was not asked"),
        (form(field(kind="choice", options=[*YES_NO, {"value": "oui", "label": W, "was": "si", "since": 2}])), "oui was si, which was not offered"),
        (form(version=0), "version"),
        (form(section=[{"field": [], "key": "own"}]), "length >= 1"),
        (form(section=[{"field": [field()], "folded": True}]), "folds a section that has no label"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_form_is_refused(table: dict[str, Any], says: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=says):
        read_forms(table)


def test_as_many_questions_may_show_as_the_style_sheet_knows() -> None:
    """Four by one answer and four by the core."""
    table = form(CHOICE, *shown(4, "c", "yes"), *shown(4, "mode", "phone", "b"))
    assert len(read_forms(table)[0].by_key) == 9


def test_blocks_and_own_sections_stand_in_the_order_that_the_file_says() -> None:
    block = read_block({"section": [{"field": [field("b")]}, {"field": [field("b_more")]}]})
    table = form(field("own_field"), blocks=["shared", "own"])
    table["section"].append({"key": "first", "field": [field("first_field")]})
    (_, last) = read_forms(table, {"shared": block})
    assert list(last.by_key) == ["first_field", "b", "b_more", "own_field"]


def test_a_block_may_begin_later_and_be_open_where_it_is_folded_elsewhere() -> None:
    block = read_block({"section": [{"label": W, "folded": True, "field": [field("b")]}]})
    table = form(field(), blocks=["own", {"name": "shared", "since": 2, "folded": False}])
    first, last = read_forms(table, {"shared": block})
    assert (list(first.by_key), list(last.by_key)) == (["a"], ["a", "b"])
    assert not last.sections[1].is_folded


def test_a_section_without_fields_in_a_version_is_not_there() -> None:
    first, last = read_forms(form(field(), section=[{"key": "s", "field": [field(since=2)]}]))
    assert (first.sections, len(last.sections)) == ((), 1)
