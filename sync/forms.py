"""A form: what a note's `answers` are called, of which kind they are, when they are asked and when they are due.

A form file (TOML in web/forms/) is data for two interpreters, this one and web/pocket/forms.ts; both answer the
cases in tests/vectors/forms.json alike.

    name = "contact"                  # with `version` the form's reference: contact@1
    version = 1
    required_at_sign = ["support"]    # fields of the note's fixed core that should not be empty at signing

    [[field]]
    key = "did"                       # lower-case letters and underscores
    type = "prose"                    # prose text: str; choice: one of options; choices: list of options;
                                      # date: YYYY-MM-DD; yes_no: true or false
    label = "form.did.label"          # keys of the catalogue
    hint = "form.did.hint"
    options = ["a", "b"]              # choice and choices only
    required_at_sign = true
    show_when = { field = "mode", is = ["phone", "video"] }

`show_when.field` names an answer of the form or else a field of the core; the field shows when that value is in
`is`, or, for a list, shares a member with it. A field that does not show is never missing.
Missing answers warn at signing, they never refuse.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Annotated, Any, Final, Literal

import msgspec

from sync.rules import MergePolicy

FieldType = Literal["prose", "text", "choice", "choices", "date", "yes_no"]
Key = Annotated[str, msgspec.Meta(pattern=r"^[a-z_]{1,40}$")]
TEXT_LIMIT_CHARS: Final = 400

_is_date: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII).fullmatch
_DAYS: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class ShowWhen(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"values": "is"}):
    """The answer or core field that decides, and the values that make the field show."""

    field: Key
    values: list[str | bool]


class FormField(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One answer."""

    key: Key
    type: FieldType
    label: str
    hint: str = ""
    options: tuple[str, ...] = ()
    required_at_sign: bool = False
    show_when: ShowWhen | None = None


class Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"fields": "field"}, dict=True):
    """A form file as read; see the head of this module."""

    name: Key
    version: Annotated[int, msgspec.Meta(ge=1, le=9999)]
    fields: tuple[FormField, ...]
    required_at_sign: tuple[Key, ...] = ()

    @property
    def ref(self) -> str:
        """`name@version`, as a note's field `form` names it."""
        return f"{self.name}@{self.version}"

    @cached_property
    def by_key(self) -> Mapping[str, FormField]:
        """Fields by key."""
        return {field.key: field for field in self.fields}

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


def read_form(table: Mapping[str, Any]) -> Form:
    """A form from its decoded TOML. Raises msgspec.ValidationError for a file that is no form."""
    form = msgspec.convert(table, Form)
    keys = [field.key for field in form.fields]
    if len(set(keys)) != len(keys):
        raise msgspec.ValidationError(f"form {form.ref} asks one key twice")
    for field in form.fields:
        if bool(field.options) != (field.type in ("choice", "choices")):
            raise msgspec.ValidationError(f"form {form.ref}: {field.key} needs options exactly if it offers a choice")
    return form


def missing(form: Form, fields: Mapping[str, Any]) -> list[Problem]:
    """What the organisation's rules still ask of a note's fields before signing, in the form's order, core first."""
    answers = fields.get("answers") or {}
    core = [Problem(key, "MISSING") for key in form.required_at_sign if is_empty(fields.get(key))]
    return core + [
        Problem(f"answers.{field.key}", "MISSING")
        for field in shown(form, fields)
        if field.required_at_sign and is_empty(answers.get(field.key))
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
    for field in form.fields:
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
        case "prose":
            return isinstance(value, str)
        case "text":
            return isinstance(value, str) and len(value) <= TEXT_LIMIT_CHARS
        case "choice":
            return value == "" or value in field.options
        case "choices":
            return isinstance(value, list) and all(item in field.options for item in value)
        case "yes_no":
            return isinstance(value, bool)
        case "date":
            return isinstance(value, str) and (value == "" or _is_day(value))


def _is_day(text: str) -> bool:
    found = _is_date(text)
    if not found:
        return False
    year, month, day = (int(part) for part in found.groups())
    if not 1 <= month <= 12 or not 1 <= day <= _DAYS[month - 1]:
        return False
    return (month, day) != (2, 29) or (year % 4 == 0 and (year % 100 != 0 or year % 400 == 0))
