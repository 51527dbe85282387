"""docs/forms.md tells the truth about the kinds of contact. `python -m tests.house.test_forms_page` writes its table."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

from server.storage.forms import forms
from sync.forms import Form
from sync.records.rules import Billing
from tests.build.test_adding_a_field import CHANGED

ROOT: Final = Path(__file__).resolve().parents[2]
PAGE: Final = ROOT / "docs" / "forms.md"
BEGIN, END = "<!-- kinds: begin -->\n", "<!-- kinds: end -->\n"
SHOWN: Final = {
    "one_on_one": "`test_main_job.py`",
    "crisis": "`test_kinds.py`",
    "accompaniment": "`test_kinds.py`",
    "attempt_no_show": "`test_kinds.py`",
    **dict.fromkeys(("collateral", "hospital_ed", "outreach", "referral", "warm_line"), "`test_day.py`"),
    "group": "`test_many.py`",
    "drop_in": "`test_many.py`",
    "own_time": "`test_many.py`",
}


def newest() -> dict[str, Form]:
    return {form.name: form for form in forms().values()}


def row(form: Form) -> str:
    asked = [field.key for field in form.by_key.values() if field.required_at_sign]
    required = ", ".join(f"`{key}`" for key in (*form.required_at_sign, *asked))
    unpaid = form.name in Billing().unpaid_kinds
    units = "not paid, unless the organization says so" if unpaid else "by the organization's rule"
    shown = SHOWN.get(form.name, "`kinds.test.ts`" if form.is_single else "–")
    return f"| `{form.name}` | `web/forms/{form.name}.toml` | {form.version} | {required} | {units} | {shown} |"


def table() -> str:
    head = "| kind of contact | form file | version | due at signing | units | shown by |\n|---|---|---|---|---|---|\n"
    return head + "".join(f"{row(form)}\n" for form in newest().values())


def test_the_table_is_the_one_that_the_forms_make() -> None:
    _, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
    told, _, _ = rest.partition(END)
    assert told == table(), "python -m tests.house.test_forms_page"


@pytest.mark.parametrize("test", sorted(set(SHOWN.values())))
def test_what_shows_a_kind_is_there(test: str) -> None:
    folder = "web/pages" if test.endswith(".ts`") else "journeys"
    text = (ROOT / "tests" / folder / test.strip("`")).read_text("utf-8")
    kinds = [kind for kind, shown in SHOWN.items() if shown == test and kind != "one_on_one"]
    assert [kind for kind in kinds if not re.search(kind.replace("_", "[-_ ]"), text)] == []


def test_every_word_of_the_format_is_told() -> None:
    """Keys that a form file may have stand in the example or the text."""
    text = PAGE.read_text("utf-8")
    source = (ROOT / "sync" / "form_file.py").read_text("utf-8")
    keys = set(re.findall(r"^    ([a-z_]+): ", source, re.MULTILINE)) - {"fields", "sections"}
    assert [key for key in sorted(keys) if not re.search(rf"\b{key}\b", text)] == []
    assert CHANGED in text


if __name__ == "__main__":
    page = PAGE.read_text("utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(before + BEGIN + table() + END + after, "utf-8")
