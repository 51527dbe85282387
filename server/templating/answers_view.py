"""A note's answers in its form's order and words, for templates/shared/note.html. Twin of pages/answers_view.ts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from sync.forms import Form, FormField, is_empty

SAID: Final = "said"
MINUTE_MS: Final = 60_000


def answers_view(answers: Mapping[str, Any], form: Form | None, lang: str) -> dict[str, list[dict[str, Any]]]:
    """`safety` and `answers`: items in order, each either a text under its label or short facts that stand together.

    Answers that the form does not know come last, by key.
    """
    view: dict[str, list[dict[str, Any]]] = {"safety": [], "answers": []}
    for section in form.sections if form else ():
        items = view["safety" if section.tone == "safety" else "answers"]
        for field in section.fields:
            if not is_empty(answers.get(field.key)):
                _add(items, field, answers[field.key], lang)
    others = sorted(key for key in answers if form is None or form.field(key) is None)
    view["answers"] += [_item(key, plain(answers[key]), key == SAID) for key in others]
    return view


def plain(value: Any) -> str:
    """A value as text, whatever it is."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return ", ".join(item for item in value if isinstance(item, str)) if isinstance(value, list) else ""


def _add(items: list[dict[str, Any]], field: FormField, value: Any, lang: str) -> None:
    label = field.label.in_(lang)
    if field.type == "prose":
        items.append(_item(label, plain(value), field.key == SAID))
        return
    if not items or not items[-1]["facts"]:
        items.append(_item("", "", is_said=False))
    items[-1]["facts"].append({"label": label, **fact(field, value, lang)})


def _item(label: str, text: str, is_said: bool) -> dict[str, Any]:
    return {"label": label, "text": text, "is_said": is_said, "facts": []}


def fact(field: FormField, value: Any, lang: str) -> dict[str, Any]:
    """One answer in its form's words, or a key of the catalogue, a civil date, ms of the day; the others are empty."""
    nothing: dict[str, Any] = {"text": "", "word": "", "date": "", "time": None}
    if isinstance(value, bool):
        return {**nothing, "word": "note.yes" if value else "note.no"}
    if field.type == "date":
        return {**nothing, "date": plain(value)}
    if field.type == "time" and isinstance(value, str):
        hour, _, minute = value.partition(":")
        return {**nothing, "time": (int(hour) * 60 + int(minute)) * MINUTE_MS}
    if field.options:
        return {**nothing, "text": ", ".join(_options(field, value if isinstance(value, list) else [value], lang))}
    return {**nothing, "text": plain(value)}


def _options(field: FormField, values: list[Any], lang: str) -> Iterator[str]:
    labels = {option.value: option.label.in_(lang) for option in field.options}
    return (labels.get(value, plain(value)) for value in values)
