"""Guessing at a door: what slows it down, what does not help, and who is not locked out."""

import asyncio

from tests.server.auth.office import HOUR, PASSPHRASE, Office


async def guess(desk: Office, times: int, name: str = "supervisor.north", **more: object) -> list[int]:
    fields = {"sign_in": name, "passphrase": "not the right passphrase"}
    return [(await desk.post("/sign-in", fields, **more)).status_code for _ in range(times)]


async def test_the_fourth_guess_in_a_row_waits(desk: Office):
    assert await guess(desk, 5) == [401, 401, 401, 429, 429]
    assert (await desk.sign_in("supervisor")).status_code == 429
    desk.clock.pass_by(30_000)
    assert await guess(desk, 2) == [401, 429]
    desk.clock.pass_by(60_000)
    assert (await desk.sign_in("supervisor")).status_code == 303


async def test_made_up_addresses_and_browsers_buy_no_more_guesses(desk: Office):
    answers = []
    for number in range(8):
        headers = {"X-Forwarded-For": f"10.0.0.{number}", "Forwarded": f"for=10.1.0.{number}", "X-Real-IP": f"::{number}"}
        desk.client.cookies.set("alongside-browser", f"made-up-{number}")
        answers += await guess(desk, 1, headers=headers)
    assert answers == [401, 401, 401, 429, 429, 429, 429, 429]


async def test_unknown_names_wait_alike(desk: Office):
    assert await guess(desk, 4, "nobody at all") == [401, 401, 401, 429]
    assert await guess(desk, 1, "somebody else") == [401]


async def test_guesses_at_once_count_as_many(desk: Office):
    answers = await asyncio.gather(*(guess(desk, 1) for _ in range(8)))
    assert sorted(code for codes in answers for code in codes) == [401] * 3 + [429] * 5


async def test_a_browser_that_signed_in_before_is_not_locked_out_by_a_stranger(desk: Office):
    await desk.sign_in("supervisor")
    known = desk.client.cookies["alongside-browser"]
    desk.forget_cookies()
    assert (await guess(desk, 6))[-1] == 429
    desk.client.cookies.set("alongside-browser", known)
    assert (await desk.sign_in("supervisor")).status_code == 303


async def test_a_known_browser_has_a_budget_too(desk: Office):
    await desk.sign_in("supervisor")
    assert await guess(desk, 5) == [401, 401, 401, 429, 429]


async def test_somebody_elses_known_browser_is_a_strange_one(desk: Office):
    await desk.sign_in("specialist")
    await guess(desk, 3)
    desk.forget_cookies()
    assert await guess(desk, 1) == [429]


async def test_a_day_of_quiet_forgets(desk: Office):
    await guess(desk, 3)
    desk.clock.pass_by(25 * HOUR)
    assert await guess(desk, 4) == [401, 401, 401, 429]


async def test_the_passphrase_is_not_tried_while_waiting(desk: Office):
    """Even the right one is refused then, so that waiting cannot be told from being wrong."""
    await guess(desk, 3)
    answer = await desk.post("/sign-in", {"sign_in": "supervisor.north", "passphrase": PASSPHRASE})
    assert answer.status_code == 429
    assert "alongside-session" not in desk.client.cookies
