"""The dashboard's queries go by their indexes: what is counted is never looked up row by row."""

from __future__ import annotations

import pytest

from server.storage.queries import sql
from tests.server.dashboard.harbor import Harbor

PARAMETERS = {
    "org": 1, "first": 0, "last": 30_000, "site": "", "kind": "", "author": "", "person": "", "state": "", "flag": None,
    "late_ms": None, "at": None, "day": None, "doc": "", "limit": 50, "buckets": "[]", "docs": "[]", "seq": 1, "before": 0,
    "due_ms": 86_400_000, "crisis_before": 0, "participant": "", "type": "consent", "today": "", "until": "",
}  # fmt: skip
COVERED = ("activity.groups", "activity.last_seen", "note_list.count")
INDEXED = {
    "note_list.older": "note_activity", "note_list.newer": "note_activity", "note_list.place": "record_doc",
    "note_list.by_seq": "change_seq", "note_list.older_flagged": "note_flagged", "note_list.count_flagged": "note_flagged", "attention.open_flags": "note_flagged",
    "attention.drafts_before": "draft_record",
    "person_records.of_person": "record_feed", "person_records.consents_ending": "record_ending",
    "attention.returned": "returned_open", "attention.conflicts": "conflict_open", "activity.changed": "change_seq",
    "activity.last_seen_of": "record_feed", "activity.people_of": "record_doc",
}  # fmt: skip


async def plan(desk: Harbor, query: str) -> str:
    async with desk.office.storage.read() as rows:
        steps = await rows._connection.execute_fetchall(f"EXPLAIN QUERY PLAN {sql(query)}", PARAMETERS)
    return "\n".join(step["detail"] for step in steps)


@pytest.mark.parametrize("query", COVERED)
async def test_counting_reads_the_index_alone(desk: Harbor, query: str) -> None:
    assert "USING COVERING INDEX note_activity" in await plan(desk, query)


async def test_sums_need_no_sorting(desk: Harbor) -> None:
    assert "TEMP B-TREE" not in await plan(desk, "activity.groups")


@pytest.mark.parametrize(("query", "index"), INDEXED.items())
async def test_lists_go_by_an_index(desk: Harbor, query: str, index: str) -> None:
    steps = await plan(desk, query)
    assert f"INDEX {index} (" in steps
    assert "SCAN r" not in steps.replace("SCAN json_each", "")
