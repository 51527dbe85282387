"""A form file: all versions of one form in one table, and the checks that refuse a bad one before anybody sees it.

The format, with an example, is told in docs/forms.md. A version N has what says `since <= N <= until`. `blocks` puts
sections in order: names of the file's own sections and of shared block files (web/forms/blocks/); own sections that
it does not name come first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Annotated, Any, Final, Literal, TypeVar

import msgspec

from sync.forms import (
    Asked,
    Defaults,
    FieldType,
    Form,
    FormField,
    Key,
    Minutes,
    Option,
    Section,
    ShowWhen,
    Value,
    Words,
)

LAST: Final = 9999
CORE_REQUIRED: Final = frozenset({"support", "goals", "flags", "site"})
CORE_SHOWS: Final = frozenset({"mode", "setting", "contact_kind", "support", "flags"})
SCALE_STEPS: Final = 11
MOST_SHOWN: Final = 4
"""Questions that one answer can make show, and that the core can: phone-form.css has a rule for each."""

Version = Annotated[int, msgspec.Meta(ge=1, le=LAST)]


class OptionTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An option of some versions."""

    value: Value
    label: Words
    was: str = ""
    since: Version = 1
    until: Version = LAST


class FieldTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A field of some versions."""

    key: Key
    type: FieldType
    label: Words
    hint: Words | None = None
    options: tuple[OptionTable, ...] = ()
    show_when: ShowWhen | None = None
    least: int | None = None
    most: int | None = None
    ahead: bool = False
    was: str = ""
    since: Version = 1
    until: Version = LAST


class SectionTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"fields": "field"}):
    """A section of some versions."""

    fields: Annotated[tuple[FieldTable, ...], msgspec.Meta(min_length=1)]
    key: str = ""
    label: Words | None = None
    hint: Words | None = None
    folded: bool = False
    tone: Literal["", "safety"] = ""
    since: Version = 1
    until: Version = LAST


class BlockTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"sections": "section"}):
    """A block file: sections that several forms share."""

    sections: Annotated[tuple[SectionTable, ...], msgspec.Meta(min_length=1)]


class PartTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A block or own section in its place. `folded`: instead of what the block says itself."""

    name: Key
    folded: bool | None = None
    since: Version = 1
    until: Version = LAST


class FormTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"sections": "section"}):
    """A form file as written."""

    name: Key
    version: Version
    about: Words | None = None
    sections: tuple[SectionTable, ...] = ()
    blocks: tuple[Key | PartTable, ...] = ()
    asks: tuple[Asked, ...] = ("place", "when", "support", "goals", "flags")
    lengths: Annotated[tuple[Minutes, ...], msgspec.Meta(min_length=1, max_length=6)] = (15, 30, 45, 60)
    defaults: Defaults = Defaults()
    required_at_sign: tuple[Key, ...] = ()
    single: bool = True
    withdrawn: bool = False


def read_block(table: Mapping[str, Any]) -> BlockTable:
    """A block from its decoded TOML. Raises msgspec.ValidationError for a file that is none."""
    return msgspec.convert(table, BlockTable)


def read_forms(table: Mapping[str, Any], blocks: Mapping[str, BlockTable] | None = None) -> list[Form]:
    """Every version of a form, oldest first. Raises msgspec.ValidationError, with the place, for what is no form."""
    file = msgspec.convert(table, FormTable)
    parts = [*_parts(file, blocks or {})]
    for since, until, what in _spans(parts):
        if not since <= min(until, file.version):
            raise msgspec.ValidationError(f"form {file.name}: {what} is of no version up to {file.version}")
    forms = [_version(file, parts, number) for number in range(1, file.version + 1)]
    ever: dict[str, set[str | bool]] = {}
    for form in forms:
        for field in form.by_key.values():
            ever.setdefault(field.key, set()).update((True, False) if field.type == "yes_no" else field.values)
    for key in file.required_at_sign:
        if key not in CORE_REQUIRED and key not in ever:
            raise msgspec.ValidationError(f"form {file.name} requires {key}, which nothing in it asks")
    for earlier, form in zip([None, *forms], forms, strict=False):
        _check(form, earlier, ever)
    return forms


def _parts(file: FormTable, blocks: Mapping[str, BlockTable]) -> Iterator[tuple[PartTable, SectionTable]]:
    """Sections in the form's order, each with its place."""
    own = {section.key: section for section in file.sections}
    named = [part if isinstance(part, PartTable) else PartTable(part) for part in file.blocks]
    listed = {part.name for part in named}
    yield from ((PartTable("own"), section) for section in file.sections if section.key not in listed)
    for part in named:
        if part.name in own:
            yield part, own[part.name]
        elif part.name in blocks:
            yield from ((part, section) for section in blocks[part.name].sections)
        else:
            raise msgspec.ValidationError(f"form {file.name}: no block or section {part.name}")


def _spans(parts: Iterable[tuple[PartTable, SectionTable]]) -> Iterator[tuple[int, int, str]]:
    """Every `since` and `until` of a file, and whose they are."""
    for part, section in parts:
        yield part.since, part.until, f"block {part.name}"
        yield section.since, section.until, f"section {section.key}"
        for field in section.fields:
            yield field.since, field.until, f"field {field.key}"
            for option in field.options:
                yield option.since, option.until, f"option {option.value} of {field.key}"


