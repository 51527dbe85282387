"""What is remembered of a position is what an office just started would read, after every kind of change."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from server.dashboard.projection import Projections
from server.dashboard.standing import Standing
from server.dashboard.unit_counts import AllUnitCounts
from server.storage import attention
from server.storage.ids import new_id
from server.storage.migrations import known
from server.storage.port import OfficeChange
from sync.ids import specialist_bucket
from sync.records.kind import Role
from sync.state import Record
from tests.server.auth.office import HOUR, START
from tests.server.dashboard.harbor import Harbor
from tests.server.dashboard.test_figures import push_one

PAGES = ("/dashboard", "/dashboard/review", "/dashboard/caseloads", "/dashboard/credentials", "/dashboard/unseen")
QUERIES = Path(attention.__file__).parent / "queries"
DAY = 24 * HOUR
ENDS = "SELECT doc, type, ends_on FROM record WHERE type IN ('consent', 'credential') ORDER BY doc"


async def looked(desk: Harbor) -> dict[str, str]:
    return {page: await desk.page(page) for page in PAGES}


async def fresh(desk: Harbor) -> dict[str, str]:
    """The same by an office that remembers nothing."""
    state = desk.office.app.state
    state.pop("standings", None)
    state.projections = Projections()
    state.units = AllUnitCounts(desk.office.storage, state.pokes)
    return await looked(desk)


async def changed(desk: Harbor, change: OfficeChange, role: Role = "supervisor") -> None:
    ruth = desk.people.supervisors[0].id
    decided = await desk.office.storage.submit_office(desk.org, ruth, role, [change], desk.office.clock())
    assert [receipt.outcome for receipt in decided.receipts] == ["applied"], change


def patch(record: Record, **fields: Any) -> OfficeChange:
    return OfficeChange("patch", record.type, record.doc, record.bucket, fields)


async def test_every_page_tells_what_a_new_office_would(desk: Harbor) -> None:
    await desk.enter()
    notes, people = await desk.records(), await desk.records("participant")
    consents, credentials = await desk.records("consent"), await desk.records("credential")
    assignments = [one for one in await desk.records("assignment") if one.state == "open"]
    (organisation,) = await desk.records("organisation")
    signed = [note for note in notes if note.state == "signed" and not note.returned]
    flagged = next(note for note in signed if note.fields.get("flags") and not note.flag_closed)
    staff = desk.people.specialists[0].id
    soon = "2026-10-20"
    in_force = next(one for one in consents if not one.fields.get("revoked_on"))
    certificate = next(one for one in credentials if not one.fields.get("is_over") and one.fields.get("ends_on"))
    task = OfficeChange("create", "task", new_id(START), specialist_bucket(staff), {"specialist": staff, "text": "Call."})
    acts: list[Callable[[], Any]] = [
        lambda: push_one(desk),
        lambda: changed(desk, OfficeChange("void", "note", signed[-1].doc, signed[-1].bucket, reason="wrong person")),
        lambda: changed(desk, OfficeChange("void", "assignment", assignments[0].doc, assignments[0].bucket, reason="over")),
        lambda: changed(desk, patch(people[0], name="Somebody Else")),
        lambda: changed(desk, patch(in_force, revoked_on="2026-09-20", revoked_how="spoken")),
        lambda: changed(desk, patch(certificate, ends_on=soon)),
        lambda: changed(desk, patch(certificate, is_over=True)),
        lambda: changed(desk, patch(organisation, note_due_h=1), "administrator"),
        lambda: changed(desk, task),
        lambda: desk.post(f"/dashboard/notes/{flagged.doc}/close-flag", {"reason": "They are safe."}),
    ]
    before = await looked(desk)
    moved = 0
    for act in acts:
        await act()
        after = await looked(desk)
        assert after == await fresh(desk), acts.index(act)
        moved += after != before
        before = after
    assert moved >= len(acts) - 1


async def test_days_that_pass_are_no_change_but_count(desk: Harbor) -> None:
    await desk.enter()
    before = await looked(desk)
    for _ in range(4):
        desk.office.clock.pass_by(9 * DAY)
        await desk.enter()
        after = await looked(desk)
        assert after == await fresh(desk)
        assert after != before
        before = after


async def test_what_did_not_change_is_not_read_again(desk: Harbor, monkeypatch: pytest.MonkeyPatch) -> None:
    reads: Counter[str] = Counter()
    real = attention.open_flags

    async def counted(*args: Any) -> Any:
        reads["flags"] += 1
        return await real(*args)

    monkeypatch.setattr(attention, "open_flags", counted)
    await desk.enter()
    for _ in range(3):
        await looked(desk)
    assert reads["flags"] == 1
    await push_one(desk)
    await looked(desk)
    assert reads["flags"] == 2


async def test_an_older_snapshot_neither_gets_nor_sets_what_is_newer() -> None:
    older, newer = Standing(4, None, []), Standing(5, None, [])
    assert await older.remembered("x", told("of 4")) == "of 4"
    assert await newer.remembered("x", told("of 5")) == "of 5"
    assert await older.remembered("x", told("not asked")) == "of 4"
    assert await older.remembered("x", told("another day"), on=2) == "another day"
    assert await older.remembered("x", told("anew"), on=2, is_anew=True) == "anew"


def told(text: str) -> Callable[[], Any]:
    async def read() -> str:
        return text

    return read


def test_what_is_remembered_is_written_only_with_the_head() -> None:
    """The statements that write these tables, all of which `write_set.py` runs before it raises the head."""
    found = set()
    for file in QUERIES.glob("*.sql"):
        for name, text in re.findall(r"-- name: (\w+)\n(.*?)(?=-- name:|\Z)", file.read_text("utf-8"), re.DOTALL):
            if re.search(r"\b(INSERT INTO|UPDATE|DELETE FROM|REPLACE INTO)\s+(record|caseload|conflict)\b", text):
                found.add(f"{file.stem}.{name}")
    assert found == {"records.insert", "records.update", "caseload.grant", "caseload.end", "changes.put_aside", "changes.settle"}
    users = {path.name for path in QUERIES.parent.glob("*.py") for name in found if f'"{name}"' in path.read_text("utf-8")}
    assert users == {"write_set.py"}


async def test_ends_of_older_databases_are_found_as_they_are_written_now(desk: Harbor) -> None:
    revoked = next(one for one in await desk.records("consent") if not one.fields.get("revoked_on"))
    await changed(desk, patch(revoked, revoked_on="2026-09-20", revoked_how="spoken"))
    text = next(step.text for step in known() if step.name == "0013_ends_on")
    updates = [statement for statement in text.split(";") if "UPDATE record" in statement]
    database = sqlite3.connect(desk.office.app.state.settings.database, isolation_level=None)
    written = database.execute(ENDS).fetchall()
    assert {(noun, end is None) for _, noun, end in written} >= {("consent", True), ("consent", False), ("credential", False)}
    database.execute("BEGIN")
    database.execute("UPDATE record SET ends_on = NULL")
    for update in updates:
        database.execute(update)
    assert database.execute(ENDS).fetchall() == written
    database.execute("ROLLBACK")
    database.close()
