"""The team: adding, resetting and disabling people without ever learning a passphrase."""

import asyncio

import pytest

from server.storage import devices
from server.storage.records import record_by_doc
from tests.server.auth.office import PASSPHRASE, Office, enrolment

NEW = "seven lanterns on the quay"


def added(**changed: str) -> dict[str, str]:
    return {"name": "Bo Ruiz", "title": "CPS", "sign_in": "bo.ruiz", "role": "specialist"} | changed


async def person_of(desk: Office, sign_in: str) -> str:
    people = await desk.rows("accounts.page", org=desk.here.org, search="", limit=50, offset=0)
    return next(row["person"] for row in people if row["sign_in"] == sign_in)


async def member_record(desk: Office, person: str) -> dict:
    async with desk.storage.read() as rows:
        return (await record_by_doc(rows, desk.here.org, person)).fields


async def test_a_stranger_adds_nobody(desk: Office):
    desk.forget_cookies()
    assert (await desk.post("/administration/people/new", added())).status_code == 401
    for role in ("specialist", "supervisor"):
        await desk.sign_in(role)
        assert (await desk.post("/administration/people/new", added())).status_code == 403


async def test_who_is_added_chooses_their_own_passphrase_by_a_link(desk: Office):
    page = (await desk.post("/administration/people/new", added())).text
    link = page.partition('id="set-up-link">')[2].partition("<")[0]
    assert link.startswith("http://127.0.0.1:8130/set-passphrase#")
    assert (await member_record(desk, await person_of(desk, "bo.ruiz")))["name"] == "Bo Ruiz"
    desk.forget_cookies()
    fields = {"code": link.partition("#")[2], "new_passphrase": NEW, "new_passphrase_again": NEW}
    assert (await desk.post("/set-passphrase", fields)).status_code == 303
    assert "Bo Ruiz" in (await desk.get("/account")).text


async def test_until_then_nobody_signs_in(desk: Office):
    await desk.post("/administration/people/new", added())
    desk.forget_cookies()
    for passphrase in ("", PASSPHRASE, "None"):
        answer = await desk.post("/sign-in", {"sign_in": "bo.ruiz", "passphrase": passphrase})
        assert answer.status_code in {401, 422}


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"name": " "}, "name", "Type a name"),
        ({"name": "x" * 121}, "name", "at most 120 characters"),
        ({"sign_in": ""}, "sign_in", "without spaces"),
        ({"sign_in": "bo ruiz"}, "sign_in", "without spaces"),
        ({"sign_in": "SUPERVISOR.north"}, "sign_in", "taken"),
        ({"sign_in": "supervisor.south"}, "sign_in", "taken"),
        ({"role": "owner"}, "role", "Choose a role"),
    ],
)
async def test_problems_stand_on_top_and_inline_and_what_was_typed_is_kept(desk: Office, changed, field: str, words: str):
    answer = await desk.post("/administration/people/new", added(**changed))
    assert answer.status_code == 422
    assert f'href="#f-{field}"' in answer.text
    assert f'id="f-{field}-error"' in answer.text
    assert answer.text.count(words) >= 2
    assert 'value="CPS"' in answer.text


async def test_a_changed_name_reaches_account_and_record(desk: Office):
    person = desk.here.people["specialist"]
    answer = await desk.post(f"/administration/people/{person}", typed(name="Renée <3", title="CPS"))
    assert "Renée &lt;3" in answer.text
    assert (await member_record(desk, person)) == {"name": "Renée <3", "role": "specialist", "title": "CPS"}
    assert "Renée &lt;3" in (await desk.get("/administration/people")).text


async def test_a_reset_stops_the_passphrase_and_every_session_at_once(desk: Office):
    administrator = dict(desk.client.cookies)
    desk.forget_cookies()
    await desk.sign_in("supervisor")
    supervisor = dict(desk.client.cookies)
    desk.client.cookies = administrator
    page = (await desk.post(f"/administration/people/{desk.here.people['supervisor']}/reset")).text
    assert 'id="set-up-link"' in page
    assert PASSPHRASE not in page
    desk.client.cookies = supervisor
    assert (await desk.get("/account")).status_code == 303
    desk.forget_cookies()
    assert (await desk.sign_in("supervisor")).status_code == 401


async def test_disabling_ends_sessions_locks_phones_and_tells_the_other_phones(desk: Office):
    person = desk.here.people["specialist"]
    issued = await desk.issue(person)
    administrator = dict(desk.client.cookies)
    desk.forget_cookies()
    await desk.sign_in("specialist")
    specialist = dict(desk.client.cookies)
    desk.client.cookies = administrator
    assert (await desk.post(f"/administration/people/{person}/disable")).status_code == 200
    async with desk.storage.read() as rows:
        phone = await devices.device_by_id(rows, desk.here.phone)
    assert (phone.state, phone.mode) == ("revoked", "lock")
    assert (await member_record(desk, person))["is_active"] is False
    assert (await desk.client.post("/sync/v1/enrol", json=enrolment(issued.typed))).status_code == 403
    desk.client.cookies = specialist
    assert (await desk.get("/account")).status_code == 303
    desk.forget_cookies()
    assert (await desk.sign_in("specialist")).status_code == 401
    assert {"account_disabled", "revoke"} <= set(await desk.actions())


async def test_letting_somebody_in_again_leaves_their_phones_locked_out(desk: Office):
    person = desk.here.people["specialist"]
    await desk.post(f"/administration/people/{person}/disable")
    await desk.post(f"/administration/people/{person}/enable")
    async with desk.storage.read() as rows:
        assert (await devices.device_by_id(rows, desk.here.phone)).state == "revoked"
    desk.forget_cookies()
    assert (await desk.sign_in("specialist")).status_code == 303