def _version(file: FormTable, parts: Sequence[tuple[PartTable, SectionTable]], number: int) -> Form:
    required = frozenset(file.required_at_sign)
    sections = (
        Section(
            fields=tuple(_field(field, required, number) for field in _of(section.fields, number)),
            key=section.key,
            label=section.label,
            hint=section.hint,
            is_folded=section.folded if part.folded is None else part.folded,
            tone=section.tone,
        )
        for part, section in parts
        if part.since <= number <= part.until and section.since <= number <= section.until
    )
    return Form(
        name=file.name,
        version=number,
        sections=tuple(section for section in sections if section.fields),
        about=file.about,
        asks=file.asks,
        lengths=file.lengths,
        defaults=file.defaults,
        required_at_sign=tuple(key for key in file.required_at_sign if key in CORE_REQUIRED),
        is_single=file.single,
        is_withdrawn=file.withdrawn,
    )


def _field(field: FieldTable, required: frozenset[str], number: int) -> FormField:
    return FormField(
        key=field.key,
        type=field.type,
        label=field.label,
        hint=field.hint,
        options=tuple(
            Option(option.value, option.label, option.was if option.since == number else "")
            for option in _of(field.options, number)
        ),
        required_at_sign=field.key in required,
        show_when=field.show_when,
        least=field.least,
        most=field.most,
        ahead=field.ahead,
        was=field.was if field.since == number else "",
    )


_Table = TypeVar("_Table", FieldTable, OptionTable)


def _of(tables: Iterable[_Table], number: int) -> Iterator[_Table]:
    return (table for table in tables if table.since <= number <= table.until)


def _check(form: Form, earlier: Form | None, ever: Mapping[str, set[str | bool]]) -> None:
    keys = [field.key for section in form.sections for field in section.fields]
    _ask(len(set(keys)) == len(keys), form, "asks one key twice")
    is_safe = any(section.tone == "safety" for section in form.sections)
    _ask("flags" not in form.asks or is_safe, form, "asks flags but has no section with the tone safety")
    _ask(form.defaults.minutes in form.lengths, form, "begins with a length that it does not offer")
    for section in form.sections:
        _ask(section.label is not None or not section.is_folded, form, "folds a section that has no label")
        for field in section.fields:
            _check_field(form, field)
            if field.show_when:
                _check_rule(form, field, field.show_when, ever.get(field.show_when.field, set()))
            _check_was(form, field, earlier)
    _check_shown(form)


def _check_shown(form: Form) -> None:
    fields = [field for section in form.sections for field in section.fields]
    rules = [field.show_when for field in fields if field.show_when]
    shown = Counter(rule.field if form.field(rule.field) else "the core" for rule in rules)
    for by, count in shown.items():
        _ask(count <= MOST_SHOWN, form, f"shows {count} questions by {by}; the most is {MOST_SHOWN}")


def _check_field(form: Form, field: FormField) -> None:
    where = f"asks {field.key}"
    offers = field.type in ("choice", "choices")
    _ask(bool(field.options) == offers, form, f"{where}: it needs options exactly if it offers a choice")
    _ask(len(set(field.values)) == len(field.values), form, f"{where} and offers one value twice")
    has_bounds = field.least is not None or field.most is not None
    _ask(field.type in ("number", "scale") or not has_bounds, form, f"{where}: only a number or scale has bounds")
    if field.least is not None and field.most is not None:
        _ask(field.least < field.most, form, f"{where}: least is not below most")
    _ask(field.type == "date" or not field.ahead, form, f"{where}: only a date lies ahead")
    if field.type == "scale":
        steps = -1 if field.least is None or field.most is None else field.most - field.least
        _ask(0 < steps < SCALE_STEPS, form, f"{where}: a scale goes from least to most in at most {SCALE_STEPS} steps")


def _check_rule(form: Form, field: FormField, rule: ShowWhen, ever: AbstractSet[str | bool]) -> None:
    """What decides must be a choice that stands before, in the same section, and shows always.

    `ever`: values it has in any version; a rule may name those that were renamed or come later.
    """
    where = f"shows {field.key} by {rule.field}"
    deciding = form.field(rule.field)
    if deciding is None:
        _ask(rule.field in CORE_SHOWS, form, f"{where}, which is neither an answer nor of the core")
        return
    home = next(section.fields for section in form.sections if field in section.fields)
    _ask(deciding in home[: home.index(field)], form, f"{where}, which does not stand before it in its section")
    _ask(deciding.show_when is None, form, f"{where}, which itself shows only sometimes")
    _ask(bool(rule.values), form, f"{where} but names no value")
    _ask(all(one in ever for one in rule.values), form, f"{where} with a value that it cannot have")


def _check_was(form: Form, field: FormField, earlier: Form | None) -> None:
    before = earlier.field(field.was or field.key) if earlier else None
    _ask(not field.was or before is not None, form, f"says that {field.key} was {field.was}, which was not asked")
    for option in field.options:
        is_known = before is not None and option.was in before.values
        _ask(not option.was or is_known, form, f"says that {option.value} was {option.was}, which was not offered")


def _ask(is_well: bool, form: Form, what: str) -> None:
    if not is_well:
        raise msgspec.ValidationError(f"form {form.ref} {what}")
