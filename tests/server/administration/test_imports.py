"""Importing through the screens: nothing before it is confirmed, everything once."""

from server.administration.csv_table import ROWS_LIMIT
from server.administration.deciding import CHANGES_AT_ONCE, keep_import
from server.auth import sessions
from server.auth.cookies import SESSION
from server.storage.ids import new_id
from server.storage.port import OfficeChange
from sync.ids import ORG_BUCKET, participant_bucket
from tests.server.auth.office import START, Office

FILE = "Code,Name,Site,Specialist\nB1,Bo <b>Bold</b>,Site north,specialist north\nB2,Cy,,\n"


async def preview(desk: Office, content: bytes | str):
    if isinstance(content, bytes):
        return await desk.post("/administration/import/preview", files={"file": ("list.csv", content, "text/csv")})
    return await desk.post("/administration/import/preview", {"content": content})


def import_id(page: str) -> str:
    return page.partition('name="import_id" value="')[2].partition('"')[0]


async def codes(desk: Office) -> set[str]:
    return {row["code"] for row in await desk.rows("participants.codes", org=desk.here.org)}


async def test_a_stranger_imports_nothing(desk: Office):
    desk.forget_cookies()
    assert (await preview(desk, FILE)).status_code == 401
    assert await codes(desk) == {"P1"}


async def test_a_preview_keeps_nothing_and_shows_text_as_text(desk: Office):
    answer = await preview(desk, FILE.encode())
    assert answer.status_code == 200
    assert "2 people added" in answer.text
    assert "1 assignment made" in answer.text
    assert "Bo &lt;b&gt;Bold&lt;/b&gt;" in answer.text
    assert await codes(desk) == {"P1"}
    assert "import" not in await desk.actions()


async def test_confirming_imports_once_however_often_it_is_sent(desk: Office):
    fields = {"content": FILE, "import_id": import_id((await preview(desk, FILE)).text)}
    assert "2 people added" in (await desk.post("/administration/import/confirm", fields)).text
    again = await desk.post("/administration/import/confirm", fields)
    assert again.status_code == 200
    assert "refused" not in again.text
    found = await desk.rows("participants.page", org=desk.here.org, search="", limit=50, offset=0)
    assert len(found) == 3
    assert (await desk.actions()).count("import") == 2


async def test_the_specialists_phone_will_receive_the_imported_person(desk: Office):
    fields = {"content": FILE, "import_id": import_id((await preview(desk, FILE)).text)}
    await desk.post("/administration/import/confirm", fields)
    people = await desk.rows("participants.codes", org=desk.here.org)
    bucket = next(f'p:{row["doc"]}' for row in people if row["code"] == "B1")
    held = await desk.rows("participants.supporters", org=desk.here.org, buckets=f'["{bucket}"]')
    assert [row["specialist"] for row in held] == [desk.here.people["specialist"]]


async def test_every_problem_is_told_with_row_and_column_and_the_text_is_kept(desk: Office):
    answer = await preview(desk, "code,name,site\n,Bo,\nB2,,Nowhere\n")
    assert answer.status_code == 422
    for words in ("Row 2, column code", "Row 3, column name", "Row 3, column site: there is no site “Nowhere”"):
        assert words in answer.text
    assert "B2,,Nowhere" in answer.text


async def test_a_file_that_is_no_csv(desk: Office):
    assert "This is not a CSV file" in (await preview(desk, b"PK\x03\x04\x00\x00")).text
    assert "larger than 1 MB" in (await preview(desk, b"code,name\n" + b"a" * 1_100_000)).text
    assert "Choose a file or paste" in (await preview(desk, "")).text


async def test_names_of_another_organisation_are_unknown_here(desk: Office):
    answer = await preview(desk, "code,name,site,specialist\nB1,Bo,Site south,specialist south\n")
    assert "there is no site “Site south”" in answer.text
    assert "there is no specialist “specialist south”" in answer.text


async def test_what_no_longer_fits_is_not_imported(desk: Office):
    fields = {"content": FILE, "import_id": import_id((await preview(desk, FILE)).text)}
    person = desk.here.people["specialist"]
    await desk.post(f"/administration/people/{person}/disable")
    answer = await desk.post("/administration/import/confirm", fields)
    assert answer.status_code == 422
    assert await codes(desk) == {"P1"}


async def test_five_thousand_rows(desk: Office):
    content = "code,name\n" + "".join(f"C{number},Person {number}\n" for number in range(ROWS_LIMIT))
    page = (await preview(desk, content.encode())).text
    assert "5,000 people added" in page
    files = {"content": (None, content), "import_id": (None, import_id(page))}
    answer = await desk.post("/administration/import/confirm", files=files)
    assert "5,000 people added" in answer.text
    assert len(await codes(desk)) == ROWS_LIMIT + 1


async def test_what_was_not_kept_is_told_one_by_one_and_all_others_are_kept(desk: Office):
    """More than are decided at once, with one in the middle that no agreement takes."""
    member = await sessions.resume(desk.access, desk.client.cookies[SESSION], is_background=False)
    assert member is not None
    people = [new_id(START) for _ in range(CHANGES_AT_ONCE + 2)]
    good = [
        OfficeChange("create", "participant", person, participant_bucket(person), {"name": f"P{n}", "code": f"K{n}"})
        for n, person in enumerate(people)
    ]
    bad = OfficeChange("patch", "site", new_id(START), ORG_BUCKET, {"name": 7})
    refused = await keep_import(desk.access, member, [*good[:3], bad, *good[3:]])
    assert len(refused) == 1
    assert len(await codes(desk)) == 1 + len(good)
    assert [row["detail"] for row in await desk.log() if row["action"] == "import"] == [str(len(good))]
