"""Who is kept out: nobody signed in, specialists, and everybody of another organisation."""

from __future__ import annotations

import re

import pytest

from sync.ids import receipt_code
from tests.server.dashboard.harbor import Harbor

NOBODY = "018f0000-0000-7000-8000-000000000000"
PAGES = (
    "/dashboard", "/dashboard/unseen", "/dashboard/activity", "/dashboard/notes", f"/dashboard/notes/{NOBODY}",
    f"/dashboard/people/{NOBODY}", f"/dashboard/consents/{NOBODY}", f"/dashboard/plans/{NOBODY}",
    "/dashboard/review", "/dashboard/caseloads", f"/dashboard/caseloads/{NOBODY}", "/dashboard/kept", f"/dashboard/kept/{NOBODY}", "/dashboard/phones", "/dashboard/live",
)  # fmt: skip
FORMS = (
    "/dashboard/notes/find", f"/dashboard/notes/{NOBODY}/close-flag", f"/dashboard/notes/{NOBODY}/return",
    f"/dashboard/notes/{NOBODY}/cosign", f"/dashboard/kept/{NOBODY}", "/dashboard/caseloads/assign",
    f"/dashboard/caseloads/{NOBODY}/move", f"/dashboard/caseloads/{NOBODY}/tasks",
    f"/dashboard/caseloads/{NOBODY}/tasks/{NOBODY}/withdraw",
)  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
async def test_a_stranger_is_led_to_sign_in(desk: Harbor, path: str) -> None:
    answer = await desk.get(path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in?then=/dashboard")


@pytest.mark.parametrize("path", FORMS)
async def test_a_strangers_form_is_refused(desk: Harbor, path: str) -> None:
    assert (await desk.post(path, {"code": "0001", "reason": "because"})).status_code == 401


async def test_a_specialist_has_no_dashboard(desk: Harbor) -> None:
    await desk.enter("dana")
    for path in PAGES:
        assert (await desk.get(path)).status_code == 403
    for path in FORMS:
        assert (await desk.post(path)).status_code == 403
    assert await desk.reads() == []


async def test_another_organisation_sees_nothing(desk: Harbor) -> None:
    await desk.office.sign_in("supervisor", desk.office.elsewhere)
    for path in ("/dashboard", "/dashboard/unseen", "/dashboard/activity", "/dashboard/notes", "/dashboard/phones"):
        words = await desk.page(path)
        for name in [person.name for person in desk.people.participants] + [m.name for m in desk.people.specialists]:
            assert re.search(rf"\b{re.escape(name)}(?!\w)", words) is None or len(name) < 4, (path, name)
        assert desk.people.sites[0].name not in words
    assert ">0 notes<" in await desk.page("/dashboard/notes")


async def test_another_organisations_ids_are_not_there(desk: Harbor) -> None:
    note = next(record for record in await desk.records() if record.fields.get("flags"))
    (kept,) = [record for record in await desk.records("participant") if record.kept]
    await desk.office.sign_in("supervisor", desk.office.elsewhere)
    assert (await desk.get(f"/dashboard/notes/{note.doc}")).status_code == 404
    assert (await desk.get(f"/dashboard/kept/{kept.doc}")).status_code == 404
    assert (await desk.post(f"/dashboard/notes/{note.doc}/close-flag", {"reason": "mine now"})).status_code == 404
    answer = await desk.post(f"/dashboard/kept/{kept.doc}", {"field": "about", "choice": "standing"})
    assert answer.status_code == 404
    found = await desk.post("/dashboard/notes/find", {"code": receipt_code(note.signed.seq)})
    assert note.doc not in found.headers.get("location", "")
    assert ">0 notes<" in await desk.page(f"/dashboard/notes?person={note.fields['participant']}")
    assert (await desk.records())[0].addenda == [] or all(a.text != "mine now" for a in note.addenda)
    assert await desk.reads() == []
