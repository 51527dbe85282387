"""Notes: lists that hold exactly what was asked for, receipt codes, and one audit row for each note read."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

from server.storage.records import service_day
from sync.ids import receipt_code
from sync.state import Record
from tests.server.auth.office import HOUR, START
from tests.server.dashboard.harbor import NOTES, Harbor

HREF = re.compile(r'<a href="/dashboard/notes/([0-9a-f-]{36})"')
ATTRIBUTE = re.compile(r'(?:href|hx-get|action|src)="([^"]*)"')


async def listed(desk: Harbor, query: str = "") -> list[str]:
    """Notes of a list, page by page."""
    found: list[str] = []
    path = f"/dashboard/notes?{query}"
    while path:
        words = await desk.page(path)
        found += HREF.findall(words)
        older = re.search(r'href="([^"]+)" rel="next"', words)
        path = older[1] if older else ""
    return found


async def test_pages_hold_every_note_once_newest_first(desk: Harbor) -> None:
    await desk.enter()
    notes = {note.doc: note for note in await desk.records()}
    found = await listed(desk)
    assert len(found) == NOTES
    assert set(found) == set(notes)
    days = [service_day(notes[doc].fields["started_at"], notes[doc].fields["zone"]) for doc in found]
    assert days == sorted(days, reverse=True)


async def test_newer_leads_back_over_the_same_pages(desk: Harbor) -> None:
    await desk.enter()
    first = await desk.page("/dashboard/notes")
    second = await desk.page(re.search(r'href="([^"]+)" rel="next"', first)[1])
    back = await desk.page(re.search(r'href="([^"]+)" rel="prev"', second)[1])
    assert HREF.findall(back) == HREF.findall(first)
    assert HREF.findall(second) != HREF.findall(first)


async def test_each_filter_holds_what_it_says(desk: Harbor) -> None:
    await desk.enter()
    notes = await desk.records()
    sample = notes[7]
    person = sample.fields["participant"]
    asked: dict[str, Callable[[Record], bool]] = {
        f"site={sample.fields['site']}": lambda n: n.fields["site"] == sample.fields["site"],
        f"kind={sample.fields['contact_kind']}": lambda n: n.fields["contact_kind"] == sample.fields["contact_kind"],
        f"specialist={sample.author}": lambda n: n.author == sample.author,
        f"person={person}": lambda n: n.fields["participant"] == person,
        "state=signed": lambda n: n.state == "signed",
        "state=open": lambda n: n.state == "open",
        "state=void": lambda n: n.state == "void",
        "state=flag_open": lambda n: bool(n.fields.get("flags")) and not n.flag_closed,
        "state=flag_closed": lambda n: bool(n.flag_closed),
        "state=late": lambda n: n.signed.at - n.fields["ended_at"] > 24 * HOUR,
        "state=nonsense&kind=nonsense&site=nonsense&person=Ana": lambda _: True,
        f"site={sample.fields['site']}&specialist={sample.author}&state=signed": (
            lambda n: n.fields["site"] == sample.fields["site"] and n.author == sample.author
        ),
    }
    for query, is_wanted in asked.items():
        expected = {note.doc for note in notes if is_wanted(note)}
        found = await listed(desk, query)
        assert (len(found), set(found)) == (len(expected), expected), query
        count = f">{len(expected)} note<" if len(expected) == 1 else f">{len(expected)} notes<"
        assert count in await desk.page(f"/dashboard/notes?{query}"), query


async def test_a_receipt_code_leads_to_its_note(desk: Harbor) -> None:
    await desk.enter()
    note = (await desk.records())[3]
    for code in (receipt_code(note.signed.seq), receipt_code(note.created).lower()):
        found = await desk.post("/dashboard/notes/find", {"code": f" {code} "})
        assert (found.status_code, found.headers["location"]) == (303, f"/dashboard/notes/{note.doc}")


async def test_a_code_that_leads_nowhere_is_kept_as_typed(desk: Harbor) -> None:
    await desk.enter()
    (person,) = [record for record in await desk.records("participant") if record.kept]
    for code, words in (
        ("", "A receipt code has"),
        ("not a code!", "A receipt code has"),
        ("ZZZZZZ", "No work was received"),
        ("ZZZZZZZZZZZ", "A receipt code has"),
        (receipt_code(person.created), "something else than a note"),
    ):
        answer = await desk.post("/dashboard/notes/find", {"code": code})
        assert answer.status_code == 422
        assert words in answer.text, code
        assert f'value="{code}"' in answer.text


async def test_reading_a_note_leaves_exactly_one_row(desk: Harbor) -> None:
    await desk.enter()
    note = (await desk.records())[5]
    words = await desk.page(f"/dashboard/notes/{note.doc}")
    assert note.fields["answers"]["did"] in words
    assert receipt_code(note.signed.seq) in words
    (row,) = await desk.reads()
    ruth = desk.people.supervisors[0].id
    assert (row["org"], row["actor"], row["subject"], row["detail"], row["at"]) == (desk.org, ruth, note.doc, "note", START)
    await desk.page(f"/dashboard/notes/{note.doc}")
    assert len(await desk.reads()) == 2


async def test_a_list_read_again_in_the_background_is_no_new_reading(desk: Harbor) -> None:
    await desk.enter()
    await desk.page("/dashboard/notes")
    await desk.get("/dashboard/notes", headers={"Alongside-Background": "1"})
    lists = [entry for entry in await desk.office.log() if entry["action"] == "list"]
    assert [(entry["detail"], entry["subject"]) for entry in lists] == [("note", None)]


async def test_what_is_no_note_is_not_there(desk: Harbor) -> None:
    await desk.enter()
    draft = (await desk.records("draft"))[0]
    for doc in (draft.doc, draft.fields["participant"], "nonsense", "018f0000-0000-7000-8000-000000000000"):
        assert (await desk.get(f"/dashboard/notes/{doc}")).status_code == 404
    assert await desk.reads() == []


async def test_no_address_and_no_title_says_a_word_of_anybody(desk: Harbor) -> None:
    await desk.enter()
    note = (await desk.records())[9]
    names = [part for person in desk.people.participants for part in [person.name] if len(part) > 3]
    for path in ("/dashboard", "/dashboard/unseen", "/dashboard/notes", f"/dashboard/notes/{note.doc}", "/dashboard/phones"):
        answer = await desk.get(path)
        assert re.findall(r"<title>(.*?)</title>", answer.text) == ["Alongside"]
        addresses = " ".join(unescape(address) for address in ATTRIBUTE.findall(answer.text))
        assert not any(name in addresses for name in names)
        assert answer.headers["cache-control"] == "no-store"
        assert "style=" not in answer.text
        assert "<script>" not in answer.text


async def test_the_log_of_the_office_has_no_words(desk: Harbor, capfd: object) -> None:
    await desk.enter()
    note = (await desk.records())[4]
    await desk.page(f"/dashboard/notes/{note.doc}")
    await desk.post("/dashboard/notes/find", {"code": "Ana is safe"})
    written = "".join(capfd.readouterr())
    assert note.fields["answers"]["did"] not in written
    assert "Ana" not in written
    for entry in await desk.office.log():
        assert note.fields["answers"]["did"] not in str(entry)
