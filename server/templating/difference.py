"""Where a revision differs from the note it replaces, field by field, words for words.

Twin of web/pocket/pages/difference.ts: tests/server/templating/test_difference.py renders the same pairs through both,
and the bytes are compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Literal

import msgspec

from server.templating.answers_view import fact, plain
from server.templating.edits import edits
from server.templating.note_view import Names
from sync.forms import FormField, is_empty

Change = Literal["changed", "added", "removed"]
LABELS: Final = {
    "person": "loop.difference.person",
    "when": "note.field.when",
    "where": "note.field.where",
    "kind": "note.field.kind",
    "support": "note.field.support",
    "goals": "note.field.goals",
    "flags": "note.safety",
}


KINDS_OF_PAPER: Final = {"image/jpeg": "picture", "application/pdf": "document"}


class Value(msgspec.Struct, frozen=True):
    """A value as `fact` of answers_view has it, or a span of time (ms, with its zone)."""

    text: str = ""
    word: str = ""
    date: str = ""
    time: int | None = None
    start: int | None = None
    end: int | None = None
    zone: str = ""


class Side(msgspec.Struct, frozen=True):
    """One of the two notes: its fields as on the wire, and the name of the person it is about."""

    fields: Mapping[str, Any]
    person: str


def difference_view(old: Side, new: Side, names: Names) -> list[dict[str, Any]]:
    """Only what differs; empty where nothing does."""
    rows = [*_core_rows(old, new, names), *_answer_rows(old.fields, new.fields, names)]
    return [row for row in rows if any(piece["kind"] != "same" for piece in row["pieces"])]


def _core_rows(old: Side, new: Side, names: Names) -> Iterator[dict[str, Any]]:
    before, after = _core(old, names), _core(new, names)
    for key, label in LABELS.items():
        yield _row(label, _chosen(before[key], after[key]), is_words=False)
    yield _row("note.attachments", _papers(old.fields, new.fields), is_words=False)


def _papers(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Photos and scans are told apart by their bytes: two may have the same name, or none."""
    before, after = ({one["id"]: one for one in fields.get("attachments") or ()} for fields in (old, new))
    kept = [_piece("same" if id_ in after else "out", _paper(one)) for id_, one in before.items()]
    return [*kept, *(_piece("in", _paper(one)) for id_, one in after.items() if id_ not in before)]


def _paper(one: Mapping[str, Any]) -> Value:
    return Value(text=one["name"]) if one.get("name") else Value(word=f"note.attachment.{KINDS_OF_PAPER[one['media']]}")


def _core(side: Side, names: Names) -> dict[str, list[Value]]:
    fields = side.fields
    site, _ = names.sites.get(fields.get("site") or "", ("", True))
    return {
        "person": [Value(text=side.person)],
        "when": [Value(start=_minute(fields["started_at"]), end=_minute(fields["ended_at"]), zone=fields["zone"])],
        "where": [Value(text=site) if site else Value(word=f"note.setting.{fields['setting']}"),
                  Value(word=f"note.mode.{fields['mode']}")],
        "kind": [Value(word=f"note.kind.{fields['contact_kind']}")],
        "support": [Value(word=f"note.support.{one}") for one in fields.get("support", ())],
        "goals": [Value(text=names.goals[one]) if names.goals.get(one) else Value(word="note.goal_unknown")
                  for one in fields.get("goals", ())],
        "flags": [Value(word=f"note.flag.{one}") for one in fields.get("flags", ())],
    }  # fmt: skip


def _minute(at: int) -> int:
    """As far as a screen shows it: a form has no seconds, and a revision made in it would differ by them alone."""
    return at - at % 60_000


def _answer_rows(old: Mapping[str, Any], new: Mapping[str, Any], names: Names) -> Iterator[dict[str, Any]]:
    """In the order of the new note's form, then of the old one's; last what neither knows, by key."""
    forms = [form for form in (names.forms.get(new["form"]), names.forms.get(old["form"])) if form]
    fields: dict[str, FormField] = {}
    for form in forms:
        fields = {**fields, **{key: field for key, field in form.by_key.items() if key not in fields}}
    before, after = old.get("answers") or {}, new.get("answers") or {}
    for key in (*fields, *sorted({*before, *after} - fields.keys())):
        field = fields.get(key)
        if field is None or field.type in ("prose", "text"):
            row = _row("", _written(before.get(key), after.get(key)), is_words=True)
        else:
            values = [_values(field, answers.get(key), names.lang) for answers in (before, after)]
            row = _row("", _chosen(*values), is_words=False)
        yield {**row, "name": field.label.in_(names.lang) if field else key}


def _values(field: FormField, value: Any, lang: str) -> list[Value]:
    if is_empty(value):
        return []
    return [Value(**fact(field, one, lang)) for one in (value if isinstance(value, list) else [value])]


def _written(old: Any, new: Any) -> list[dict[str, Any]]:
    return [_piece(one.kind, Value(text=one.text)) for one in edits(plain(old), plain(new))]


def _chosen(old: Sequence[Value], new: Sequence[Value]) -> list[dict[str, Any]]:
    kept = [_piece("same" if one in new else "out", one) for one in old]
    return [*kept, *(_piece("in", one) for one in new if one not in old)]


def _piece(kind: str, value: Value) -> dict[str, Any]:
    return {"kind": kind, **msgspec.structs.asdict(value)}


def _row(label: str, pieces: list[dict[str, Any]], *, is_words: bool) -> dict[str, Any]:
    kinds = {piece["kind"] for piece in pieces}
    change: Change = "added" if kinds == {"in"} else "removed" if kinds == {"out"} else "changed"
    return {"label": label, "name": "", "is_words": is_words, "change": change, "pieces": pieces}