async def test_nobody_disables_themselves(desk: Office):
    answer = await desk.post(f"/administration/people/{desk.here.people['administrator']}/disable")
    assert answer.status_code == 422
    assert "You cannot disable yourself" in answer.text
    assert (await desk.get("/administration/people")).status_code == 200


async def test_of_two_who_disable_each_other_in_one_moment_one_stays(desk: Office):
    """Who was disabled between the door and the commit does nothing more; somebody can still let the other in again."""
    link = (await desk.post("/administration/people/new", added(role="administrator"))).text
    code = link.partition('id="set-up-link">')[2].partition("<")[0].partition("#")[2]
    first, second = desk.here.people["administrator"], await person_of(desk, "bo.ruiz")
    own = dict(desk.client.cookies)
    desk.forget_cookies()
    await desk.post("/set-passphrase", {"code": code, "new_passphrase": NEW, "new_passphrase_again": NEW})
    await desk.post("/sign-in", {"sign_in": "bo.ruiz", "passphrase": NEW})
    cookies = {second: own, first: dict(desk.client.cookies)}
    desk.forget_cookies()

    async def disable(person: str) -> int:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies[person].items())}
        return (await desk.post(f"/administration/people/{person}/disable", headers=headers)).status_code

    assert sorted(await asyncio.gather(disable(first), disable(second))) == [200, 403]
    people = await desk.rows("accounts.page", org=desk.here.org, search="", limit=50, offset=0)
    assert sum(row["is_active"] for row in people if row["role"] == "administrator") == 1


async def test_a_lost_authenticator_is_removed(desk: Office):
    person = desk.here.people["supervisor"]
    await desk.storage.write(
        lambda tx: tx.run("accounts.set_factor", org=desk.here.org, person=person, factor=b"x", factor_step=0)
    )
    assert "authenticator is removed" in (await desk.post(f"/administration/people/{person}/factor")).text
    desk.forget_cookies()
    assert (await desk.sign_in("supervisor")).headers["location"] == "/"


async def test_the_list_is_found_by_part_of_a_name_and_by_page(desk: Office):
    for number in range(60):
        await desk.post("/administration/people/new", added(name=f"Extra {number:02d}", sign_in=f"extra{number}"))
    first = (await desk.get("/administration/people")).text
    assert 'href="/administration/people?page=2"' in first
    assert "supervisor north" in (await desk.get("/administration/people?page=2")).text
    found = (await desk.get("/administration/people?search=Extra 07")).text
    assert "Extra 07" in found
    assert "Extra 08" not in found
    assert "Nobody found" in (await desk.get("/administration/people?search=%25")).text
    assert "south" not in (await desk.get("/administration/people?search=south")).text.replace('value="south"', "")


def typed(**changed: str) -> dict[str, str]:
    return {"name": "specialist north", "title": "", "role": "specialist", "sign_in": "specialist.north"} | changed


async def test_a_strangers_people_are_not_changed(desk: Office):
    other = desk.elsewhere.people["specialist"]
    assert (await desk.post(f"/administration/people/{other}", typed(role="administrator"))).status_code == 404
    await desk.sign_in("supervisor")
    path = f"/administration/people/{desk.here.people['specialist']}"
    assert (await desk.post(path, typed(role="administrator"))).status_code == 403
    rows = await desk.rows("accounts.page", org=desk.elsewhere.org, search="", limit=9, offset=0)
    assert {row["role"] for row in rows} == {"specialist", "supervisor", "administrator"}


async def test_another_role_ends_sessions_locks_phones_and_reaches_the_record(desk: Office):
    person = desk.here.people["specialist"]
    administrator = dict(desk.client.cookies)
    desk.forget_cookies()
    await desk.sign_in("specialist")
    specialist = dict(desk.client.cookies)
    desk.client.cookies = administrator
    assert (await desk.post(f"/administration/people/{person}", typed(role="supervisor"))).status_code == 200
    assert (await member_record(desk, person))["role"] == "supervisor"
    async with desk.storage.read() as rows:
        phone = await devices.device_by_id(rows, desk.here.phone)
    assert (phone.state, phone.mode) == ("revoked", "lock")
    assert (await desk.actions())[-2:] == ["revoke", "account_changed"]
    desk.client.cookies = specialist
    assert (await desk.get("/account")).status_code == 303
    desk.forget_cookies()
    await desk.sign_in("specialist")
    assert (await desk.get("/dashboard")).status_code == 200


async def test_a_new_sign_in_name_works_and_the_old_one_does_not(desk: Office):
    person = desk.here.people["specialist"]
    for name in ("supervisor.north", "SUPERVISOR.south", "two words", ""):
        answer = await desk.post(f"/administration/people/{person}", typed(sign_in=name, role="supervisor"))
        assert answer.status_code == 422
        assert 'id="f-sign_in-error"' in answer.text
    assert (await member_record(desk, person))["role"] == "specialist"
    assert (await desk.post(f"/administration/people/{person}", typed(sign_in="Sam.North"))).status_code == 200
    desk.forget_cookies()
    assert (await desk.sign_in("specialist")).status_code == 401
    assert (await desk.post("/sign-in", {"sign_in": "sam.north", "passphrase": PASSPHRASE})).status_code == 303


async def test_nobody_changes_their_own_role(desk: Office):
    person = desk.here.people["administrator"]
    form = typed(name="administrator north", role="specialist", sign_in="administrator.north")
    assert (await desk.post(f"/administration/people/{person}", form)).status_code == 200
    assert (await member_record(desk, person))["role"] == "administrator"
    assert (await desk.get("/administration/people")).status_code == 200
