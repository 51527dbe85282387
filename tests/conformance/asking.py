"""MUSTs about who is asking, and about requests that are none."""

from __future__ import annotations

import gzip
import hashlib
import secrets
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec

from tests.conformance.musts import must
from tests.conformance.scene import Scene, problem, results
from tests.support.phone import Phone, new_id

PULL = "/sync/v1/pull"


@must(1, "take an enrolment code once, and refuse a wrong code and a wrong passphrase alike")
async def enrolment(scene: Scene) -> None:
    account = scene.specialist(0)
    code = await scene.desk.phone_code(scene.person(0))
    wrong_code = await scene.enrol(Phone(scene.http, "", ""), "ZZZZZ-ZZZZZ", account["passphrase"])
    wrong_words = await scene.enrol(Phone(scene.http, "", ""), code, "not these words at all")
    assert problem(wrong_code) == problem(wrong_words) == (403, "ENROLMENT_REFUSED")
    assert wrong_code.content == wrong_words.content
    assert (await scene.enrol(Phone(scene.http, "", ""), code, account["passphrase"])).status_code == 200
    again = await scene.enrol(Phone(scene.http, "", ""), code, account["passphrase"])
    assert problem(again) == (403, "ENROLMENT_REFUSED")


@must(2, "refuse what the device's key has not signed: method, path, body and nonce")
async def signatures(scene: Scene) -> None:
    phone = await scene.phone()
    thief = Phone(scene.http, phone.person, phone.epoch, phone.device)
    assert problem(await thief.pull()) == (401, "NOT_SIGNED")
    stranger = Phone(scene.http, phone.person, phone.epoch, new_id())
    assert problem(await stranger.pull()) == (401, "NOT_SIGNED")
    assert problem(await scene.http.post(PULL, content=b"{}")) == (401, "NOT_SIGNED")
    await phone.pull()
    for path, body in ((PULL, b'{"v":2}'), ("/sync/v1/push", b'{"v":1}')):
        headers = {
            "alongside-device": phone.device, "alongside-nonce": phone.nonce,
            "alongside-signature": phone.sign(PULL, b'{"v":1}', phone.nonce),
        }  # fmt: skip
        assert problem(await scene.http.post(path, content=body, headers=headers)) == (401, "NOT_SIGNED"), path


@must(3, "take each nonce once, and give a fresh one with every answer to a known device", 4)
async def nonces(scene: Scene) -> None:
    phone = await scene.phone()
    await phone.pull()
    body = phone.push_body([b"{}"], phone.n)
    headers = {
        "alongside-device": phone.device, "alongside-nonce": phone.nonce,
        "alongside-signature": phone.sign(PULL, body, phone.nonce),
    }  # fmt: skip
    first = await scene.http.post(PULL, content=body, headers=headers)
    again = await scene.http.post(PULL, content=body, headers=headers)
    assert problem(again) == (401, "STALE_NONCE"), (first.status_code, again.status_code)
    fresh = {first.headers["alongside-nonce"], again.headers["alongside-nonce"], phone.nonce}
    assert len(fresh) == 3
    other = await scene.phone(1)
    await other.pull()
    phone.nonce = other.nonce
    headers["alongside-nonce"] = other.nonce
    headers["alongside-signature"] = phone.sign(PULL, body, other.nonce)
    assert problem(await scene.http.post(PULL, content=body, headers=headers)) == (401, "STALE_NONCE")


@must(4, "refuse what cannot be read (400 UNREADABLE) or is too large (413 TOO_LARGE), and decide nothing of it", 27)
async def bodies(scene: Scene) -> None:
    phone = await scene.phone()
    (_, raw), path = phone.participant(), "/sync/v1/push"
    good = phone.push_body([raw], phone.n - 1)
    bomb = gzip.compress(bytes(20 * 1024 * 1024))
    for body in (b"", b"changes", b"[]", good[:-1], good[:-1] + b',"more":1}', good.replace(b'"v":1', b'"v":1.5')):
        assert problem(await phone.post(path, body)) == (400, "UNREADABLE"), body[:40]
    for sent in (gzip.compress(good)[:-9], good):
        answer = await phone.post(path, sent, is_gzip=False, **{"content-encoding": "gzip"})
        assert problem(answer) == (400, "UNREADABLE")
    answer = await phone.post(path, bomb, is_gzip=False, **{"content-encoding": "gzip"})
    assert problem(answer) == (413, "TOO_LARGE")
    assert problem(await phone.post(path, good + b" " * 2 * 1024 * 1024, is_gzip=False)) == (413, "TOO_LARGE")
    for_other = msgspec.json.encode({**msgspec.json.decode(good), "device": new_id()})
    assert problem(await phone.post(path, for_other)) == (400, "UNREADABLE")
    assert (await phone.pull()).json()["next_n"] == phone.n - 1
    assert [r["outcome"] for r in await results(await phone.push([raw]))] == ["applied"]


