"""Who is not let in, and that nothing is learnt from knocking."""

from __future__ import annotations

import asyncio

from server.storage.accounts import NewAccount, add_account, set_active
from server.storage.devices import revoke
from server.storage.port import Submission
from tests.support.core import Core
from tests.support.phone import Phone, new_id


async def test_an_unknown_device_is_refused_and_gets_no_nonce(core: Core, org: int) -> None:
    stranger = Phone(core.http, new_id(), core.epoch)
    answer = await stranger.pull()
    assert (answer.status_code, answer.json()) == (401, {"code": "NOT_SIGNED"})
    assert "alongside-nonce" not in answer.headers


async def test_a_signature_of_another_key_is_refused(core: Core, phone: Phone) -> None:
    thief = Phone(core.http, phone.person, core.epoch, device=phone.device)
    answer = await thief.pull()
    assert (answer.status_code, answer.json()["code"]) == (401, "NOT_SIGNED")


async def test_no_headers_at_all_are_refused(core: Core, org: int) -> None:
    for path in ("/sync/v1/push", "/sync/v1/pull"):
        answer = await core.http.post(path, content=b"{}")
        assert (answer.status_code, answer.json()["code"]) == (401, "NOT_SIGNED")


async def test_a_signed_body_cannot_be_changed_on_the_way(core: Core, phone: Phone) -> None:
    await phone.pull()
    body = b'{"v":1}'
    headers = {
        "alongside-device": phone.device,
        "alongside-nonce": phone.nonce,
        "alongside-signature": phone.sign("/sync/v1/pull", body, phone.nonce),
    }
    answer = await core.http.post("/sync/v1/pull", content=b'{"v":2}', headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "NOT_SIGNED")


async def test_a_request_repeated_by_a_proxy_is_stale(core: Core, phone: Phone) -> None:
    await phone.pull()
    nonce = phone.nonce
    assert (await phone.pull()).status_code == 200
    body = b"{}"
    headers = {
        "alongside-device": phone.device,
        "alongside-nonce": nonce,
        "alongside-signature": phone.sign("/sync/v1/pull", body, nonce),
    }
    answer = await core.http.post("/sync/v1/pull", content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "STALE_NONCE")
    assert answer.headers["alongside-nonce"]


async def test_a_nonce_of_one_device_is_none_for_another(core: Core, org: int, phone: Phone) -> None:
    other = await core.phone(org)
    await other.pull()
    phone.nonce = other.nonce
    before = phone.nonce
    assert (await phone.pull()).status_code == 200
    assert phone.nonce != before


async def test_a_nonce_grows_old(core: Core, phone: Phone) -> None:
    await phone.pull()
    real, old = core.clock, phone.nonce
    core.clock = lambda: real() + 3 * 60 * 1000
    answer = await core.http.post(
        "/sync/v1/pull",
        content=b"{}",
        headers={
            "alongside-device": phone.device,
            "alongside-nonce": old,
            "alongside-signature": phone.sign("/sync/v1/pull", b"{}", old),
        },
    )
    assert answer.json()["code"] == "STALE_NONCE"


async def test_another_organisations_bucket_is_out_of_reach(core: Core, org: int, phone: Phone) -> None:
    mine = await core.phone(await core.organisation("Elsewhere"))
    theirs, change = phone.participant("Ana")
    await phone.push([change, phone.note(theirs, "Private words.")[1]])
    held = await mine.pull_all()
    assert theirs not in held
    mine.since[f"p:{theirs}"] = 0
    answer = (await mine.pull()).json()
    assert answer["drop"] == [{"b": f"p:{theirs}", "why": "reassigned"}]
    assert answer["rows"] == []
    refused = (await mine.push([mine.note(theirs)[1]])).json()["results"][0]
    assert (refused["outcome"], refused["code"]) == ("rejected", "OUT_OF_SCOPE")


async def test_a_colleagues_person_is_out_of_reach(core: Core, org: int, phone: Phone) -> None:
    colleague = await core.phone(org)
    person, change = phone.participant("Ana")
    await phone.push([change])
    assert person not in await colleague.pull_all()
    refused = (await colleague.push([colleague.note(person)[1]])).json()["results"][0]
    assert (refused["outcome"], refused["code"]) == ("rejected", "OUT_OF_SCOPE")


async def test_a_revoked_phone_is_told_what_to_do_and_nothing_else(core: Core, org: int, phone: Phone) -> None:
    person, change = phone.participant()
    await phone.push([change])
    await core.storage.write(lambda tx: revoke(tx, org, phone.device, mode="wipe_now", by=new_id(), now=core.clock()))
    for answer in (await phone.pull(), await phone.push([phone.note(person)[1]])):
        assert (answer.status_code, answer.json()) == (403, {"code": "DEVICE_REVOKED", "mode": "wipe_now"})
    assert await core.count("change") == 1


