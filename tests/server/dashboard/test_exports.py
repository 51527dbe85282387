"""Exports: no basis, no export; the notice on every file; an accounting row before anything leaves; no formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from hashlib import sha256
from html import unescape
from typing import Any

import httpx
import pytest

from server.auth.notice import STATEMENT_1
from server.dashboard.export_cells import MARK, safe, table
from server.dashboard.periods import civil
from server.storage.ids import new_id
from server.storage.port import OfficeChange
from server.storage.records import service_day
from server.templating.catalogue import catalogue
from sync.ids import participant_bucket
from sync.state import Record
from tests.server.dashboard.harbor import Harbor

PATH = "/dashboard/exports"
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\r=1", "＝1", "'=1", "a;=1", "a\t=1", "a|+1", "\n=cmd|' /C calc'!A0")


def typed(**changed: str) -> dict[str, str]:
    return {
        "from": "2020-01-01", "to": "2029-12-31", "site": "", "person": "", "billable": "", "format": "csv",
        "recipient": "Auditors of the state", "purpose": "Yearly audit", "basis": "audit", "reference": "Contract 7",
        "then": "make", **changed,
    }  # fmt: skip


def read(answer: httpx.Response) -> tuple[list[list[str]], list[dict[str, str]]]:
    """What stands on top, and the notes by column."""
    assert answer.status_code == 200, answer.text[:2000]
    rows = list(csv.reader(io.StringIO(answer.content.decode().removeprefix(MARK), newline="")))
    at = next(n for n, row in enumerate(rows) if row[0] in {"note", "what"})
    return rows[:at], [dict(zip(rows[at], row, strict=True)) for row in rows[at + 1 :]]


async def signed(desk: Harbor) -> list[Record]:
    return [note for note in await desk.records() if note.state == "signed"]


async def accounting(desk: Harbor) -> list[dict[str, Any]]:
    """What left now, beside what the demo organisation made days ago."""
    async with desk.office.storage.read() as rows:
        cursor = await rows._connection.execute_fetchall("SELECT * FROM disclosure WHERE org = ? AND at >= ?", (desk.org, desk.office.clock()))
        return [dict(row) for row in cursor]


async def consent(desk: Harbor, person: str, **more: Any) -> None:
    specialist = next(note.author for note in await desk.records() if note.fields["participant"] == person)
    fields = {
        "participant": person, "named": "As on the form", "discloser": "Harbor", "information": "Dates and times",
        "recipient": "The plan", "purpose": "care", "ends": "never", "wording": "en-1", "is_for_care": True,
        "signed": {"name": "J. M.", "at": desk.office.clock()}, "signed_on": "2026-01-01", **more,
    }  # fmt: skip
    change = OfficeChange("create", "consent", new_id(desk.office.clock()), participant_bucket(person), fields)
    done = await desk.office.storage.submit_office(desk.org, specialist, "specialist", [change], desk.office.clock())
    assert [receipt.outcome for receipt in done.receipts] == ["applied"], done


async def test_a_stranger_gets_nothing(desk: Harbor) -> None:
    desk.office.forget_cookies()
    assert (await desk.post(PATH, typed())).status_code == 401
    await desk.office.sign_in("specialist")
    for path in (PATH, "/dashboard/accounting"):
        assert (await desk.get(path)).status_code == 403
    assert (await desk.post(PATH, typed())).status_code == 403
    await desk.office.sign_in("supervisor")
    answer = await desk.post(PATH, typed())
    assert answer.status_code == 422
    assert "There are no notes of that choice" in answer.text
    other = (await signed(desk))[0].fields["participant"]
    assert (await desk.post(PATH, typed(person=other))).status_code == 422
    assert await accounting(desk) == []


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"basis": ""}, "basis"), ({"basis": "because"}, "basis"), ({"purpose": " "}, "purpose"),
        ({"recipient": ""}, "recipient"), ({"reference": ""}, "reference"), ({"basis": "consent"}, "person"),
        ({"basis": "court_order"}, "person"), ({"basis": "payment", "format": "words"}, "format"),
        ({"from": "tomorrow"}, "from"), ({"from": "2027-01-01", "to": "2026-01-01"}, "to"),
        ({"format": "telex"}, "format"), ({"purpose": "x" * 201}, "purpose"), ({"site": "elsewhere"}, "site"),
    ],
    ids=str,
)  # fmt: skip
async def test_without_a_purpose_and_a_basis_nothing_leaves(desk: Harbor, changed: dict[str, str], field: str) -> None:
    """And what was typed stays on the screen."""
    await desk.enter()
    answer = await desk.post(PATH, typed(**{"recipient": "Typed once", **changed}))
    assert answer.status_code == 422
    assert f'id="f-{field}-error"' in answer.text
    assert "text/html" in answer.headers["content-type"]
    assert ("Typed once" in answer.text) == ("recipient" not in changed)
    assert await accounting(desk) == []


async def test_the_table_says_the_notice_and_every_note_and_is_accounted_for(desk: Harbor) -> None:
    await desk.enter()
    answer = await desk.post(PATH, typed())
    top, rows = read(answer)
    notes = await signed(desk)
    assert top[0] == ["notice", STATEMENT_1]
    assert ["for", "Auditors of the state"] in top
    assert ["basis", "audit 42 CFR 2.53 Contract 7"] in top
    assert {row["note"] for row in rows} == {note.doc for note in notes}
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-disposition"].startswith('attachment; filename="csv-')
    by_doc = {row["note"]: row for row in rows}
    for note in notes:
        row = by_doc[note.doc]
        assert row["service_date"] == civil(service_day(note.fields["started_at"], note.fields["zone"]))
        assert int(row["minutes"]) == (note.fields["ended_at"] - note.fields["started_at"]) // 60_000
        assert "did" not in row
    [kept] = await accounting(desk)
    assert (kept["purpose"], kept["basis"], kept["notes"], kept["left_out"]) == ("Yearly audit", "audit", len(notes), 0)
    assert kept["hash"] == sha256(answer.content).hexdigest()
    log = await desk.office.log()
    assert [entry["detail"] for entry in log if entry["action"] == "export"] == ["csv"]
    assert {entry["subject"] for entry in log if entry["detail"] == "export"} == {note.doc for note in notes}
    page = await desk.page("/dashboard/accounting")
    assert "Auditors of the state" in page
    assert kept["hash"][:12] in page
    person = notes[0].fields["participant"]
    of_person = await desk.page(f"/dashboard/accounting?person={person}")
    assert f'>{sum(note.fields["participant"] == person for note in notes)}<br>' in of_person


async def test_one_persons_request_has_their_notes_alone_with_the_words(desk: Harbor) -> None:
    await desk.enter()
    person = (await signed(desk))[0].fields["participant"]
    _, rows = read(await desk.post(PATH, typed(person=person, basis="own_request", reference="", format="words")))
    mine = [note for note in await signed(desk) if note.fields["participant"] == person]
    assert {row["note"] for row in rows} == {note.doc for note in mine}
    said = {note.doc: note.fields["answers"].get("did", "") for note in mine if note.fields.get("answers")}
    assert any(said.values())
    assert {row["note"]: row["did"] for row in rows if row["note"] in said} == {doc: safe(text) for doc, text in said.items()}


async def test_payment_takes_only_people_with_a_consent_for_care_in_force(desk: Harbor) -> None:
    await desk.enter()
    people = sorted({note.fields["participant"] for note in await signed(desk)})
    without = typed(basis="payment", reference="")
    if not await desk.records("consent"):
        assert "Nobody there has a consent in force" in (await desk.post(PATH, without)).text
    await consent(desk, people[0])
    await consent(desk, people[1], ends="date", expires_on="2026-01-02", is_for_care=False, purpose="request")
    counted = await desk.post(PATH, {**without, "then": "count"})
    assert "left out" in counted.text
    before = len(await accounting(desk))
    _, rows = read(await desk.post(PATH, without))
    found = {note.doc: note.fields["participant"] for note in await signed(desk)}
    leaving = {found[row["note"]] for row in rows}
    assert people[0] in leaving
    assert people[1] not in leaving
    kept = (await accounting(desk))[before]
    assert kept["left_out"] == sum(person not in leaving for person in found.values())


async def test_counting_alone_hands_nothing_over(desk: Harbor) -> None:
    await desk.enter()
    answer = await desk.post(PATH, typed(then="count"))
    assert f"{len(await signed(desk))} notes" in answer.text
    assert await accounting(desk) == []


async def test_billable_is_what_the_rules_pay(desk: Harbor) -> None:
    await desk.enter()
    _, yes = read(await desk.post(PATH, typed(billable="yes")))
    _, no = read(await desk.post(PATH, typed(billable="no")))
    assert all(float(row["units_billable"]) > 0 for row in yes)
    assert all(float(row["units_billable"]) == 0 and row["not_billed"] for row in no)
    assert len(yes) + len(no) == len(await signed(desk))
    assert yes
    assert no


async def test_pages_to_print_carry_the_notice_and_whole_notes(desk: Harbor) -> None:
    await desk.enter()
    person = (await signed(desk))[0].fields["participant"]
    answer = await desk.post(PATH, typed(person=person, basis="court_order", reference="Case 12", format="print"))
    page = unescape(answer.text)
    assert "<tfoot>" in page
    assert STATEMENT_1 in page
    assert "Case 12" in page
    mine = [note for note in await signed(desk) if note.fields["participant"] == person]
    assert page.count('<article class="note">') == len(mine)
    assert (await accounting(desk))[0]["hash"] == sha256(answer.content).hexdigest()


async def test_figures_that_leave_hide_the_few(desk: Harbor) -> None:
    """Whoever is one of fewer than 11 people is in no number, and no line of sums gives them away."""
    await desk.enter()
    top, rows = read(await desk.post(PATH, typed(format="figures", basis="")))
    notes = await signed(desk)
    assert top[0][0] == "notice"
    for kind in {note.fields["contact_kind"] for note in notes}:
        people = {note.fields["participant"] for note in notes if note.fields["contact_kind"] == kind}
        [row] = [one for one in rows if one["what"] == "kind" and one["value"] == words(kind)]
        assert row["people"] == (str(len(people)) if len(people) >= 11 else "under 11")
        assert (row["contacts"] == "under 11") == (len(people) < 11)
    assert {row["what"] for row in rows} == {"kind", "site"}
    assert any(row["people"] == "under 11" for row in rows)
    [kept] = await accounting(desk)
    assert (kept["basis"], kept["format"]) == ("figures", "figures")


async def test_the_accounting_cannot_be_changed(desk: Harbor) -> None:
    await desk.enter()
    await desk.post(PATH, typed())

    async def alter(tx: Any) -> None:
        await tx._connection.execute("UPDATE disclosure SET purpose = 'another'")

    with pytest.raises(Exception, match="append-only"):
        await desk.office.storage.write(alter)


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_begins_a_formula(text: str) -> None:
    """Not for a program that reads quoted commas, nor for one that parts lines elsewhere."""
    for cell in next(csv.reader(io.StringIO(table([[text, 1.5]]).decode().removeprefix(MARK)))):
        for part in split(cell):
            assert part.lstrip(' \t"\u00a0')[:1] not in "=+-@＝＋－＠" or not part.strip()


def split(cell: str) -> Sequence[str]:
    """A cell as programs with other separators see it."""
    for other in ";|\n\r":
        cell = cell.replace(other, "\t")
    return cell.split("\t")


def test_quotes_commas_breaks_and_other_scripts_come_back() -> None:
    told = ['say "hi", then go', "שלום, עולם", "uno\ndos", "😀", "", 7, 0.47, True]
    [row] = csv.reader(io.StringIO(table([told]).decode().removeprefix(MARK), newline=""))
    assert row == ['say "hi", then go', "שלום, עולם", "uno / dos", "😀", "", "7", "0.47", "yes"]


def words(kind: str) -> str:
    """A kind of contact as the page says it."""
    return catalogue("en").text(f"note.kind.{kind}")