@must(5, "answer in JSON with its stated fields, packed only as the asker accepts")
async def answers(scene: Scene) -> None:
    phone = await scene.phone()
    body = msgspec.json.encode({
        "v": 1, "epoch": phone.epoch, "device": phone.device, "schema": 1, "since": {}, "clock": {"wall": 1},
    })  # fmt: skip
    plain = await phone.post(PULL, body, is_gzip=False, **{"accept-encoding": "identity"})
    assert plain.headers["content-type"].split(";")[0] == "application/json"
    assert "content-encoding" not in plain.headers
    packed = await phone.post(PULL, body, **{"accept-encoding": "gzip"})
    assert packed.headers.get("content-encoding", "gzip") == "gzip"
    assert {row["doc"] for row in plain.json()["rows"]} == {row["doc"] for row in packed.json()["rows"]}
    fields = {"epoch", "head", "safe_seq", "server_time", "rows", "next", "grant", "drop", "reset", "receipts", "remaining",
              "more", "next_n", "digest", "backoff_ms"}  # fmt: skip
    assert fields <= set(plain.json())


@must(6, "say where lineages part (EPOCH_CHANGED), notice a cursor from the future, ask for an upgrade on pull only", 9)
async def lineage(scene: Scene) -> None:
    phone = await scene.phone()
    asked = {"v": 1, "device": phone.device, "schema": 1, "clock": {"wall": 1}}
    dead = msgspec.json.encode({**asked, "epoch": new_id(), "since": {}})
    answer = await phone.post(PULL, dead)
    assert problem(answer) == (409, "EPOCH_CHANGED")
    assert answer.json()["epoch"] == phone.epoch
    ahead = msgspec.json.encode({**asked, "epoch": phone.epoch, "since": {"org": 2**40}})
    assert problem(await phone.post(PULL, ahead)) == (409, "CURSOR_AHEAD")
    assert problem(await phone.pull(v=99)) == (426, "UPGRADE_REQUIRED")


@must(7, "tell a revoked phone its mode and nothing else, and take its sealed work by its deposit token", 3, 14, 23)
async def revoked(scene: Scene) -> None:
    phone = await scene.new_phone(2)
    person = await scene.participant(phone)
    raws = [phone.note(person, words)[1] for words in ("One.", "Two.")]
    await scene.desk.revoke(phone.device)
    for answer in (await phone.pull(), await phone.push(raws)):
        assert problem(answer) == (403, "DEVICE_REVOKED")
        assert set(answer.json()) == {"code", "mode"}
    items = [phone.sealed(raw) for raw in raws]
    forged = {**items[0], "sig": items[1]["sig"]}
    said = [(one["n"], one["outcome"]) for one in (await phone.salvage([forged])).json()["results"]]
    assert said == [(2, "refused")]
    answer = await phone.salvage(items)
    assert [(one["n"], one["outcome"]) for one in answer.json()["results"]] == [(2, "kept"), (3, "kept")]
    assert answer.json()["is_wipe_due"] is False
    again = await phone.salvage(items)
    assert [one["outcome"] for one in again.json()["results"]] == ["kept", "kept"]
    phone.deposit = "wrong"
    assert problem(await phone.salvage(items)) == (401, "NOT_SIGNED")


@must(8, "name in every answer to a signed request, refusals too, the nonce it was signed with (Alongside-Answers)", 9)
async def echoes(scene: Scene) -> None:
    phone = await scene.phone()
    asks = (
        phone.pull,
        lambda: phone.push([phone.participant()[1]]),
        lambda: phone.push([phone.participant()[1]], first_n=phone.n + 7),
        lambda: phone.post(PULL, b"no message"),
    )
    for ask in asks:
        answer = await ask()
        assert answer.headers["alongside-answers"] == phone.asked, answer.status_code
        assert answer.headers["alongside-nonce"] != phone.asked
    phone.n = (await phone.pull()).json()["next_n"]


@must(9, "take an attachment piece by piece from where its bytes end, keep it only as what its id says, and give it a seq", 2, 3)
async def attachments(scene: Scene) -> None:
    phone, sealed, other = await scene.phone(), secrets.token_bytes(300), secrets.token_bytes(300)

    async def piece(begins: int, ends: int, of: bytes = sealed, **more: Any) -> tuple[int, bool]:
        said = (await phone.send_piece(of, begins, ends, **more)).json()
        return said["have"], said["seq"] > 0

    assert await piece(0, 0) == (0, False)
    assert await piece(0, 100) == (100, False)
    assert await piece(0, 100) == (100, False), "an answer that was lost"
    assert await piece(150, 200) == (100, False), "a hole"
    assert await piece(100, 300, other, id=hashlib.sha256(sealed).hexdigest()) == (0, False), "not what its id says"
    assert await piece(0, 200) == (200, False)
    assert await piece(200, 300) == (300, True)
    assert await piece(0, 50) == (300, True)
    assert problem(await phone.send_piece(sealed, 0, 10, device=new_id())) == (400, "UNREADABLE")
    phone.key, key = ec.generate_private_key(ec.SECP256R1()), phone.key
    assert problem(await phone.send_piece(sealed, 0, 10)) == (401, "NOT_SIGNED")
    phone.key = key
