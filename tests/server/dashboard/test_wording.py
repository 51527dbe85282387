"""Answers are named as the form names them under which they were given, not by their key."""

from __future__ import annotations

import re
from collections import defaultdict

import msgspec

from server.storage.forms import forms
from server.storage.port import OfficeChange
from tests.server.dashboard.harbor import Harbor
from tests.server.dashboard.test_quarantine import note as change
from tests.server.dashboard.test_quarantine import send


def ambiguous() -> tuple[str, dict[str, str]]:
    """A key that forms call differently, and each form's word for it."""
    labels: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for ref, form in forms().items():
        for key, field in form.by_key.items():
            labels[key][ref] = field.label.en
    return next((key, named) for key, named in sorted(labels.items()) if len(set(named.values())) > 1)


async def test_two_versions_are_named_by_the_notes_own_form(desk: Harbor) -> None:
    """For every form that has its own word for the key: on the page of both versions, in the list and on the first page."""
    key, named = ambiguous()
    await desk.enter()
    like = next(note for note in await desk.records() if note.state == "signed")
    author, ruth, seen = like.author, desk.people.supervisors[0].id, set[str]()
    for number, (ref, label) in enumerate(sorted(named.items())):
        if label in seen:
            continue
        seen.add(label)
        doc = f"018f0000-0000-7000-8000-0000000c{number:04x}"
        fields = {name: like.fields[name] for name in ("participant", "started_at", "ended_at", "zone", "setting", "mode")}
        fields |= {"form": ref, "contact_kind": ref.partition("@")[0], "answers": {key: "First words"}}
        about = ("note", doc, like.bucket)
        now = desk.office.clock()
        made = await desk.office.storage.submit_office(desk.org, author, "specialist", [OfficeChange("create", *about, fields)], now)
        base = made.receipts[0].seq
        for by, role, words in ((author, "specialist", "Second words"), (ruth, "supervisor", "Third words")):
            patch = OfficeChange("patch", *about, {"answers": {key: words}}, base=base)
            decided = await desk.office.storage.submit_office(desk.org, by, role, [patch], now)
            assert decided.receipts[0].outcome in {"applied", "merged"}, decided
        page = await desk.page(f"/dashboard/kept/{doc}")
        assert re.search(rf">\s*{re.escape(label)}\s*<", page), (ref, label)
        assert f">{key}<" not in page
    assert len(seen) > 1
    listed = await desk.page("/dashboard/kept")
    assert all(label in listed for label in seen)


async def test_a_change_on_hold_is_named_by_the_form_of_its_note(desk: Harbor) -> None:
    """Also where the change itself does not say which form it is."""
    key, named = ambiguous()
    notes = {note.fields["form"]: note for note in await desk.records()}
    known = {named[ref]: note for ref, note in notes.items() if ref in named}
    assert len(known) > 1
    for label, its_note in known.items():
        raw = change(desk, kind="patch", doc=its_note.doc, bucket=its_note.bucket, set={"answers": {key: "Words"}})
        held = await send(desk, msgspec.json.encode(raw))
        await desk.enter()
        words = await desk.page(f"/dashboard/quarantine/{held.id}")
        assert re.search(rf">\s*{re.escape(label)}\s*<", words), label
