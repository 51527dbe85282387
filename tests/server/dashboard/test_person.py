"""A person at the office: strangers first, what is shown, and that pages not shared are shown nowhere."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from server.demo.cast import Participant
from server.demo.dice import dice
from server.demo.founding import new_phone
from server.demo.phones import APP, Phone
from server.storage.devices import add_phone
from sync.ids import participant_bucket, specialist_bucket
from tests.server.dashboard.harbor import Harbor
from tests.sync.test_consents import fields as consent_fields

SECRET = "the smell of the river at night"
NOBODY = "018f0000-0000-7000-8000-000000000000"
DAY = 86_400_000


async def hold(desk: Harbor, *records: tuple[str, str, dict[str, Any]]) -> list[str]:
    """Records written on a new phone of the first specialist: (noun, bucket, fields); their ids."""
    now = desk.office.clock()
    phone = Phone(desk.people.specialists[0].id, now - DAY, dice(5, "person"))
    await desk.office.storage.write(lambda tx: add_phone(tx, new_phone(desk.org, phone, APP)))
    docs = [phone.new_id(now) for _ in records]
    for doc, (noun, bucket, fields) in zip(docs, records, strict=True):
        phone.capture(now, "create", noun, doc, bucket, set=fields)
    decided = await desk.office.storage.submit(phone.hand_over(desk.org, now))
    assert [receipt.outcome for receipt in decided.receipts] == ["applied"] * len(records), decided.receipts
    return docs


def theirs(desk: Harbor) -> Participant:
    """One of the first specialist's people."""
    return next(one for one in desk.people.participants if one.specialist == 0 and not one.is_newcomer)


def day(desk: Harbor, days: int) -> str:
    return datetime.fromtimestamp((desk.office.clock() + days * DAY) / 1000, UTC).date().isoformat()


async def test_another_organisation_finds_nobody(desk: Harbor) -> None:
    """Ids of one organisation mean nothing in another, nor does an id that nobody has."""
    person = theirs(desk)
    signed = {"participant": person.id, "signed": {"name": "X", "at": 1}, "signed_on": day(desk, 0)}
    consent, plan = await hold(
        desk,
        ("consent", participant_bucket(person.id), consent_fields(participant=person.id)),
        ("plan", participant_bucket(person.id), signed),
    )
    await desk.office.sign_in("supervisor", desk.office.elsewhere)
    for path in (f"people/{person.id}", f"consents/{consent}", f"plans/{plan}", f"people/{NOBODY}"):
        assert (await desk.get(f"/dashboard/{path}")).status_code == 404, path
    await desk.enter()
    for path in (f"people/{person.id}", f"consents/{consent}", f"plans/{plan}"):
        assert (await desk.get(f"/dashboard/{path}")).status_code == 200, path
    assert {entry["subject"] for entry in await desk.reads()} == {person.id, consent, plan}


async def test_a_person_is_shown_with_plan_consents_and_what_they_share(desk: Harbor) -> None:
    person = theirs(desk)
    bucket = participant_bucket(person.id)
    goal = {"id": NOBODY, "words": "A door that locks", "steps": [{"id": NOBODY, "text": "Ask at the desk"}]}
    signed = {"name": "A. B.", "at": 1, "how": "drawn", "drawing": "M1 2L3 4"}
    consent, plan, _ = await hold(
        desk,
        ("consent", bucket, consent_fields(participant=person.id, expires_on=day(desk, 10))),
        ("plan", bucket, {"participant": person.id, "signed": signed, "signed_on": day(desk, 0), "goals": [goal]}),
        ("keepwell_copy", bucket, {"participant": person.id, "shared_on": day(desk, 0), "well": "Singing aloud"}),
    )
    await desk.enter()
    words = await desk.page(f"/dashboard/people/{person.id}")
    for said in (person.name, person.goals[0].words, "The county clinic", "Ends soon", "Singing aloud"):
        assert said in words, said
    version = await desk.page(f"/dashboard/plans/{plan}")
    assert "A door that locks" in version
    assert "Ask at the desk" in version
    assert 'd="M1 2L3 4"' in version
    assert "I can take this back at any time." in await desk.page(f"/dashboard/consents/{consent}")
    spanish = await desk.page(f"/dashboard/consents/{consent}?in=es")
    assert "Puedo retirar este consentimiento en cualquier momento." in spanish
    assert 'lang="es"' in spanish


async def test_consents_that_end_soon_wait_on_the_first_page(desk: Harbor) -> None:
    """Within the warning and in force; what was taken back, has ended or goes on is no work for anybody."""
    person = theirs(desk)
    bucket = participant_bucket(person.id)
    until = [("Clinic soon", 12, {}), ("Clinic late", 90, {}), ("Clinic over", -2, {}),
             ("Clinic back", 12, {"revoked_on": day(desk, -1)})]  # fmt: skip
    await desk.enter()
    before = (await desk.page("/dashboard")).count("Consent ends")
    await hold(desk, *(
        ("consent", bucket, consent_fields(participant=person.id, recipient=who, expires_on=day(desk, days), **more))
        for who, days, more in until
    ))  # fmt: skip
    words = await desk.page("/dashboard")
    assert "Clinic soon" in words
    assert not [who for who, _, _ in until[1:] if who in words]
    assert words.count("Consent ends") - before == 2  # its tag, and the words of its link
    assert f"/dashboard/people/{person.id}" in words


async def test_pages_that_were_not_shared_are_shown_nowhere(desk: Harbor) -> None:
    """Private pages reach the office sealed in nobody's screen: not the person's page, lists, conflicts, nor exports."""
    person = theirs(desk)
    own = specialist_bucket(desk.people.specialists[0].id)
    (doc,) = await hold(desk, ("keepwell", own, {"participant": person.id, "well": SECRET}))
    for name in ("ruth", "ines"):
        await desk.enter(name)
        for path in (
            "/dashboard", f"/dashboard/people/{person.id}", "/dashboard/kept", "/dashboard/notes", "/dashboard/quarantine",
            f"/dashboard/notes?person={person.id}",
        ):  # fmt: skip
            assert SECRET not in await desk.page(path), path
        for path in (f"notes/{doc}", f"consents/{doc}", f"plans/{doc}", f"people/{doc}", f"kept/{doc}"):
            assert (await desk.get(f"/dashboard/{path}")).status_code == 404, path
