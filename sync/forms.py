"""A form: what a note's `answers` are called, of which kind they are, when they are asked and when they are due.

A form file (TOML in web/forms/, `sync.form_file`) holds all versions of one form; what stands here is one of them,
as two interpreters read it, this one and web/pocket/forms.ts. Both answer the cases in tests/vectors/forms.json alike.

A field's type, and its answer: prose, text: str; choice: one of the options; choices: list of options; date:
YYYY-MM-DD; time: HH:MM; number, scale: int from `least` to `most`; yes_no: true or false.

`show_when.field` names an answer of the form or else a field of the note's core; the field shows when that value is
in `is`, or, for a list, shares a member with it. A field that does not show is never missing.
Missing answers warn at signing, they never refuse.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Annotated, Any, Final, Literal

import msgspec

from sync.rules import MergePolicy

FieldType = Literal["prose", "text", "choice", "choices", "date", "time", "number", "scale", "yes_no"]
Asked = Literal["place", "when", "support", "goals", "flags"]
"""A control of the note's fixed core that a form may ask."""
Key = Annotated[str, msgspec.Meta(pattern=r"^[a-z_]{1,40}$")]
Value = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9_]{1,40}$")]
Said = Annotated[str, msgspec.Meta(min_length=1, max_length=300, pattern=r"^\S")]
Minutes = Annotated[int, msgspec.Meta(ge=1, le=960)]
TEXT_LIMIT_CHARS: Final = 400

_is_date: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII).fullmatch
_is_time: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII).fullmatch
_DAYS: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One text in both languages."""

    en: Said
    es: Said

    def in_(self, lang: str) -> str:
        """The text in that language."""
        return self.es if lang == "es" else self.en


class ShowWhen(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"values": "is"}):
    """The answer or core field that decides, and the values that make the field show."""

    field: Key
    values: list[str | bool]


class Option(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One answer to choose. `was`: its value in the version before, where it was renamed."""

    value: Value
    label: Words
    was: str = ""


class FormField(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, dict=True):
    """One answer. `least`, `most`: bounds of a number or scale. `ahead`: a date to come, offered as "in a week".

    `was`: its key in the version before, where it was renamed.
    """

    key: Key
    type: FieldType
    label: Words
    hint: Words | None = None
    options: tuple[Option, ...] = ()
    required_at_sign: bool = False
    show_when: ShowWhen | None = None
    least: int | None = None
    most: int | None = None
    ahead: bool = False
    was: str = ""

    @cached_property
    def values(self) -> tuple[str, ...]:
        """Values of the options."""
        return tuple(option.value for option in self.options)


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, rename={"fields": "field"}):
    """Fields that stand together. `is_folded`: behind one touch. `tone` safety: with the flags and numbers to call."""

    fields: tuple[FormField, ...]
    key: str = ""
    label: Words | None = None
    hint: Words | None = None
    is_folded: bool = False
    tone: Literal["", "safety"] = ""


