"""What members do about their own account, and the links with which they choose a passphrase."""

import pytest

from server.auth.codes import CODE_LIFE_MS
from tests.server.auth.office import PASSPHRASE, Office, enrolment

NEW = "seven lanterns on the quay"


def chosen(code: str, **changed: str) -> dict[str, str]:
    return {"code": code, "new_passphrase": NEW, "new_passphrase_again": NEW} | changed


async def test_a_stranger_chooses_no_passphrase(desk: Office):
    for code in ("", "00000-00000", "A" * 22):
        answer = await desk.post("/set-passphrase", chosen(code))
        assert answer.status_code == 422
        assert "alongside-session" not in desk.client.cookies


@pytest.mark.parametrize("by", ["typed", "token"])
async def test_a_link_lets_its_owner_choose_and_signs_them_in(desk: Office, by: str):
    issued = await desk.issue(desk.here.people["supervisor"], "passphrase")
    code = issued.typed if by == "typed" else issued.link.partition("#")[2]
    assert (await desk.post("/set-passphrase", chosen(code))).status_code == 303
    assert (await desk.get("/account")).status_code == 200
    desk.forget_cookies()
    assert (await desk.sign_in("supervisor")).status_code == 401
    assert (await desk.post("/sign-in", {"sign_in": "supervisor.north", "passphrase": NEW})).status_code == 303


async def test_a_link_works_once_and_for_a_day(desk: Office):
    issued = await desk.issue(desk.here.people["supervisor"], "passphrase")
    assert (await desk.post("/set-passphrase", chosen(issued.typed))).status_code == 303
    assert (await desk.post("/set-passphrase", chosen(issued.typed))).status_code == 422
    late = await desk.issue(desk.here.people["supervisor"], "passphrase")
    desk.clock.pass_by(CODE_LIFE_MS)
    assert (await desk.post("/set-passphrase", chosen(late.typed))).status_code == 422


async def test_a_phone_code_chooses_no_passphrase(desk: Office):
    issued = await desk.issue(desk.here.people["specialist"], "phone")
    assert (await desk.post("/set-passphrase", chosen(issued.typed))).status_code == 422


async def test_choosing_ends_every_session_there_was(desk: Office):
    await desk.sign_in("supervisor")
    old = desk.client.cookies["alongside-session"]
    desk.forget_cookies()
    issued = await desk.issue(desk.here.people["supervisor"], "passphrase")
    await desk.post("/set-passphrase", chosen(issued.typed))
    desk.client.cookies.set("alongside-session", old)
    assert (await desk.get("/account")).status_code == 303


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"new_passphrase": "short"}, "at least 15"),
        ({"new_passphrase_again": "seven lanterns on the key"}, "not the same"),
        ({"new_passphrase": "supervisor.north 1234", "new_passphrase_again": "supervisor.north 1234"}, "easy to guess"),
    ],
)
async def test_a_weak_passphrase_says_why_in_both_places_and_keeps_the_code(desk: Office, changed, word: str):
    issued = await desk.issue(desk.here.people["supervisor"], "passphrase")
    answer = await desk.post("/set-passphrase", chosen(issued.typed, **changed))
    assert answer.status_code == 422
    assert answer.text.count(word) >= 2
    assert 'id="error-summary"' in answer.text
    assert f'value="{issued.typed}"' in answer.text
    assert NEW not in answer.text
    assert (await desk.post("/set-passphrase", chosen(issued.typed))).status_code == 303


async def test_changing_the_passphrase_asks_for_the_present_one_and_ends_the_other_sessions(desk: Office):
    await desk.sign_in("supervisor")
    other = desk.client.cookies["alongside-session"]
    desk.forget_cookies()
    await desk.sign_in("supervisor")
    assert (await desk.post("/account/passphrase", chosen("", passphrase="wrong wrong wrong"))).status_code == 422
    assert (await desk.post("/account/passphrase", chosen("", passphrase=PASSPHRASE))).status_code == 303
    assert (await desk.get("/account")).status_code == 200
    desk.client.cookies.set("alongside-session", other)
    assert (await desk.get("/account")).status_code == 303


async def test_guessing_the_present_passphrase_at_an_open_desk_is_throttled(desk: Office):
    await desk.sign_in("supervisor")
    wrong = chosen("", passphrase="wrong wrong wrong wrong")
    pages = [(await desk.post("/account/passphrase", wrong)).text for _ in range(4)]
    assert "Too many tries" not in pages[2]
    assert "Too many tries" in pages[3]


async def test_a_member_sees_and_ends_their_own_sessions(desk: Office):
    await desk.sign_in("supervisor")
    other = desk.client.cookies["alongside-session"]
    desk.forget_cookies()
    await desk.sign_in("supervisor")
    page = (await desk.get("/account")).text
    assert page.count("/end") == 1
    path = page.partition('action="/account/sessions/')[2].partition('"')[0]
    assert (await desk.post(f"/account/sessions/{path}")).status_code == 303
    desk.client.cookies.set("alongside-session", other)
    assert (await desk.get("/account")).status_code == 303


async def test_a_specialist_sets_up_their_own_phone(desk: Office):
    await desk.sign_in("specialist")
    page = (await desk.post("/account/phone")).text
    link = page.partition('id="enrolment-link">')[2].partition("<")[0]
    assert link.startswith("http://127.0.0.1:8130/enrol#")
    assert '<svg class="qr"' in page
    answer = await desk.client.post("/sync/v1/enrol", json=enrolment(link.partition("#")[2]))
    assert answer.status_code == 200


@pytest.mark.parametrize("role", ["supervisor", "administrator"])
async def test_nobody_else_has_a_phone(desk: Office, role: str):
    await desk.sign_in(role)
    assert (await desk.post("/account/phone")).status_code == 403


async def test_language_and_look_are_the_members_own(desk: Office):
    await desk.sign_in("supervisor")
    await desk.post("/account/screen", {"lang": "es", "theme": "dark"})
    page = (await desk.get("/account", headers={"Accept-Language": "en"})).text
    assert '<html lang="es" data-theme="dark">' in page
    await desk.post("/account/screen", {"lang": "xx", "theme": "loud"})
    assert '<html lang="en" data-theme="system">' in (await desk.get("/account")).text


@pytest.mark.parametrize(
    ("accepts", "lang"),
    [("es-MX,es;q=0.9,en;q=0.8", "es"), ("fr,en;q=0.5,es;q=0.7", "es"), ("de", "en"), ("", "en"), ("es;q=0,en", "en")],
)
async def test_before_sign_in_the_browser_chooses_the_language(desk: Office, accepts: str, lang: str):
    assert f'<html lang="{lang}"' in (await desk.get("/sign-in", headers={"Accept-Language": accepts})).text
