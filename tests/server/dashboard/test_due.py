"""When a note is due, and from when on it is called late, as the organisation's rules say."""

from __future__ import annotations

from server.storage import attention
from server.storage.ids import new_id
from server.storage.port import OfficeChange
from sync.ids import specialist_bucket
from sync.records.organisation import OrganisationFields, late_hours
from sync.records.rules import Rules
from tests.server.auth.office import HOUR
from tests.server.dashboard.harbor import Harbor


async def test_a_note_of_a_crisis_is_due_sooner(desk: Harbor) -> None:
    now, specialist = desk.office.clock(), desk.people.specialists[0].id
    made = {form: new_id(now) for form in ("crisis@1", "one_on_one@2")}
    changes = [
        OfficeChange("create", "draft", doc, specialist_bucket(specialist), {"form": form, "content": "{}", "started_at": now - 13 * HOUR})
        for form, doc in made.items()
    ]  # fmt: skip
    done = await desk.office.storage.submit_office(desk.org, specialist, "specialist", changes, now)
    assert [receipt.outcome for receipt in done.receipts] == ["applied", "applied"]

    async def due(crisis_h: int) -> set[str]:
        async with desk.office.storage.read() as rows:
            found = await attention.drafts_before(rows, desk.org, now - 24 * HOUR, now - crisis_h * HOUR)
        return {draft.doc for draft in found} & set(made.values())

    assert await due(12) == {made["crisis@1"]}
    assert await due(14) == set()


def test_late_is_when_it_is_due_unless_a_rule_says_otherwise() -> None:
    fields = OrganisationFields("Harbor", "UTC", note_due_h=48)
    assert late_hours(fields) == 48
    assert late_hours(OrganisationFields("Harbor", "UTC", note_due_h=48, rules=Rules(late_after_h=168))) == 168
