"""web/schedules.toml and the form of own time are data: what is wrong with them stops the build, not a phone."""

from __future__ import annotations

from typing import get_args

import msgspec
import pytest

from server.storage.forms import forms
from server.templating.catalogue import catalogue
from sync.records.note import ContactKind
from sync.records.work_time import Activity
from web.build.schedules import FILE, read

WHOLE = '[[schedule]]\nname = "release"\nkinds = ["reentry"]\ndays = [0, 1, 3]\nkeep_days = 10\n'


def test_the_days_of_release_and_of_an_emergency_visit() -> None:
    known = {schedule.name: schedule for schedule in read(FILE.read_text("utf-8"))}
    assert known["release"].days == [0, 1, 3, 7, 14]
    assert known["emergency_visit"].days == [30, 60, 90]


def test_each_schedule_has_words_and_an_answer_that_its_forms_ask() -> None:
    newest = {form.name: form for form in forms().values()}
    for schedule in read(FILE.read_text("utf-8")):
        assert catalogue("es").text(f"many.event.{schedule.name}", n=1)
        assert set(schedule.kinds) <= set(get_args(ContactKind))
        for kind in schedule.kinds:
            asked = [field for key in schedule.answers if (field := newest[kind].field(key))]
            assert not schedule.answers or [field.type for field in asked] == ["date"], kind


@pytest.mark.parametrize(
    "wrong",
    [
        WHOLE.replace("[0, 1, 3]", "[]"),
        WHOLE.replace("[0, 1, 3]", "[3, 1]"),
        WHOLE.replace("[0, 1, 3]", "[1, 1]"),
        WHOLE.replace('"reentry"', '"release"'),
        WHOLE.replace("keep_days = 10", "keep_days = -1"),
        WHOLE + 'colour = "red"\n',
    ],
)
def test_a_wrong_schedule_is_refused(wrong: str) -> None:
    assert read(WHOLE)
    with pytest.raises(msgspec.ValidationError):
        read(wrong)


def test_the_form_of_own_time_offers_what_the_record_may_hold() -> None:
    form = [form for form in forms().values() if form.name == "own_time"][-1]
    field = form.field("activity")
    assert field is not None
    assert [option.value for option in field.options] == list(get_args(Activity))
