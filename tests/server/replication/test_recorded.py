"""Every request that a shipped version ever sent is accepted for ever, with the outcome it had then.

tests/vectors/requests/<version>/ was recorded from the phone's own code (tests/web/recorded.test.ts). A folder is added
for each version that sends something new; none is ever changed.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from httpx import Response

from server.auth import deposits
from server.auth.sealed import open_attachment, open_item
from server.storage import attachments, salvage
from server.storage.devices import NewPhone, add_phone
from server.storage.port import OfficeChange
from server.storage.salvage_filing import Opened, settle
from sync.messages import EmergencyFile
from sync.records import KINDS
from tests.server.auth.conftest import desk  # noqa: F401 - a fixture
from tests.server.auth.office import Office, enrolment
from tests.support.core import Core
from tests.support.phone import Phone, new_id
from tests.support.sealing import from_base64url

ROOT = Path(__file__).parents[2] / "vectors" / "requests"
VERSIONS = sorted(path.name for path in ROOT.iterdir())
DOORS = ("enrol", "push", "pull", "salvage", "emergency", "attachment", "attachment_deposited")
"""Photos came with 1.2.0."""


class Recording:
    """One version's requests."""

    def __init__(self, version: str) -> None:
        parts = {path.stem: json.loads(path.read_text()) for path in (ROOT / version).glob("*.json")}
        self.about, self.expected = parts["about"], parts["expected"]
        self.bodies = {name: [body.encode() for body in parts.get(name, ())] for name in DOORS}


@pytest.fixture(params=VERSIONS)
def recording(request: pytest.FixtureRequest) -> Recording:
    return Recording(request.param)


async def the_phone(core: Core, org: int, recording: Recording) -> Phone:
    """The recorded device with a key of the test's, its person's caseload, and the recorded lineage."""
    about = recording.about
    await core.execute(f"UPDATE sync_epoch SET epoch = '{about['epoch']}'")
    phone = Phone(core.http, about["specialist"], about["epoch"], about["device"])
    phone.deposit = about["deposit"]
    row = NewPhone(phone.device, org, phone.person, phone.point, sha256(about["deposit"].encode()).hexdigest(), 1)
    await core.storage.write(lambda tx: add_phone(tx, row))
    person = about["person"]
    change = OfficeChange("create", "participant", person, f"p:{person}", {"name": "Ana"})
    await core.storage.submit_office(org, new_id(), "supervisor", [change], core.clock())
    await core.assign(org, person, phone.person)
    for before in about.get("before", ()):
        told = {name: value for name, value in before.items() if name != "role"}
        decided = await core.storage.submit_office(org, new_id(), before["role"], [OfficeChange(**told)], core.clock())
        assert decided.receipts[0].outcome == "applied", "what the office held before"
    return phone


async def push_all(phone: Phone, recording: Recording) -> list[list[str]]:
    answers = [await phone.post("/sync/v1/push", body) for body in recording.bodies["push"]]
    return [[one["outcome"] for one in answer.json()["results"]] for answer in answers]


def test_every_kind_of_change_that_a_phone_makes_is_recorded() -> None:
    """Every record that specialists write or change, and every kind of change."""
    bodies = [body for version in VERSIONS for body in Recording(version).bodies["push"]]
    changes = [change for body in bodies for change in json.loads(body)["changes"]]
    written = {change["type"] for change in changes if change["kind"] in {"create", "patch"}}
    theirs = {kind.type for kind in KINDS.values() if "specialist" in kind.creators | kind.patchers}
    assert theirs - written == set()
    assert any(Recording(version).bodies["attachment"] for version in VERSIONS)
    assert {change["kind"] for change in changes} == {"create", "patch", "tags", "sign", "addendum", "void"}


async def test_what_was_pushed_and_pulled_is_answered_as_then(core: Core, org: int, recording: Recording) -> None:
    phone = await the_phone(core, org, recording)
    assert await push_all(phone, recording) == recording.expected["push"]
    assert await push_all(phone, recording) == recording.expected["push"], "and again"
    for body, expected in zip(recording.bodies["pull"], recording.expected["pull"], strict=True):
        answer = await phone.post("/sync/v1/pull", body)
        assert sorted({row["doc"]: row["type"] for row in answer.json()["rows"]}.values()) == expected["rows"]


async def test_what_a_supervisor_says_reaches_the_recorded_phone(core: Core, org: int, recording: Recording) -> None:
    """A return and a co-signature stand in what its own pull is answered with."""
    phone = await the_phone(core, org, recording)
    await push_all(phone, recording)
    changes = [change for body in recording.bodies["push"] for change in json.loads(body)["changes"]]
    sign = next(change for change in changes if change["kind"] == "sign")
    about = ("note", sign["doc"], sign["bucket"])
    for change in (
        OfficeChange("cosign", *about, content_hash=sign["content_hash"]),
        OfficeChange("return", *about, {"comment": "Who was there?"}),
    ):
        decided = await core.storage.submit_office(org, new_id(), "supervisor", [change], core.clock())
        assert decided.receipts[0].outcome == "applied", decided
    answer = await phone.post("/sync/v1/pull", recording.bodies["pull"][0])
    (body,) = [row["body"] for row in answer.json()["rows"] if row["doc"] == sign["doc"]]
    assert body["cosigned"]["hash"] == sign["content_hash"]
    assert body["returned"][0]["comment"] == "Who was there?"


