"""A supervisor's note page tells what a revision changed, what replaced a note, and its steps; a stranger's tells nothing."""

from __future__ import annotations

from server.storage.port import OfficeChange
from sync.canonical import content_hash
from sync.state import Record
from tests.server.dashboard.harbor import Harbor

NEW = "0190d3e0-0000-7000-8000-00000000abcd"


async def revised(desk: Harbor) -> Record:
    """The note of the demo that a revision was signed for."""
    old = next(one for one in await desk.records() if one.state == "signed" and one.fields["answers"].get("did"))
    answers = {**old.fields["answers"], "did": old.fields["answers"]["did"] + " We named <both> forms."}
    fields = {**old.fields, "answers": answers, "supersedes": old.doc, "reason": "narrative"}
    about = {"type": "note", "doc": NEW, "bucket": old.bucket}
    changes = [
        OfficeChange("create", **about, set=fields),
        OfficeChange("sign", **about, content_hash=content_hash(fields)),
    ]
    ruth = next(one for one in desk.people.members if one.sign_in == "ruth")
    access = desk.office.access
    decided = await access.storage.submit_office(desk.org, ruth.id, "supervisor", changes, access.now())
    assert [receipt.outcome for receipt in decided.receipts] == ["applied", "applied"], decided
    return old


async def test_a_stranger_learns_nothing_of_a_revision(desk: Harbor) -> None:
    await revised(desk)
    await desk.office.sign_in("supervisor", desk.office.elsewhere)
    assert (await desk.get(f"/dashboard/notes/{NEW}")).status_code == 404
    assert await desk.reads() == []


async def test_the_revision_shows_what_it_changes_and_the_old_note_what_replaced_it(desk: Harbor) -> None:
    old = await revised(desk)
    await desk.enter()
    newer = await desk.page(f"/dashboard/notes/{NEW}")
    assert '<ins><span class="visually-hidden">New: </span> We named <both> forms' in newer
    assert "The words were wrong or not enough" in newer
    assert f'href="/dashboard/notes/{old.doc}"' in newer
    older = await desk.page(f"/dashboard/notes/{old.doc}")
    assert f'href="/dashboard/notes/{NEW}"' in older
    assert "There is a newer version" in older
    steps = older[older.index('<ol class="steps">') :]
    assert steps.index("The contact ended") < steps.index("Received by the office") < steps.index("Replaced by a new version")


async def test_a_note_that_replaces_nothing_has_no_comparison(desk: Harbor) -> None:
    note = next(one for one in await desk.records() if one.state == "signed")
    await desk.enter()
    words = await desk.page(f"/dashboard/notes/{note.doc}")
    assert "What changed" not in words
    assert '<ol class="steps">' in words
