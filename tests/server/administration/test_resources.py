"""The directory at the office: a stranger sees none of it, every mistake is told at its place, an import happens once."""

from __future__ import annotations

import pytest

from tests.server.auth.office import Office

FILE = (
    "Name,Type,Address,Telephone,Idiomas\n"
    "Open Door Pantry,food; Ropa,12 Elm Street,+1 312 555 0140,English;español\n"
    "Harbor <b>House</b>,Housing,,,\n"
)
ENTRY = {"name": "Open Door Pantry", "kinds": "food", "phone": "+1 312 555 0140", "is_open": "yes"}


async def directory(desk: Office, org: int | None = None) -> list[dict]:
    return await desk.rows("links.resources", org=org or desk.here.org, search="", limit=9000, offset=0)


async def preview(desk: Office, content: str):
    return await desk.post("/administration/resources/import/preview", {"content": content})


def import_id(page: str) -> str:
    return page.partition('name="import_id" value="')[2].partition('"')[0]


async def confirm(desk: Office, content: str):
    fields = {"content": content, "import_id": import_id((await preview(desk, content)).text)}
    return await desk.post("/administration/resources/import/confirm", fields)


async def test_a_stranger_adds_nothing(desk: Office):
    desk.forget_cookies()
    assert (await desk.post("/administration/resources/new", ENTRY)).status_code == 401
    assert (await preview(desk, FILE)).status_code == 401
    assert (await desk.get("/administration/resources")).status_code == 303
    assert await directory(desk) == []


async def test_a_supervisor_changes_nothing(desk: Office):
    await desk.sign_in("supervisor")
    assert (await desk.post("/administration/resources/new", ENTRY)).status_code == 403


async def test_an_entry_is_added_found_and_changed_and_another_organisation_sees_none_of_it(desk: Office):
    assert (await desk.post("/administration/resources/new", ENTRY)).status_code == 303
    (row,) = await directory(desk)
    path = f"/administration/resources/{row['doc']}"
    assert 'value="+1 312 555 0140"' in (await desk.get(path)).text
    assert "Open Door Pantry" in (await desk.post("/administration/resources/search", {"search": "door p"})).text
    assert "Open Door Pantry" not in (await desk.post("/administration/resources/search", {"search": "100%"})).text
    assert (await desk.post(path, {**ENTRY, "is_open": ""})).status_code == 303
    assert "Closed" in (await desk.get("/administration/resources")).text
    assert (await desk.actions()).count("resource_changed") == 2
    await desk.sign_in("administrator", desk.elsewhere)
    assert (await desk.get(path)).status_code == 404
    assert "Open Door Pantry" not in (await desk.get("/administration/resources")).text


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": " "}, "this cell is empty"),
        ({"kinds": ""}, "this cell is empty"),
        ({"phone": "call me"}, "“call me” is not a number that a phone can dial"),
        ({"checked_on": "2026-02-30"}, "is not a date"),
        ({"hours": "x" * 201}, "use at most 200 characters"),
    ],
)
async def test_what_is_wrong_is_told_and_what_was_typed_stays(desk: Office, wrong: dict[str, str], words: str):
    answer = await desk.post("/administration/resources/new", {**ENTRY, "cost": "Free <kept>", **wrong})
    assert answer.status_code == 422
    assert words in answer.text
    assert "Free &lt;kept&gt;" in answer.text
    assert await directory(desk) == []


async def test_a_preview_keeps_nothing_and_confirming_twice_imports_once(desk: Office):
    page = (await preview(desk, FILE)).text
    assert "2 places added" in page
    assert "Harbor &lt;b&gt;House&lt;/b&gt;" in page
    assert await directory(desk) == []
    fields = {"content": FILE, "import_id": import_id(page)}
    assert "2 places added" in (await desk.post("/administration/resources/import/confirm", fields)).text
    assert (await desk.post("/administration/resources/import/confirm", fields)).status_code == 200
    assert len(await directory(desk)) == 2
    assert '"kinds":["food","clothing"]' in (await directory(desk))[1]["fields_json"]


async def test_a_second_file_brings_places_up_to_date_and_nothing_else(desk: Office):
    await confirm(desk, FILE)
    page = (await preview(desk, "name,kinds,address,hours\nopen door  pantry,food;clothing,12 elm street,Day and night\n")).text
    assert "1 place brought up to date" in page
    await confirm(desk, "name,kinds,address,hours\nOpen Door Pantry,food;clothing,12 Elm Street,Day and night\n")
    pantry = next(row["fields_json"] for row in await directory(desk) if "Pantry" in row["fields_json"])
    assert "Day and night" in pantry
    assert "+1 312 555 0140" in pantry
    assert "Everything in this file is already here" in (await preview(desk, FILE)).text


async def test_every_problem_is_told_with_row_and_column_and_the_text_is_kept(desk: Office):
    content = "name,kinds,phone,checked on\n,food,,\nA,magic,,\nB,food,ring,\nC,food,,yesterday\nD,food,,\nd,food,,\n"
    answer = await preview(desk, content)
    assert answer.status_code == 422
    for words in (
        "Row 2, column name: this cell is empty", "Row 3, column kinds: “magic” is no kind of help here",
        "Row 4, column phone: “ring” is not a number", "Row 5, column checked on: “yesterday” is not a date",
        "Row 7, column name: this place stands in row 6 already",
    ):  # fmt: skip
        assert words in answer.text
    assert "A,magic,," in answer.text
    assert "the column “name” is missing" in (await preview(desk, "place2\nx\n")).text


async def test_five_thousand_places(desk: Office):
    content = "name,kinds\n" + "".join(f"Place {number},other\n" for number in range(5000))
    page = (await preview(desk, content)).text
    files = {"content": (None, content), "import_id": (None, import_id(page))}
    assert "5,000 places added" in (await desk.post("/administration/resources/import/confirm", files=files)).text
    assert len(await directory(desk)) == 5000
