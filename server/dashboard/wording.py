"""Fields and values of records in words, for pages that lay two versions or a whole change side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final, get_args

from server.dashboard.scene import Scene
from server.storage.forms import forms
from server.templating.filters import Filters
from sync.forms import FormField
from sync.records.note import ContactKind, Mode, SafetyFlag, Setting, Support

FIELDS: Final = frozenset({
    "about", "code", "contact", "contact_kind", "ended_at", "flags", "follow_up_on", "goals", "is_message_safe",
    "language", "mode", "name", "participant", "pronouns", "reason", "setting", "site", "started_at", "status",
    "support", "text", "zone",
})  # fmt: skip
PERSON: Final[Mapping[str, str]] = {
    "vision": "plan.vision", "strengths": "plan.strengths", "supports": "plan.supports", "review_on": "plan.review_on",
    "preferred": "person.preferred", "emergency": "person.emergency", "programs": "person.programs",
    "part2": "person.part2", "is_alias": "person.is_alias",
}  # fmt: skip
WORDED: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "contact_kind": ("note.kind.", get_args(ContactKind)),
    "setting": ("note.setting.", get_args(Setting)),
    "mode": ("note.mode.", get_args(Mode)),
    "support": ("note.support.", get_args(Support)),
    "flags": ("note.flag.", get_args(SafetyFlag)),
    "status": ("dashboard.value.status.", ("active", "closed")),
    "language": ("administration.language.", ("en", "es")),
    "is_message_safe": ("dashboard.value.message.", ("yes", "no", "ask")),
}


def field_name(scene: Scene, field: str, form: str = "") -> str:
    """A field's name in words; a field that nobody has words for is named as it is.

    `form`: of the note, as `name@version`; its own label counts, where forms ask for different things under one key.
    """
    name = field.removeprefix("answers.")
    asked = answer_field(name, form) if field != name else None
    if asked:
        return asked.label.in_(scene.words.lang)
    if name in PERSON:
        return scene.text(PERSON[name])
    return scene.text(f"dashboard.field.{name}") if name in FIELDS else name


def value_words(scene: Scene, field: str, value: Any, zone: str = "", form: str = "") -> str:
    """A value as a reader understands it; '' for nothing. `zone`: of the record, for its times; `form`: of the note."""
    name = field.removeprefix("answers.")
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, list):
        return "\n".join(filter(None, (value_words(scene, field, _inner(one), zone, form) for one in value)))
    if isinstance(value, bool):
        return scene.text("note.yes" if value else "note.no")
    if name in _LOOKED_UP:
        return _LOOKED_UP[name](scene, value, zone)
    return _chosen(scene, name, value, form) if isinstance(value, str) else str(value)


def _chosen(scene: Scene, name: str, value: str, form: str) -> str:
    """A value of an enumeration or of a form's option by its label; anything else as it is."""
    if name in WORDED:
        start, known = WORDED[name]
        return scene.text(start + value) if value in known else value
    asked = answer_field(name, form)
    options = asked.options if asked else ()
    return next((one.label.in_(scene.words.lang) for one in options if one.value == value), value)


@cache
def _answer_fields() -> dict[str, FormField]:
    return {field.key: field for form in forms().values() for field in form.by_key.values()}


def answer_field(key: str, form: str = "") -> FormField | None:
    """An answer's field, as its form has it; where the form is not known, as the newest of the last by name has it."""
    known = forms().get(form)
    return (known.field(key) if known else None) or _answer_fields().get(key)


def _inner(value: Any) -> Any:
    """A goal is told by its words and its steps, a program by its name."""
    if not isinstance(value, Mapping):
        return value
    steps = [f"– {step['text']}" for step in value.get("steps", ())]
    return "\n".join([value.get("words") or value.get("name") or str(value), *steps])


def _time(scene: Scene, value: Any, zone: str) -> str:
    say = Filters(scene.words)
    at, where = value if isinstance(value, int) else None, zone or scene.zone
    return f"{say.full_date(at, where)}, {say.clock(at, where)}" if at is not None else str(value)


def _date(scene: Scene, value: Any, _: str) -> str:
    return Filters(scene.words).full_date(value) if isinstance(value, str) else str(value)


_LOOKED_UP: Final[Mapping[str, Callable[[Scene, Any, str], str]]] = {
    "started_at": _time,
    "ended_at": _time,
    "follow_up_on": _date,
    "next_on": _date,
    "site": lambda scene, value, _: scene.site_name(value) or "–",
    "participant": lambda scene, value, _: scene.person_name(value),
}
