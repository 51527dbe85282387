"""What a note of one kind of contact answers beyond the story: drawn from its form, so that a new field is told too."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any, Final

from server.demo.phrases import Speaker
from server.storage.forms import forms
from sync.forms import Form, FormField, shown

ROUTINE: Final = "one_on_one"
TOLD_SHARE: Final = 0.55
YES_SHARE: Final = 0.6
_TOLD_AS_ROUTINE: Final = frozenset({"drop_in"})
# The story in the words of forms that ask it otherwise: their question, and the part of the story that answers it.
_RETOLD: Final[Mapping[str, Mapping[str, str]]] = {"crisis": {"crisis_what": "did", "crisis_coping": "went"}}
# Said by the story, or by nobody.
_LEFT: Final = frozenset({
    "said", "did", "went", "next", "next_owner", "next_on", "progress", "shared", "safety_said", "safety_did",
    "safety_told", "person_view", "person_words", "ended_why",
})  # fmt: skip
# Answers that go with a story in which somebody was met and helped.
_FITTING: Final[Mapping[str, tuple[Any, ...]]] = {
    "call_outcome": ("settled", "linked", "call_back"),
    "collateral_consent": ("on_file", "on_file", "present"),
    "crisis_handed_to": ("crisis_team", "colleague", "close_person"),
    "crisis_notified": (["supervisor"], ["supervisor", "line_988"], ["supervisor", "close_person"]),
    "ed_agreed": (True, True, False),
    "follow_reached": (True,),
    "transport_only": (False,),
}


def form_of(kind: str) -> Form:
    """The newest form of that kind; for a check-in told as a story, the routine one as it once was for all kinds."""
    if kind in _TOLD_AS_ROUTINE:
        return forms()[f"{ROUTINE}@1"]
    return max((form for form in forms().values() if form.name == kind), key=lambda form: form.version)


def answers_of(form: Form, told: Mapping[str, Any], about: Speaker, chance: Random) -> dict[str, Any]:
    """The story's answers that the form asks, and something for the rest of its questions."""
    answers = {key: value for key, value in told.items() if form.field(key)}
    answers |= {key: told[part] for key, part in _RETOLD.get(form.name, {}).items()}
    for field in form.by_key.values():
        is_told = field.required_at_sign or chance.random() < TOLD_SHARE
        if field.key in answers or field.key in _LEFT or not is_told:
            continue
        value = _drawn(field, about, chance)
        if value is not None:
            answers[field.key] = value
    visible = {field.key for field in shown(form, {"answers": answers})}
    return {key: value for key, value in answers.items() if key in visible}


def _drawn(field: FormField, about: Speaker, chance: Random) -> Any:
    """None for what nobody would say."""
    if field.key in _FITTING:
        return chance.choice(_FITTING[field.key])
    if field.options:
        some = chance.sample(field.values, 1 + int(chance.random() * 2) if field.type == "choices" else 1)
        return [value for value in field.values if value in some] if field.type == "choices" else some[0]
    if field.type == "yes_no":
        return chance.random() < YES_SHARE
    if field.type == "number":
        return (field.least or 0) + int(chance.random() * 12)
    words = about.spoken.form_words.get(field.key)
    return about.sentence(words) if words else None
