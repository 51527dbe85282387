"""Enrolling a phone by one-time code: who may, once, and what nobody can tell from a refusal."""

import pytest

from server.auth.codes import CODE_LIFE_MS
from server.storage import devices
from server.storage.port import PullSeen
from sync.messages import Report
from tests.server.auth.office import MINUTE, Office, enrolment


async def enrol(desk: Office, code: str, **changed: str):
    return await desk.client.post("/sync/v1/enrol", json=enrolment(code, **changed))


async def test_a_stranger_is_refused(desk: Office):
    answer = await enrol(desk, "0000000000")
    assert (answer.status_code, answer.json()) == (403, {"code": "ENROLMENT_REFUSED"})


@pytest.mark.parametrize("by", ["typed", "token"])
async def test_code_and_passphrase_make_a_device(desk: Office, by: str):
    issued = await desk.issue(desk.here.people["specialist"])
    answer = await enrol(desk, issued.typed.lower() if by == "typed" else issued.link.partition("#")[2])
    assert answer.status_code == 200
    said = answer.json()
    assert (said["specialist"], said["organisation"], said["next_n"]) == (desk.here.people["specialist"], "north", 1)
    assert len(said["seal_key"]) == 87
    assert len(said["seal_kid"]) == 16
    async with desk.storage.read() as rows:
        device = await devices.device_by_id(rows, said["device"])
    assert (device.org, device.person, device.state, device.epoch) == (
        desk.here.org, desk.here.people["specialist"], "active", said["epoch"],
    )  # fmt: skip
    assert "set-cookie" not in answer.headers
    assert (await desk.actions())[-1] == "enrol"


async def test_the_answer_names_the_phones_that_went_before(desk: Office):
    person = desk.here.people["specialist"]
    first = (await enrol(desk, (await desk.issue(person)).typed)).json()
    assert [phone["device"] for phone in first["earlier"]] == [desk.here.phone]
    report = Report(unsent=3, drafts=1)
    await desk.storage.see_pull(PullSeen(desk.here.org, first["device"], person, 0, desk.clock() + 5, report))
    await desk.storage.write(
        lambda tx: devices.revoke(tx, desk.here.org, desk.here.phone, mode="lock", by=person, now=desk.clock())
    )
    second = (await enrol(desk, (await desk.issue(person)).typed)).json()
    assert second["earlier"] == [
        {"device": first["device"], "enrolled_at": desk.clock(), "heard_at": desk.clock() + 5, "unsent": 3, "drafts": 1}
    ]


async def test_a_code_works_once(desk: Office):
    issued = await desk.issue(desk.here.people["specialist"])
    token = issued.link.partition("#")[2]
    assert (await enrol(desk, token)).status_code == 200
    assert (await enrol(desk, token)).status_code == 403
    assert (await enrol(desk, issued.typed)).status_code == 403


async def test_a_code_ends_after_a_day(desk: Office):
    issued = await desk.issue(desk.here.people["specialist"])
    desk.clock.pass_by(CODE_LIFE_MS)
    assert (await enrol(desk, issued.typed)).status_code == 403


async def test_a_new_code_ends_the_one_before(desk: Office):
    old = await desk.issue(desk.here.people["specialist"])
    new = await desk.issue(desk.here.people["specialist"])
    assert (await enrol(desk, old.typed)).status_code == 403
    assert (await enrol(desk, new.typed)).status_code == 200


async def test_a_wrong_passphrase_does_not_spend_the_code_but_is_throttled(desk: Office):
    issued = await desk.issue(desk.here.people["specialist"])
    answers = [await enrol(desk, issued.typed, passphrase="not the right passphrase") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [403, 403, 403, 429]
    assert answers[3].json()["code"] == "THROTTLED"
    assert answers[3].json()["retry_after_s"] == 30
    desk.clock.pass_by(31_000)
    assert (await enrol(desk, issued.typed)).status_code == 200


async def test_only_specialists_have_phones(desk: Office):
    for role in ("supervisor", "administrator"):
        issued = await desk.issue(desk.here.people[role])
        assert (await enrol(desk, issued.typed)).status_code == 403


async def test_a_code_to_choose_a_passphrase_enrols_nothing(desk: Office):
    issued = await desk.issue(desk.here.people["specialist"], "passphrase")
    assert (await enrol(desk, issued.typed)).status_code == 403


async def test_a_disabled_account_enrols_nothing(desk: Office):
    issued = await desk.issue(desk.here.people["specialist"])
    await desk.storage.write(
        lambda tx: tx.run("accounts.set_active", org=desk.here.org, person=desk.here.people["specialist"], is_active=0)
    )
    assert (await enrol(desk, issued.typed)).status_code == 403


async def test_guessing_typed_codes_is_slowed_for_all_but_never_stops_a_link(desk: Office):
    issued = await desk.issue(desk.here.people["specialist"])
    answers = [(await enrol(desk, f"{number:010d}")).status_code for number in range(62)]
    assert answers == [403] * 60 + [429] * 2
    assert (await enrol(desk, issued.link.partition("#")[2])).status_code == 200
    desk.clock.pass_by(MINUTE)
    assert (await enrol(desk, "0000000000")).status_code == 403


@pytest.mark.parametrize(
    "changed",
    [
        {"public_key": "A" * 87},
        {"public_key": "!" * 87},
        {"public_key": "AA"},
        {"deposit_hash": "00"},
        {"code": "x" * 65},
        {"passphrase": "x" * 513},
        {"surprise": "1"},
    ],
)
async def test_what_is_no_request_is_unreadable(desk: Office, changed: dict[str, str]):
    issued = await desk.issue(desk.here.people["specialist"])
    answer = await desk.client.post("/sync/v1/enrol", json=enrolment(issued.typed) | changed)
    assert (answer.status_code, answer.json()["code"]) == (400, "UNREADABLE")
    assert (await enrol(desk, issued.typed)).status_code == 200


async def test_the_database_holds_no_code(desk: Office):
    issued = await desk.issue(desk.here.people["specialist"])
    database = desk.access.settings.database
    stored = b"".join(path.read_bytes() for path in database.parent.glob(database.name + "*"))
    for secret in (issued.typed, issued.typed.replace("-", ""), issued.link.partition("#")[2]):
        assert secret.encode() not in stored


async def test_the_landing_page_is_open_and_sends_no_token_anywhere(desk: Office):
    answer = await desk.get("/enrol")
    assert answer.status_code == 200
    assert 'href="/app/enrol" data-keep-fragment' in answer.text
