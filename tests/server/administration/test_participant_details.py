"""How to reach somebody, at the office: what is typed stays, what is not sent is not touched, two records are joined."""

from __future__ import annotations

from html import unescape

from server.storage import participants
from sync.records.participant import Emergency, ParticipantFields, Program
from tests.server.auth.office import Office

DETAILS = {
    "name": "Al", "is_alias": "yes", "contact": "555 0100", "preferred": "text", "is_message_safe": "ask",
    "em_name": "Rosa", "em_relation": "sister", "em_number": "555 0123", "em_agreed": "yes",
    "programs": "Open group\n\n Tuesday  walk ", "programs_part2": "Evenings", "part2": "", "status": "active",
}  # fmt: skip


async def held(desk: Office, doc: str = "") -> ParticipantFields:
    async with desk.storage.read() as rows:
        found = await participants.participant(rows, desk.here.org, doc or desk.here.participant)
    assert found is not None
    return found.fields


async def test_a_supervisor_changes_nothing(desk: Office) -> None:
    path = f"/administration/participants/{desk.here.participant}"
    await desk.sign_in("supervisor")
    assert (await desk.post(path, DETAILS)).status_code == 403
    assert (await held(desk)).contact == ""


async def test_details_are_kept_and_shown_again(desk: Office) -> None:
    await desk.sign_in("administrator")
    path = f"/administration/participants/{desk.here.participant}"
    assert (await desk.post(path, DETAILS)).status_code == 303
    fields = await held(desk)
    assert (fields.is_alias, fields.contact, fields.preferred, fields.is_message_safe) == (True, "555 0100", "text", "ask")
    assert fields.programs == [Program("Open group"), Program("Tuesday walk"), Program("Evenings", is_part2=True)]
    assert fields.emergency is not None
    assert (fields.emergency.name, fields.emergency.number, fields.emergency.is_agreed) == ("Rosa", "555 0123", True)
    words = unescape((await desk.get(path)).text)
    for said in ("555 0100", "Rosa", "Open group\nTuesday walk", "Evenings"):
        assert said in words
    # A form that knows nothing of the details leaves them alone; a yes that is taken back is none.
    assert (await desk.post(path, {"name": "Al", "status": "active"})).status_code == 303
    assert (await held(desk)).contact == "555 0100"
    await desk.post(path, {**DETAILS, "em_agreed": ""})
    assert (await held(desk)).emergency == Emergency("Rosa", "sister", "555 0123")


async def test_what_is_wrong_keeps_what_was_typed(desk: Office) -> None:
    await desk.sign_in("administrator")
    path = f"/administration/participants/{desk.here.participant}"
    for wrong in (
        {"contact": "c" * 401}, {"em_name": "", "em_number": "555 0199"}, {"programs": "\n".join(map(str, range(13)))},
        {"merged_code": "nobody-has-this"},
    ):  # fmt: skip
        answer = await desk.post(path, {**DETAILS, **wrong})
        assert answer.status_code == 422, wrong
        for value in wrong.values():
            assert value in unescape(answer.text)
    assert (await held(desk)).contact == ""


async def test_two_records_of_one_person_are_joined(desk: Office) -> None:
    """The one closes and names the other; opening it again parts them."""
    await desk.sign_in("administrator")
    made = await desk.post("/administration/participants/new", {"name": "Bo", "code": "B-1"})
    other = made.headers["location"].split("/")[-1]
    path = f"/administration/participants/{desk.here.participant}"
    assert (await desk.post(path, {**DETAILS, "merged_code": "b-1"})).status_code == 303
    fields = await held(desk)
    assert (fields.status, fields.merged_into) == ("closed", other)
    await desk.post(path, DETAILS)
    fields = await held(desk)
    assert (fields.status, fields.merged_into) == ("active", None)