class Defaults(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a fresh draft begins with, where nothing better is known. `place`: as in drafts, such as `mode:phone`."""

    minutes: Minutes = 30
    place: str = ""
    support: tuple[str, ...] = ()


class Form(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    rename={"sections": "section"},
    dict=True,
):
    """One version of a form. `required_at_sign`: fields of the core; answers say so themselves.

    `lengths`: minutes offered as one touch. `is_single`: a note about one person may be of this kind.
    `is_withdrawn`: no new draft begins with it; drafts and notes that have it go on.
    """

    name: Key
    version: Annotated[int, msgspec.Meta(ge=1, le=9999)]
    sections: tuple[Section, ...]
    about: Words | None = None
    asks: tuple[Asked, ...] = ("place", "when", "support", "goals", "flags")
    lengths: tuple[Minutes, ...] = (15, 30, 45, 60)
    defaults: Defaults = Defaults()
    required_at_sign: tuple[Key, ...] = ()
    is_single: bool = True
    is_withdrawn: bool = False

    @property
    def ref(self) -> str:
        """`name@version`, as a note's field `form` names it."""
        return f"{self.name}@{self.version}"

    @cached_property
    def by_key(self) -> Mapping[str, FormField]:
        """Fields by key, in the form's order."""
        return {field.key: field for section in self.sections for field in section.fields}

    def field(self, key: str) -> FormField | None:
        """The field of that key."""
        return self.by_key.get(key)

    def policy(self, key: str) -> MergePolicy:
        """Merge policy of an answer: chosen things take the latest, written things never merge."""
        field = self.field(key)
        return MergePolicy.PROSE if field is None or field.type in ("prose", "text") else MergePolicy.LATEST


class Problem(msgspec.Struct, frozen=True):
    """`field`: a core field or `answers.<key>`; `code`: MISSING, UNKNOWN (no such field), or INVALID (type, option)."""

    field: str
    code: Literal["MISSING", "UNKNOWN", "INVALID"]


def missing(form: Form, fields: Mapping[str, Any], also: Sequence[str] = ()) -> list[Problem]:
    """What is still asked of a note's fields before signing: core first, then answers, both in the form's order.

    `also`: what the organisation asks beyond the form, a core field or `answers.<key>`; of what the form does not ask
    or show, nothing is missing.
    """
    answers = fields.get("answers") or {}
    core = [*form.required_at_sign, *(key for key in also if key in form.asks and key not in form.required_at_sign)]
    return [Problem(key, "MISSING") for key in core if is_empty(fields.get(key))] + [
        Problem(f"answers.{field.key}", "MISSING")
        for field in shown(form, fields)
        if (field.required_at_sign or f"answers.{field.key}" in also) and is_empty(answers.get(field.key))
    ]


def invalid(form: Form, answers: Mapping[str, Any]) -> list[Problem]:
    """Answers that the form does not know, or whose value is not of the field's type; in the answers' order."""
    by_key = form.by_key
    return [
        Problem(f"answers.{key}", "INVALID" if key in by_key else "UNKNOWN")
        for key, value in answers.items()
        if key not in by_key or not _fits(by_key[key], value)
    ]


def shown(form: Form, fields: Mapping[str, Any]) -> Iterator[FormField]:
    """Fields that these values make visible."""
    answers = fields.get("answers") or {}
    for field in form.by_key.values():
        rule = field.show_when
        if rule is None:
            yield field
            continue
        value = answers.get(rule.field) if form.field(rule.field) else fields.get(rule.field)
        values = value if isinstance(value, list) else [value]
        if any(_is_same(item, wanted) for item in values for wanted in rule.values):
            yield field


def is_empty(value: Any) -> bool:
    """No answer: absent, blank text, or an empty list. False and 0 are answers."""
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def _is_same(a: Any, b: Any) -> bool:
    return type(a) is type(b) and bool(a == b)


def _fits(field: FormField, value: Any) -> bool:
    match field.type:
        case "prose":  # first, because most answers are
            return isinstance(value, str)
        case "choices":
            return isinstance(value, list) and all(item in field.values for item in value)
        case "yes_no":
            return isinstance(value, bool)
        case "number" | "scale":
            return _is_within(value, field)
        case _:
            return isinstance(value, str) and _is_written(value, field)


def _is_written(text: str, field: FormField) -> bool:
    match field.type:
        case "text":
            return len(text) <= TEXT_LIMIT_CHARS
        case "choice":
            return text == "" or text in field.values
        case "date":
            return text == "" or _is_day(text)
        case "time":
            return text == "" or _is_time(text) is not None
        case _:
            return True


def _is_within(value: Any, field: FormField) -> bool:
    if type(value) is not int:
        return False
    return (field.least is None or value >= field.least) and (field.most is None or value <= field.most)


def _is_day(text: str) -> bool:
    found = _is_date(text)
    if not found:
        return False
    year, month, day = (int(part) for part in found.groups())
    if not 1 <= month <= 12 or not 1 <= day <= _DAYS[month - 1]:
        return False
    return (month, day) != (2, 29) or (year % 4 == 0 and (year % 100 != 0 or year % 400 == 0))
