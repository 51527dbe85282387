"""Signing in with a passphrase, staying signed in, and being asked to leave."""

import pytest

from tests.server.auth.office import HOUR, MINUTE, PASSPHRASE, Office


async def test_a_stranger_is_refused(desk: Office):
    answer = await desk.post("/sign-in", {"sign_in": "nobody", "passphrase": PASSPHRASE})
    assert answer.status_code == 401
    assert not desk.client.cookies
    assert (await desk.get("/account")).headers["location"] == "/sign-in?then=/account"


@pytest.mark.parametrize("name", ["SUPERVISOR.North", " supervisor.north ", "ｓupervisor.north"])
async def test_a_member_is_let_in_however_the_name_is_spelled(desk: Office, name: str):
    answer = await desk.post("/sign-in", {"sign_in": name, "passphrase": PASSPHRASE, "then": "/account?x=1"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/account?x=1")
    cookie = answer.headers.get_list("set-cookie")[0]
    assert cookie.startswith("alongside-session=")
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    page = await desk.get("/account")
    assert page.status_code == 200
    assert "supervisor north" in page.text


async def test_wrong_passphrase_unknown_name_and_disabled_account_read_the_same(desk: Office):
    await desk.storage.write(
        lambda tx: tx.run("accounts.set_active", org=desk.here.org, person=desk.here.people["specialist"], is_active=0)
    )
    asked = {"supervisor.north": "wrong wrong wrong wrong", "nobody": PASSPHRASE, "specialist.north": PASSPHRASE}
    pages = [
        (await desk.post("/sign-in", {"sign_in": name, "passphrase": phrase})).text.replace(name, "")
        for name, phrase in asked.items()
    ]
    assert pages[0] == pages[1] == pages[2]


async def test_what_was_typed_is_kept_but_never_the_passphrase(desk: Office):
    answer = await desk.post("/sign-in", {"sign_in": "<ana>", "passphrase": "not the right one at all"})
    assert 'value="&lt;ana&gt;"' in answer.text
    assert "not the right one" not in answer.text


@pytest.mark.parametrize("then", ["https://evil.example", "//evil.example", "/\\evil.example", "/a\nb", "javascript:1", ""])
async def test_signing_in_never_leads_to_another_site(desk: Office, then: str):
    answer = await desk.post(
        "/sign-in", {"sign_in": "supervisor.north", "passphrase": PASSPHRASE, "then": then}
    )
    assert answer.headers["location"] == "/"


async def test_a_new_sign_in_gets_a_new_token_and_ends_the_old_one(desk: Office):
    await desk.sign_in("supervisor")
    old = desk.client.cookies["alongside-session"]
    await desk.sign_in("supervisor")
    assert desk.client.cookies["alongside-session"] != old
    desk.client.cookies.set("alongside-session", old)
    assert (await desk.get("/account")).status_code == 303


async def test_the_database_holds_no_token_that_could_be_used(desk: Office):
    await desk.sign_in("supervisor")
    token = desk.client.cookies["alongside-session"]
    assert len(token) >= 43
    database = desk.access.settings.database
    stored = b"".join(path.read_bytes() for path in database.parent.glob(database.name + "*"))
    assert token.encode() not in stored
    assert PASSPHRASE.encode() not in stored


async def test_a_session_ends_after_thirty_idle_minutes(desk: Office):
    await desk.sign_in("supervisor")
    for _ in range(4):
        desk.clock.pass_by(29 * MINUTE)
        assert (await desk.get("/account")).status_code == 200
    desk.clock.pass_by(30 * MINUTE)
    assert (await desk.get("/account")).status_code == 303


async def test_background_refreshes_keep_nobody_signed_in(desk: Office):
    await desk.sign_in("supervisor")
    desk.clock.pass_by(20 * MINUTE)
    assert (await desk.get("/account", headers={"Alongside-Background": "1"})).status_code == 200
    desk.clock.pass_by(11 * MINUTE)
    assert (await desk.get("/account")).status_code == 303


async def test_a_session_ends_twelve_hours_after_sign_in_however_busy(desk: Office):
    await desk.sign_in("supervisor")
    for _ in range(12 * 3 - 1):
        desk.clock.pass_by(HOUR // 3)
        assert (await desk.get("/account")).status_code == 200
    desk.clock.pass_by(HOUR // 3)
    assert (await desk.get("/account")).status_code == 303


async def test_sign_out_ends_the_session_and_may_be_pressed_twice(desk: Office):
    await desk.sign_in("supervisor")
    token = desk.client.cookies["alongside-session"]
    assert (await desk.post("/sign-out")).status_code == 200
    assert "alongside-session" not in desk.client.cookies
    desk.client.cookies.set("alongside-session", token)
    assert (await desk.get("/account")).status_code == 303
    assert (await desk.post("/sign-out")).status_code == 200
    assert await desk.actions() == ["sign_in", "sign_out"]


async def test_a_form_that_comes_after_the_session_is_kept_to_be_sent_again(desk: Office):
    answer = await desk.post("/account/screen", {"lang": "es", "note": "<b>kept</b>\nsecond", "passphrase": PASSPHRASE})
    assert answer.status_code == 401
    assert 'action="/account/screen"' in answer.text
    assert "&lt;b&gt;kept&lt;/b&gt;\nsecond" in answer.text
    assert PASSPHRASE not in answer.text


async def test_sign_ins_are_in_the_access_log_without_what_was_typed(desk: Office):
    await desk.post("/sign-in", {"sign_in": "somebody secret", "passphrase": "a wrong passphrase"})
    await desk.post("/sign-in", {"sign_in": "supervisor.north", "passphrase": "a wrong passphrase"})
    await desk.sign_in("supervisor")
    log = await desk.log()
    person = desk.here.people["supervisor"]
    assert [(entry["action"], entry["actor"], entry["subject"]) for entry in log] == [
        ("sign_in_failed", None, None),
        ("sign_in_failed", None, person),
        ("sign_in", person, person),
    ]
    assert "somebody" not in str(log)


async def test_over_https_the_cookie_is_bound_to_the_host(tmp_path):
    from tests.server.auth.office import office  # noqa: PLC0415 - the one office with another address

    async with office(tmp_path, PUBLIC_URL="https://notes.example.org") as desk:
        answer = await desk.sign_in("supervisor")
        cookie = answer.headers.get_list("set-cookie")[0]
        assert cookie.startswith("__Host-alongside-session=")
        assert {"Secure", "HttpOnly", "Path=/"} <= set(cookie.split("; "))
        assert "domain" not in cookie.lower()
        assert (await desk.get("/account")).headers["strict-transport-security"].startswith("max-age=63072000")
