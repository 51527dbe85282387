"""Adding a field to a form: one file changes, and phone and office ask it, check it and show it.

The office reads the changed folder; the phone's own pages are bundled with the forms that the build makes of it.
"""

from __future__ import annotations

import difflib
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import msgspec
import pytest

from server.storage.forms import FOLDER, forms
from server.templating.environment import environment
from server.templating.note_view import Names, note_view
from sync.forms import invalid, missing
from sync.records.kind import Body
from web.build import forms as build
from web.build.node import NODE, esbuild
from web.build.paths import DIST, WEB

CHANGED = "referral.toml"
ADDED = """
[[section.field]]
key = "referral_cost"
type = "number"
least = 0
most = 500
label = { en = "What it costs them", es = "Cuánto le cuesta" }
since = 2
"""
REF = "referral@2"
ID = "0190d3e0-0000-7000-8000-000000000100"
PROGRAM = """
import { readFileSync } from "node:fs";
import "POCKET/luggage";
import { formOf } from "POCKET/form_book";
import { invalid, missing } from "POCKET/forms";
import { noteFormView } from "POCKET/pages/note_form";
import { noteView } from "POCKET/pages/note_view";
import { learn, render } from "POCKET/render";
const { lang, content, note, names, dist, frame } = JSON.parse(readFileSync(0, "utf8"));
const main = async () => {
  await learn("es", async (address) => readFileSync(dist + address, "utf8"));
  const form = formOf(content.form_ref[0]);
  const around = { participant: null, sites: [], organisation: null, now: 0 };
  const view = { lang, frame, ...(await noteFormView("draft", content, form, around, { lang, now: 0 })) };
  const shown = noteView(note, { ...names, goals: [], sites: [], lang });
  console.log(JSON.stringify({
    view,
    page: render("phone/note_form.html", view),
    note: render("shared/note.html", { lang, now: 0, note: shown }),
    missing: missing(form, note.fields),
    invalid: [120, 501, "120"].map((cost) => invalid(form, { referral_cost: cost })),
  }));
};
main();
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The forms, with one field more in one of them."""
    folder = shutil.copytree(FOLDER, tmp_path / "forms")
    file = folder / CHANGED
    text = file.read_text("utf-8").replace("version = 1", "version = 2", 1)
    text = text.replace("required_at_sign = [", 'required_at_sign = ["referral_cost", ', 1)
    file.write_text(text.rstrip() + "\n" + ADDED, "utf-8")
    return folder


def on_phone(folder: Path, told: dict[str, Any]) -> dict[str, Any]:
    """What the phone's pages make of it, with the forms of this folder."""
    pocket = shutil.copytree(WEB / "pocket", folder.parent / "pocket")
    (pocket / "generated" / "forms.ts").write_text(build.module(folder), "utf-8")
    program = folder.parent / "program.cjs"
    source = PROGRAM.replace("POCKET", str(pocket)).encode()
    program.write_bytes(esbuild("--bundle", "--platform=node", "--format=cjs", "--loader=ts", text=source))
    done = subprocess.run([NODE, program], input=json.dumps(told).encode(), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@pytest.mark.parametrize(("lang", "label"), [("en", "What it costs them"), ("es", "Cuánto le cuesta")])
def test_one_file_changes_and_everything_knows_the_field(folder: Path, lang: Any, label: str, capsys: Any) -> None:
    before, after = ((place / CHANGED).read_text("utf-8").splitlines() for place in (FOLDER, folder))
    for path in FOLDER.rglob("*.toml"):
        other = folder / path.relative_to(FOLDER)
        assert (path.read_bytes() == other.read_bytes()) is (path.name != CHANGED)

    form = forms(folder)[REF]
    answers = {"referral_to": "Legal aid <at the square>", "referral_cost": 120}
    fields = {
        "participant": ID, "contact_kind": "referral", "form": REF, "started_at": 1_795_275_600_000, "mode": "in_person",
        "ended_at": 1_795_278_720_000, "zone": "America/New_York", "setting": "community", "answers": answers,
    }  # fmt: skip
    body = {"author": ID, "state": "open", "captured": 1_795_278_780_000, "received": 0, "created": 0}
    content = {"form_ref": [REF], "referral_cost": ["120"], "place": ["setting:community"], "minutes": ["30"]}
    frame = {
        "theme": "system", "unsent": 0, "is_unsent_notes": False, "oldest_unsent": None, "came_back": 0, "now": 0, "lock_after": 120,
    }  # fmt: skip
    phone = on_phone(folder, {
        "lang": lang, "content": content, "note": {"doc": ID, "fields": fields, "body": body}, "frame": frame,
        "names": {"person": "J. M.", "members": {}, "units": {}}, "dist": str(DIST),
    })  # fmt: skip

    page = environment(lang).get_template("phone/note_form.html").render(phone["view"])
    assert page == phone["page"]
    assert label in page
    assert 'id="f-referral_cost" name="referral_cost" type="text" value="120"' in page

    assert phone["missing"] == msgspec.to_builtins(missing(form, fields))
    assert "answers.referral_cost" in [problem.field for problem in missing(form, {**fields, "answers": {}})]
    checked = [msgspec.to_builtins(invalid(form, {"referral_cost": cost})) for cost in (120, 501, "120")]
    assert phone["invalid"] == checked == [[], *[[{"field": "answers.referral_cost", "code": "INVALID"}]] * 2]

    names = Names(person="J. M.", forms=forms(folder), lang=lang)
    shown = note_view(ID, fields, msgspec.convert({**body, "set": msgspec.Raw(b"{}")}, Body), names)
    note = environment(lang).get_template("shared/note.html").render(note=shown, now=0)
    assert note == phone["note"]
    assert label in note
    with capsys.disabled():
        print("\n" + "\n".join(difflib.unified_diff(before, after, CHANGED, CHANGED, lineterm="", n=0)))
