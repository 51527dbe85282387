"""Reading the access log: by person, kind and day, a page at a time, and never another organisation's."""

import re

from tests.server.auth.office import HOUR, Office

ROW = re.compile(r'<th scope="row">([^<]+)</th>')


async def shown(desk: Office, **query: str) -> list[str]:
    return ROW.findall((await desk.get("/administration/access", params=query)).text)


async def test_a_supervisor_does_not_read_it(desk: Office):
    await desk.sign_in("supervisor")
    assert (await desk.get("/administration/access")).status_code == 403


async def test_it_says_who_did_what_newest_first_and_that_it_was_read(desk: Office):
    await desk.get(f"/administration/participants/{desk.here.participant}")
    first = await shown(desk)
    assert first[:2] == ["Read a record", "Signed in"]
    assert (await shown(desk))[0] == "Read this log"


async def test_it_is_narrowed_by_person_kind_and_day(desk: Office):
    await desk.sign_in("supervisor")
    await desk.sign_in("administrator")
    person = desk.here.people["supervisor"]
    assert await shown(desk, person=person) == ["Signed in"]
    assert set(await shown(desk, kind="sign_in")) == {"Signed in"}
    assert await shown(desk, kind="sign_in", since="2026-09-22") == []
    assert len(await shown(desk, kind="sign_in", since="2026-09-21", until="2026-09-21")) == 3
    assert await shown(desk, kind="sign_in", until="2026-09-20") == []


async def test_days_are_those_of_the_organisation(desk: Office):
    """The clock stands at 14:13 UTC on 21 September, 9:13 in Chicago; twelve hours on it is 22 September in UTC only."""
    desk.clock.pass_by(11 * HOUR + HOUR // 2)
    await desk.sign_in("administrator")
    assert len(await shown(desk, kind="sign_in", since="2026-09-21", until="2026-09-21")) == 2


async def test_what_is_no_filter_is_left_aside(desk: Office):
    for query in ({"person": "x"}, {"kind": "x"}, {"since": "yesterday"}, {"until": "9999-12-31"}, {"before": "x-y"}):
        assert "Signed in" in await shown(desk, **query)


async def test_it_goes_on_page_by_page(desk: Office):
    for _ in range(60):
        await desk.get(f"/administration/participants/{desk.here.participant}")
    page = (await desk.get("/administration/access?kind=read")).text
    assert len(ROW.findall(page)) == 50
    older = re.search(r'href="(/administration/access\?[^"]*before=[^"]+)"', page)[1].replace("&amp;", "&")
    assert len(ROW.findall((await desk.get(older)).text)) == 10


async def test_other_organisations_are_not_in_it(desk: Office):
    await desk.sign_in("administrator", desk.elsewhere)
    assert desk.here.people["administrator"] not in (await desk.get("/administration/access")).text
    assert len(await shown(desk, kind="sign_in")) == 1
