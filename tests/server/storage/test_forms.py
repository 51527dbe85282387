"""The forms in web/forms: all of them read, and a bad file stops the office before it starts."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import get_args

import pytest

from server.storage.forms import FOLDER, FormFileError, forms
from sync.records.note import ContactKind, Mode, SafetyFlag, Setting, Support

CORE = {
    "mode": get_args(Mode),
    "setting": get_args(Setting),
    "contact_kind": get_args(ContactKind),
    "support": get_args(Support),
    "flags": get_args(SafetyFlag),
}


def test_every_form_is_a_kind_of_contact_and_numbers_its_versions() -> None:
    known = forms()
    assert {form.name for form in known.values()} <= set(get_args(ContactKind))
    for form in known.values():
        assert all(f"{form.name}@{number}" in known for number in range(1, form.version + 1))


def test_what_shows_by_the_core_names_values_of_the_core() -> None:
    rules = [(form, field.show_when) for form in forms().values() for field in form.by_key.values() if field.show_when]
    for form, rule in rules:
        if form.field(rule.field) is None:
            assert set(rule.values) <= set(CORE[rule.field]), (form.ref, rule)


def test_what_a_draft_begins_with_is_of_the_core() -> None:
    for form in forms().values():
        sort, _, name = form.defaults.place.partition(":")
        assert not sort or name in CORE[sort], form.ref
        assert set(form.defaults.support) <= set(CORE["support"])


def test_the_first_version_of_the_routine_note_is_as_it_was_signed() -> None:
    """Notes of that version keep their meaning: its keys, their types and options never change."""
    asked = forms()["one_on_one@1"]
    assert [(field.key, field.type, "|".join(field.values)) for field in asked.by_key.values()] == [
        ("said", "prose", ""), ("did", "prose", ""), ("went", "prose", ""), ("next", "prose", ""),
        ("next_owner", "choice", "me|person|both|other"), ("next_on", "date", ""), ("safety_said", "prose", ""),
        ("safety_did", "prose", ""), ("safety_told", "text", ""),
        ("progress", "choice", "toward|holding|away|not_discussed"), ("present", "text", ""),
        ("shared", "choice", "yes|no"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("crisis", 'name = "crisis"\nversion = ', "Invalid value"),
        ("crisis", 'name = "outreach"\nversion = 1\nblocks = ["story"]\nasks = ["place"]', "named like its file"),
        ("crisis", 'name = "crisis"\nversion = 1\nblocks = ["story", "stroy"]', "no block or section stroy"),
        ("blocks/story", "[[section]]\n", "field"),
    ],
)
def test_a_bad_file_is_refused_by_its_path(tmp_path: Path, name: str, text: str, says: str) -> None:
    folder = shutil.copytree(FOLDER, tmp_path / "forms")
    (folder / f"{name}.toml").write_text(text)
    with pytest.raises(FormFileError, match=says) as refused:
        forms(folder)
    assert str(folder / f"{name}.toml") in str(refused.value)