async def test_a_photo_beside_a_note_is_taken_and_opens_with_the_notes_key(core: Core, org: int, recording: Recording) -> None:
    """Signed by the phone, or by the token of one that is locked; sent again it is there once."""
    phone = await the_phone(core, org, recording)
    await push_all(phone, recording)
    headers = {"alongside-device": phone.device, "alongside-deposit": phone.deposit}
    for _ in range(2):
        answers = [await phone.post("/sync/v1/attachment", body) for body in recording.bodies["attachment"]]
        assert taken(answers) == recording.expected.get("attachment", [])
        deposited = recording.bodies["attachment_deposited"]
        answers = [await core.http.post("/sync/v1/attachment", content=body, headers=headers) for body in deposited]
        assert taken(answers) == recording.expected.get("attachment_deposited", [])
    changes = [change for body in recording.bodies["push"] for change in json.loads(body)["changes"]]
    named = [one for change in changes for one in (change.get("set") or {}).get("attachments", ())]
    sent = [json.loads(body)["id"] for body in (*recording.bodies["attachment"], *deposited)]
    assert {one["id"] for one in named} == set(sent)
    for one in named:
        async with core.storage.read() as rows:
            sealed = await attachments.whole(rows, org, one["id"])
        assert sealed is not None
        assert open_attachment(one["key"], sealed).startswith(b"%PDF-")


def taken(answers: list[Response]) -> list[dict[str, Any]]:
    return [{"have": one.json()["have"], "is_whole": one.json()["seq"] > 0} for one in answers]


async def prepare_salvage(core: Core, org: int, recording: Recording) -> Phone:
    """The pushes have arrived; then the device has its own key again, and the office the key that opens its envelopes."""
    phone = await the_phone(core, org, recording)
    await push_all(phone, recording)
    point = from_base64url(recording.about["public_key"]).hex()
    await core.execute(f"UPDATE device SET public_key = x'{point}' WHERE id = '{phone.device}'")
    d = int.from_bytes(urlsafe_b64decode(recording.about["seal_private"]["d"] + "="), "big")
    key = ec.derive_private_key(d, ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (core.settings.keys / "seal-k1.pem").write_bytes(pem)
    return phone


async def settled(core: Core, org: int, phone: Phone) -> dict[str, Any]:
    async with core.storage.read() as rows:
        items = await salvage.items(rows, org, phone.device)
    opened = [Opened(one.id, open_item(core.settings.keys, one.device, one.n, one.sealed)) for one in items]
    done = await settle(core.storage, org, phone.device, opened, new_id(), core.clock())
    return {"decided": done.decided}


async def test_what_was_salvaged_is_kept_and_opens(core: Core, org: int, recording: Recording) -> None:
    phone = await prepare_salvage(core, org, recording)
    headers = {"alongside-device": phone.device, "alongside-deposit": phone.deposit}
    answers = [await core.http.post("/sync/v1/salvage", content=body, headers=headers) for body in recording.bodies["salvage"]]
    outcomes = [[one["outcome"] for one in answer.json()["results"]] for answer in answers]
    assert outcomes == recording.expected["salvage"]
    assert await settled(core, org, phone) == recording.expected["filed"], "the very bytes that were pushed"


async def test_an_emergency_file_is_taken_in(core: Core, org: int, recording: Recording) -> None:
    phone = await prepare_salvage(core, org, recording)
    (body,) = recording.bodies["emergency"]
    file = msgspec.json.decode(body, type=EmergencyFile)
    async with core.storage.read() as rows:
        device = await salvage.keeper(rows, org, file.device)
    assert device is not None
    deposit = salvage.Deposit([], core.clock(), new_id(), via="file", brought_by=new_id())
    answer = await deposits.receive(core.storage, device, file.items, deposit)
    assert [one.outcome for one in answer.results] == recording.expected["salvage"][0]
    assert await settled(core, org, phone) == recording.expected["filed"]


async def test_an_enrolment_is_accepted(desk: Office, recording: Recording) -> None:  # noqa: F811 - the fixture
    issued = await desk.issue(desk.here.people["specialist"])
    (body,) = recording.bodies["enrol"]
    asked = json.loads(body) | {name: enrolment(issued.typed)[name] for name in ("code", "passphrase")}
    assert (await desk.client.post("/sync/v1/enrol", json=asked)).status_code == 200