async def test_the_exchange_sets_no_cookie_and_takes_none(core: Core, phone: Phone) -> None:
    core.http.cookies.set("session", "x" * 40)
    answer = await phone.pull()
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers


async def test_one_phone_that_asks_without_end_is_throttled_alone(tmp_path) -> None:
    async with Core(tmp_path, sync_burst=5, sync_per_second=0.1).running() as core:
        org = await core.organisation()
        busy, quiet = await core.phone(org), await core.phone(org)
        answers = [await busy.pull() for _ in range(7)]
        assert [a.status_code for a in answers] == [200] * 5 + [429] * 2
        assert answers[-1].json() == {"code": "THROTTLED", "retry_after_s": 11}
        assert answers[-1].headers["retry-after"] == "11"
        assert (await quiet.pull()).status_code == 200


async def test_a_phone_revoked_while_it_pushes_is_refused_whole_or_taken_whole(core: Core, org: int, phone: Phone) -> None:
    person, first = phone.participant()
    raws = [first, *(phone.note(person)[1] for _ in range(30))]
    await phone.pull()
    job = lambda tx: revoke(tx, org, phone.device, mode="lock", by=new_id(), now=core.clock())  # noqa: E731
    answer, was_revoked = await asyncio.gather(phone.push(raws), core.storage.write(job))
    assert was_revoked
    decided = await core.count("change")
    assert (answer.status_code, decided) in {(200, 31), (403, 0)}
    assert (await phone.push(raws)).json() == {"code": "DEVICE_REVOKED", "mode": "lock"}
    assert await core.count("change") == decided
    (device,) = await core.rows("SELECT told_at FROM device")
    assert device["told_at"] is not None


async def test_a_disabled_person_has_no_phone_any_more_not_even_in_the_middle(core: Core, org: int, phone: Phone) -> None:
    account = NewAccount(phone.person, org, "ana", "Ana", "specialist", core.clock())
    await core.storage.write(lambda tx: add_account(tx, account))
    person, first = phone.participant()
    assert (await phone.push([first])).status_code == 200
    await core.storage.write(lambda tx: set_active(tx, org, phone.person, is_active=False))
    for answer in (await phone.pull(), await phone.push([phone.note(person)[1]])):
        assert answer.json() == {"code": "DEVICE_REVOKED", "mode": "lock"}
    submission = Submission(org, phone.device, phone.person, "specialist", 2, [phone.note(person)[1]], core.clock())
    decided = await core.storage.submit(submission)
    assert decided.problem is not None
    assert decided.problem.code == "DEVICE_REVOKED"
    assert (await phone.salvage([phone.sealed(phone.note(person)[1])])).json()["results"][0]["outcome"] == "kept"


async def test_a_second_phone_of_the_same_person_works_beside_the_first(core: Core, org: int, phone: Phone) -> None:
    second = await core.phone(org, phone.person)
    person, first = phone.participant("Ana")
    await phone.push([first])
    assert person in await second.pull_all()
    note, raw = second.note(person, "From the second phone.")
    assert (await second.push([raw])).json()["results"][0]["outcome"] == "applied"
    held = await phone.pull_all()
    base = held[note]["seq"]
    words = {"set": {"answers": {"did": "Mended on the first."}}, "base": base}
    patch = phone.capture("patch", "note", note, f"p:{person}", **words)
    assert (await phone.push([patch])).json()["results"][0]["outcome"] == "applied"
    assert (await second.pull_all())[note]["body"]["set"]["answers"]["did"] == "Mended on the first."


async def test_an_office_that_went_back_answers_no_phone(core: Core, org: int, phone: Phone) -> None:
    core.app.state.behind = "older"
    raws = [phone.participant()[1]]
    for answer in (await phone.pull(), await phone.push(raws), await phone.salvage([]), await phone.salvage_for(phone.device, [])):
        assert (answer.status_code, answer.json()) == (503, {"code": "OUT_OF_SERVICE", "retry_after_s": 300})
    assert await core.count("change") == 0
    core.app.state.behind = ""
    assert (await phone.push(raws)).status_code == 200


async def test_every_answer_names_the_request_it_belongs_to(core: Core, org: int, phone: Phone) -> None:
    await phone.pull()
    nonce = phone.nonce
    answer = await phone.pull()
    assert (answer.status_code, answer.headers["alongside-answers"]) == (200, nonce)
    await core.storage.write(lambda tx: revoke(tx, org, phone.device, mode="lock", by=new_id(), now=core.clock()))
    nonce = phone.nonce
    refused = await phone.pull()
    assert (refused.status_code, refused.headers["alongside-answers"]) == (403, nonce)
