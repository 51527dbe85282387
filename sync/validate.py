"""What the office refuses in its own right, whatever the phone let through; each with the path of the field.

Never by the office's clock: a contact may lie at most ten minutes after the capturing device's own wall clock.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Final

import msgspec

from sync.forms import Form, invalid
from sync.ids import DIRECTORY_BUCKET, ORG_BUCKET, participant_bucket, specialist_bucket
from sync.records.kind import RecordKind
from sync.records.note import LONGEST_CONTACT_MS, PROSE_LIMIT_CHARS, NoteFields
from sync.records.session import SessionFields
from sync.records.work_time import WorkTimeFields
from sync.refusal import Refused

FUTURE_START_MS: Final = 10 * 60 * 1000
ANY_START: Final = 2**53
"""For changes that do not set a note's start: it was judged by the clock of the device that set it."""

_has_control: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]").search
_may_hide_escaped: Final = re.compile(rb"\\[ubfr]").search
_may_hide_c1: Final = re.compile(b"\xc2[\x80-\x9f]").search
_place: Final = re.compile(r"at `(?:key` in `)?\$\.?([a-z_]+)?").search
_named: Final = re.compile(r"field `([^`]{1,60})`$").search


class AddendumFields(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`set` of an addendum."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=PROSE_LIMIT_CHARS)]
    reason: Annotated[str, msgspec.Meta(max_length=200)] = ""


class ReturnFields(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`set` of a return. `passage`: words that stand in the answer at `field`, letter for letter."""

    comment: Annotated[str, msgspec.Meta(min_length=1, max_length=4000)]
    passage: Annotated[str, msgspec.Meta(max_length=2000)] = ""
    field: Annotated[str, msgspec.Meta(max_length=60)] = ""


def check_fields(kind: RecordKind, values: Mapping[str, Any], forms: Mapping[str, Form], latest_start: int) -> Any:
    """The kind's own Struct of these values. `latest_start`: ms a note may start at. Raises Refused."""
    fields = check_struct(values, kind.fields)
    if type(fields) is NoteFields:
        _check_note(fields, values, forms, latest_start)
    elif isinstance(fields, SessionFields | WorkTimeFields):
        _check_span(fields, latest_start)
    return fields


def check_struct(values: Mapping[str, Any], struct: type[msgspec.Struct]) -> Any:
    """Convert, or refuse with the path of the first value that does not fit."""
    try:
        return msgspec.convert(values, struct)
    except msgspec.ValidationError as error:
        raise Refused("INVALID_FIELD", _path(str(error), values, struct)) from None
    except UnicodeEncodeError:
        check_text(values)
        raise


def check_raw_text(raw: bytes, values: Mapping[str, Any]) -> None:
    """Refuse control characters and lone surrogates; looks into the values only if the bytes could hold any."""
    if _may_hide_escaped(raw) or b"\x7f" in raw or (not raw.isascii() and _may_hide_c1(raw)):
        check_text(values)


def check_text(value: Any, path: str = "") -> None:
    """Refuse control characters (but newline and tab) and lone surrogates anywhere within, with the field's path."""
    if isinstance(value, str):
        if _has_control(value):
            raise Refused("INVALID_FIELD", path)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if _has_control(key):
                raise Refused("INVALID_FIELD", path)
            check_text(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for inner in value:
            check_text(inner, path)


def home_bucket(kind: RecordKind, doc: str, fields: Any, author: str) -> str:
    """The one bucket where a record of this kind and content lives."""
    match kind.bucket:
        case "participant":
            return participant_bucket(getattr(fields, "participant", doc))
        case "author":
            return specialist_bucket(author)
        case "subject":
            return specialist_bucket(fields.specialist)
        case "directory":
            return DIRECTORY_BUCKET
        case _:
            return ORG_BUCKET


def _check_note(note: NoteFields, values: Mapping[str, Any], forms: Mapping[str, Form], latest_start: int) -> None:
    _check_span(note, latest_start)
    form = forms.get(note.form)
    if not note.answers:
        return
    if form is None:
        strange = next((key for key in note.answers if not _is_answer_key(key)), None)
        if strange is not None:
            raise Refused("INVALID_FIELD", f"answers.{strange}")
    elif problems := invalid(form, values["answers"]):
        raise Refused("INVALID_FIELD", problems[0].field)


def _check_span(timed: NoteFields | SessionFields | WorkTimeFields, latest_start: int) -> None:
    if not 0 < timed.ended_at - timed.started_at <= LONGEST_CONTACT_MS:
        raise Refused("INVALID_FIELD", "ended_at")
    if timed.started_at > latest_start:
        raise Refused("INVALID_FIELD", "started_at")


_is_answer_key: Final = re.compile(r"[a-z_]{1,40}").fullmatch


def _path(message: str, values: Mapping[str, Any], struct: type[msgspec.Struct]) -> str | None:
    """Field that a msgspec message is about. It does not name the key within a map, so answers are tried one by one."""
    place = _place(message)
    if place is None or place[1] is None:
        named = _named(message)
        return named[1] if named else None
    field = place[1]
    answers = values.get(field)
    if isinstance(answers, dict):
        for key, value in answers.items():
            try:
                msgspec.convert({**values, field: {key: value}}, struct)
            except msgspec.ValidationError as error:
                if f"$.{field}" in str(error):
                    return f"{field}.{key}"
    return field
