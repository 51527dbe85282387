"""Phones: locking one out says what is lost, and does what it says."""

from server.storage import devices
from tests.server.auth.office import Office, enrolment


async def state(desk: Office) -> tuple[str, str | None]:
    async with desk.storage.read() as rows:
        phone = await devices.device_by_id(rows, desk.here.phone)
    return phone.state, phone.mode


async def report(desk: Office, unsent: int) -> None:
    from sync.messages import Report  # noqa: PLC0415 - only here

    row = devices.report_row(desk.here.phone, desk.clock(), Report(unsent=unsent, oldest_unsent=desk.clock() - 7_200_000))
    await desk.storage.write(lambda tx: tx._connection.execute(_REPORTED, row))


_REPORTED = (
    "UPDATE device SET reported_at = ?2, reported_unsent = ?3, reported_oldest = ?4, reported_drafts = ?5,"
    " is_storage_protected = ?6, app = ?7 WHERE id = ?1"
)


async def test_a_stranger_locks_nobody_out(desk: Office):
    desk.forget_cookies()
    assert (await desk.post(f"/administration/phones/{desk.here.phone}/revoke", {"mode": "lock"})).status_code == 401
    assert await state(desk) == ("active", None)


async def test_the_list_says_what_each_phone_last_reported(desk: Office):
    assert "Not reported" in (await desk.get("/administration/phones")).text
    await report(desk, 3)
    assert "3 changes, oldest 2 h" in (await desk.get("/administration/phones")).text


async def test_before_it_is_done_the_screen_says_what_is_still_on_the_phone(desk: Office):
    await report(desk, 1)
    page = (await desk.get(f"/administration/phones/{desk.here.phone}")).text
    assert "held 1 change that is not here yet" in page
    assert await state(desk) == ("active", None)


async def test_locking_out(desk: Office):
    path = f"/administration/phones/{desk.here.phone}/revoke"
    assert 'value="lock" checked' in (await desk.get(f"/administration/phones/{desk.here.phone}")).text
    for wrong in ({}, {"mode": "lock"}, {"reason": "lost"}, {"mode": "lock", "reason": "because"}):
        assert (await desk.post(path, wrong)).status_code == 422
    assert await state(desk) == ("active", None)
    assert (await desk.post(path, {"mode": "lock", "reason": "lost"})).status_code == 303
    assert await state(desk) == ("revoked", "lock")
    page = (await desk.get("/administration/phones")).text
    assert "Locked, work still on it" in page
    assert "Since today." in page
    assert (await desk.post(path, {"mode": "lock", "reason": "lost"})).status_code == 404
    last = (await desk.log())[-1]
    assert (last["action"], last["subject"], last["detail"]) == ("revoke", desk.here.phone, "lock lost")


async def test_a_wipe_asks_to_be_understood(desk: Office):
    path = f"/administration/phones/{desk.here.phone}/revoke"
    answer = await desk.post(path, {"mode": "wipe_now", "reason": "stolen"})
    assert answer.status_code == 422
    assert 'id="f-understood-error"' in answer.text
    assert 'value="wipe_now" checked' in answer.text
    assert await state(desk) == ("active", None)
    assert (await desk.post(path, {"mode": "wipe_now", "understood": "yes", "reason": "stolen"})).status_code == 303
    assert await state(desk) == ("revoked", "wipe_now")
    assert "Told to wipe itself" in (await desk.get("/administration/phones")).text


async def test_another_organisation_locks_nobody_out(desk: Office):
    await desk.sign_in("administrator", desk.elsewhere)
    path = f"/administration/phones/{desk.here.phone}"
    assert (await desk.get(path)).status_code == 404
    assert (await desk.post(f"{path}/revoke", {"mode": "lock", "reason": "lost"})).status_code == 404
    assert await state(desk) == ("active", None)


async def test_an_administrator_makes_a_code_and_still_cannot_enrol_without_the_passphrase(desk: Office):
    page = (await desk.post("/administration/phones/code", {"specialist": desk.here.people["specialist"]})).text
    code = page.partition('id="typed-code">')[2].partition("<")[0]
    wrong = await desk.client.post("/sync/v1/enrol", json=enrolment(code, passphrase="administrator's guess"))
    assert wrong.status_code == 403
    assert (await desk.client.post("/sync/v1/enrol", json=enrolment(code))).status_code == 200
