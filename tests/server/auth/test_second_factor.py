"""The second factor: asked of supervisors and administrators, spent once a code, recovered by codes on paper."""

import base64
import re

from server.storage import accounts
from tests.server.auth.office import MINUTE, PASSPHRASE, Office, code_now

SECRET_TEXT = re.compile(r'<p class="code link" translate="no">([A-Z2-7 ]+)</p>')
RECOVERY = re.compile(r"(?:[0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}")


async def secret_shown(desk: Office) -> bytes:
    """What an authenticator takes from the page."""
    text = SECRET_TEXT.search((await desk.get("/account/second-factor")).text)[1]
    return base64.b32decode(text.replace(" ", ""))


async def set_up(desk: Office) -> tuple[bytes, list[str]]:
    """Signs a supervisor in for the first time; the secret, and the recovery codes as shown."""
    await desk.sign_in("supervisor")
    secret = await secret_shown(desk)
    answer = await desk.post("/account/second-factor", {"code": code_now(secret, desk.clock())})
    assert answer.status_code == 200
    return secret, RECOVERY.findall(answer.text)


async def test_a_stranger_gets_no_secret(strict_desk: Office):
    assert (await strict_desk.get("/account/second-factor")).headers["location"].startswith("/sign-in")


async def test_until_it_is_set_up_a_supervisor_reaches_nothing_else(strict_desk: Office):
    answer = await strict_desk.sign_in("supervisor")
    assert answer.headers["location"] == "/account/second-factor"
    for path in ("/account", "/account/passphrase", "/dashboard"):
        assert (await strict_desk.get(path)).headers["location"] == "/account/second-factor"
    assert "sign_in" not in await strict_desk.actions()


async def test_a_specialist_needs_none(strict_desk: Office):
    assert (await strict_desk.sign_in("specialist")).headers["location"] == "/"
    assert (await strict_desk.get("/account")).status_code == 200


async def test_set_up_opens_a_new_session_and_shows_ten_recovery_codes_once(strict_desk: Office):
    await strict_desk.sign_in("supervisor")
    before = strict_desk.client.cookies["alongside-session"]
    _, codes = await set_up(strict_desk)
    assert len(codes) == 10
    assert strict_desk.client.cookies["alongside-session"] != before
    assert (await strict_desk.get("/account")).status_code == 200


async def test_a_wrong_code_sets_up_nothing_and_keeps_the_same_secret(strict_desk: Office):
    await strict_desk.sign_in("supervisor")
    first = SECRET_TEXT.search((await strict_desk.get("/account/second-factor")).text)[1]
    answer = await strict_desk.post("/account/second-factor", {"code": "000000"})
    assert answer.status_code == 422
    assert SECRET_TEXT.search(answer.text)[1] == first
    assert (await strict_desk.get("/account")).status_code == 303


async def test_the_next_sign_in_asks_for_a_code_that_works_once(strict_desk: Office):
    secret, _ = await set_up(strict_desk)
    strict_desk.forget_cookies()
    strict_desk.clock.pass_by(2 * MINUTE)
    assert (await strict_desk.sign_in("supervisor")).headers["location"] == "/sign-in/factor"
    code = code_now(secret, strict_desk.clock())
    assert (await strict_desk.post("/sign-in/factor", {"code": "123456"})).status_code == 401
    assert (await strict_desk.post("/sign-in/factor", {"code": code})).status_code == 303
    assert (await strict_desk.get("/account")).status_code == 200
    strict_desk.forget_cookies()
    await strict_desk.sign_in("supervisor")
    assert (await strict_desk.post("/sign-in/factor", {"code": code})).status_code == 401


async def test_a_recovery_code_works_once_however_it_is_spelled(strict_desk: Office):
    _, codes = await set_up(strict_desk)
    strict_desk.forget_cookies()
    await strict_desk.sign_in("supervisor")
    typed = codes[3].lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert (await strict_desk.post("/sign-in/factor", {"code": typed})).status_code == 303
    strict_desk.forget_cookies()
    await strict_desk.sign_in("supervisor")
    assert (await strict_desk.post("/sign-in/factor", {"code": codes[3]})).status_code == 401
    async with strict_desk.storage.read() as rows:
        assert await accounts.recovery_codes_left(rows, strict_desk.here.people["supervisor"]) == 9


async def test_codes_are_throttled_apart_from_passphrases(strict_desk: Office):
    await set_up(strict_desk)
    strict_desk.forget_cookies()
    await strict_desk.sign_in("supervisor")
    answers = [(await strict_desk.post("/sign-in/factor", {"code": "000000"})).status_code for _ in range(5)]
    assert answers == [401, 401, 401, 429, 429]


async def test_replacing_it_asks_for_the_passphrase(strict_desk: Office):
    await set_up(strict_desk)
    secret = await secret_shown(strict_desk)
    code = code_now(secret, strict_desk.clock())
    assert (await strict_desk.post("/account/second-factor", {"code": code})).status_code == 422
    answer = await strict_desk.post("/account/second-factor", {"code": code, "passphrase": PASSPHRASE})
    assert answer.status_code == 200


async def test_the_secret_does_not_stand_in_the_database(strict_desk: Office):
    secret, codes = await set_up(strict_desk)
    database = strict_desk.access.settings.database
    stored = b"".join(path.read_bytes() for path in database.parent.glob(database.name + "*"))
    assert secret not in stored
    assert not any(code.encode() in stored or code.replace("-", "").encode() in stored for code in codes)
