"""A photo beside a note: a supervisor sees it once it has come; nobody else does, and every look is noted."""

from __future__ import annotations

import base64
import hashlib
import secrets
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from server.storage.attachments import Piece, take
from server.storage.port import OfficeChange
from sync.canonical import content_hash
from tests.server.dashboard.harbor import Harbor

NOTE = "0190d3e0-0000-7000-8000-00000000a77a"
PICTURE = b"\xff\xd8\xff\xe0 not a real picture, and nobody here looks"


def sealed(content: bytes) -> tuple[bytes, dict[str, Any]]:
    """Sealed bytes as a phone makes them (docs/protocol.md, "Attachments"), and how a note names them."""
    key, iv = secrets.token_bytes(32), secrets.token_bytes(12)
    made = iv + AESGCM(key).encrypt(iv, content, b"alongside-attachment-v1")
    text = base64.urlsafe_b64encode(key).rstrip(b"=").decode()
    return made, {"id": hashlib.sha256(made).hexdigest(), "key": text, "size": len(made), "media": "image/jpeg"}


async def sign(desk: Harbor, *named: dict[str, Any]) -> None:
    old = next(one for one in await desk.records() if one.state == "signed" and "attachments" not in one.fields)
    fields = {**old.fields, "attachments": list(named)}
    about = {"type": "note", "doc": NOTE, "bucket": old.bucket}
    changes = [
        OfficeChange("create", **about, set=fields),
        OfficeChange("sign", **about, content_hash=content_hash(fields)),
    ]
    access = desk.office.access
    decided = await access.storage.submit_office(desk.org, old.author, "supervisor", changes, access.now())
    assert [receipt.outcome for receipt in decided.receipts] == ["applied", "applied"], decided


async def bring(desk: Harbor, made: bytes, ends: int | None = None) -> None:
    async with desk.office.storage.read() as rows:
        (device,) = await rows._connection.execute_fetchall(
            "SELECT key FROM device WHERE org = ? AND kind = 'phone' LIMIT 1", (desk.org,)
        )
    name = hashlib.sha256(made).hexdigest()
    piece = Piece(desk.org, device["key"], name, len(made), 0, made[:ends])
    await desk.office.storage.write(lambda tx: take(tx, piece, desk.office.clock()))


def address(named: dict[str, Any]) -> str:
    return f"/dashboard/notes/{NOTE}/attachments/{named['id']}"


async def test_strangers_get_no_picture(desk: Harbor) -> None:
    made, named = sealed(PICTURE)
    await sign(desk, named)
    await bring(desk, made)
    answer = await desk.get(address(named))
    assert answer.status_code == 303
    await desk.enter("dana")
    assert (await desk.get(address(named))).status_code == 403
    await desk.office.sign_in("supervisor", desk.office.elsewhere)
    assert (await desk.get(address(named))).status_code == 404
    assert await desk.reads() == []


async def test_a_supervisor_sees_what_the_note_names_and_the_look_is_noted(desk: Harbor) -> None:
    made, named = sealed(PICTURE)
    await sign(desk, {**named, "name": "Signed <plan>"})
    await bring(desk, made)
    await desk.enter()
    words = await desk.page(f"/dashboard/notes/{NOTE}")
    assert f'<img src="{address(named)}"' in words
    assert "Signed <plan>" in words
    answer = await desk.get(address(named))
    assert answer.content == PICTURE
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert [(read["subject"], read["detail"]) for read in await desk.reads()][-1] == (NOTE, "attachment")


async def test_one_that_is_still_on_the_way_is_said_to_be(desk: Harbor) -> None:
    made, named = sealed(PICTURE)
    await sign(desk, named)
    await bring(desk, made, 20)
    await desk.enter()
    words = await desk.page(f"/dashboard/notes/{NOTE}")
    assert "Not here yet. The phone still holds it" in words
    assert "<img" not in words[words.index("Photos and scans") :]
    assert (await desk.get(address(named))).status_code == 404


async def test_a_document_is_saved_and_not_shown_in_the_page(desk: Harbor) -> None:
    made, named = sealed(b"%PDF-1.4 small")
    await sign(desk, {**named, "media": "application/pdf"})
    await bring(desk, made)
    await desk.enter()
    assert "Document (PDF)" in await desk.page(f"/dashboard/notes/{NOTE}")
    answer = await desk.get(address(named))
    assert answer.headers["content-disposition"].startswith("attachment;")


@pytest.mark.parametrize("wrong", ["0" * 64, "x", "..%2F..%2Fetc"])
async def test_only_what_this_note_names_is_given(desk: Harbor, wrong: str) -> None:
    made, named = sealed(PICTURE)
    other, _ = sealed(PICTURE)
    await sign(desk, named)
    await bring(desk, made)
    await bring(desk, other)
    await desk.enter()
    for name in (wrong, hashlib.sha256(other).hexdigest()):
        assert (await desk.get(f"/dashboard/notes/{NOTE}/attachments/{name}")).status_code == 404


async def test_a_key_that_does_not_open_it_shows_no_broken_bytes(desk: Harbor) -> None:
    made, named = sealed(PICTURE)
    await sign(desk, {**named, "key": "A" * 43})
    await bring(desk, made)
    await desk.enter()
    answer = await desk.get(address(named))
    assert answer.status_code == 404
    assert made not in answer.content
