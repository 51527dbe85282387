"""A phone as the office meets it: a key pair, a dense counter, signed requests. No browser, no vault."""

from __future__ import annotations

import base64
import gzip
import hashlib
import secrets
import time
import uuid
from typing import Any

import httpx
import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.support.sealing import sealed_item

CORE = {
    "contact_kind": "one_on_one", "form": "one_on_one@1", "zone": "America/Chicago", "setting": "drop_in_center",
    "mode": "in_person",
}  # fmt: skip


def new_id() -> str:
    """A UUIDv7 of this moment."""
    at = time.time_ns() // 1_000_000
    return str(uuid.UUID(int=(at << 80) | (0x7 << 76) | (secrets.randbits(12) << 64) | (0b10 << 62) | secrets.randbits(62)))


class Phone:
    """One enrolled device. `http` decides where the office is; `epoch` and `nonce` are learnt from its answers."""

    def __init__(self, http: httpx.AsyncClient, person: str, epoch: str, device: str | None = None) -> None:
        self.http = http
        self.person = person
        self.epoch = epoch
        self.device = device or new_id()
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.nonce = ""
        self.asked = ""
        self.n = 1
        self.since: dict[str, int] = {}
        self.deposit = secrets.token_urlsafe(32)
        self.seal_kid, self.seal_point = "k1", b""

    @property
    def point(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def deposit_hash(self) -> str:
        return hashlib.sha256(self.deposit.encode()).hexdigest()

    def sealed(self, raw: bytes, n: int | None = None) -> dict[str, Any]:
        """The sealed copy of a change, as it stands beside it in the outbox."""
        n = n if n is not None else msgspec.json.decode(raw)["n"]
        return sealed_item(self.key, self.device, n, raw.decode(), self.seal_kid, self.seal_point)

    def salvage_body(self, items: list[dict[str, Any]], device: str | None = None, **more: Any) -> bytes:
        return msgspec.json.encode({"v": 1, "device": device or self.device, "items": items, **more})

    async def salvage(self, items: list[dict[str, Any]], **more: Any) -> httpx.Response:
        """Deliver sealed work by the deposit token, as a locked phone does: without key and nonce."""
        return await self.http.post(
            "/sync/v1/salvage",
            content=gzip.compress(self.salvage_body(items, **more), 6),
            headers={
                "content-type": "application/json", "content-encoding": "gzip",
                "alongside-device": self.device, "alongside-deposit": self.deposit,
            },
        )  # fmt: skip

    async def salvage_for(self, device: str, items: list[dict[str, Any]], **more: Any) -> httpx.Response:
        """Deliver the sealed work of an earlier installation, by a request that this phone signs."""
        return await self.post("/sync/v1/salvage", self.salvage_body(items, device, **more))

    def piece_body(self, sealed: bytes, begins: int, ends: int, **more: Any) -> bytes:
        """Bytes `begins` to `ends` of an attachment that is `sealed` as a whole."""
        data = base64.urlsafe_b64encode(sealed[begins:ends]).rstrip(b"=").decode()
        about = {"v": 1, "device": self.device, "id": hashlib.sha256(sealed).hexdigest(), "size": len(sealed)}
        return msgspec.json.encode({**about, "offset": begins, "data": data, **more})

    async def send_piece(self, sealed: bytes, begins: int, ends: int, **more: Any) -> httpx.Response:
        return await self.post("/sync/v1/attachment", self.piece_body(sealed, begins, ends, **more))

    def sign(self, path: str, body: bytes, nonce: str) -> str:
        text = f"alongside-v1\nPOST\n{path}\n{hashlib.sha256(body).hexdigest()}\n{nonce}".encode()
        r, s = decode_dss_signature(self.key.sign(text, ec.ECDSA(hashes.SHA256())))
        return base64.urlsafe_b64encode(r.to_bytes(32, "big") + s.to_bytes(32, "big")).rstrip(b"=").decode()

    async def post(self, path: str, body: bytes, *, is_gzip: bool = True, **headers: str) -> httpx.Response:
        """A signed request, tried once more with the fresh nonce that a stale one is answered with."""
        sent = gzip.compress(body, 6) if is_gzip else body
        encoding = {"content-encoding": "gzip"} if is_gzip else {}
        for _ in range(2):
            self.asked = self.nonce
            answer = await self.http.post(
                path,
                content=sent,
                headers={
                    "content-type": "application/json",
                    **encoding,
                    "alongside-device": self.device,
                    "alongside-nonce": self.nonce,
                    "alongside-signature": self.sign(path, sent, self.nonce),
                    **headers,
                },
            )
            self.nonce = answer.headers.get("alongside-nonce", self.nonce)
            if answer.status_code != 401 or answer.json()["code"] != "STALE_NONCE":
                break
        return answer

    def push_body(self, raws: list[bytes], first_n: int, **more: Any) -> bytes:
        return msgspec.json.encode({
            "v": 1, "epoch": self.epoch, "device": self.device, "schema": 1, "first_n": first_n,
            "clock": {"wall": now()}, "changes": [msgspec.Raw(raw) for raw in raws], **more,
        })  # fmt: skip

    async def push(self, raws: list[bytes], first_n: int | None = None, **more: Any) -> httpx.Response:
        first = first_n if first_n is not None else msgspec.json.decode(raws[0])["n"]
        return await self.post("/sync/v1/push", self.push_body(raws, first, **more))

    async def pull(self, **more: Any) -> httpx.Response:
        asked = {
            "v": 1, "epoch": self.epoch, "device": self.device, "schema": 1, "since": self.since,
            "clock": {"wall": now()}, **more,
        }  # fmt: skip
        return await self.post("/sync/v1/pull", msgspec.json.encode(asked))

    async def pull_all(self, **more: Any) -> dict[str, dict[str, Any]]:
        """Pull until nothing is left, applying every batch; the rows by doc, newest standing."""
        held: dict[str, dict[str, Any]] = {}
        while True:
            answer = (await self.pull(**more)).raise_for_status().json()
            for row in answer["rows"]:
                held[row["doc"]] = row
            self.since.update(answer["next"])
            for drop in answer["drop"]:
                self.since.pop(drop["b"], None)
            if not answer["more"]:
                return held

    def capture(self, kind: str, type_: str, doc: str, bucket: str, **more: Any) -> bytes:
        """The next change of this phone, as captured."""
        change = {
            "n": self.n, "kind": kind, "type": type_, "doc": doc, "bucket": bucket, "author": self.person,
            "captured": {"wall": now(), "mono": 1, "boot": "b"}, **more,
        }  # fmt: skip
        self.n += 1
        return msgspec.json.encode(change)

    def participant(self, name: str = "Ana", doc: str | None = None) -> tuple[str, bytes]:
        """A new person; their id and the change."""
        doc = doc or new_id()
        return doc, self.capture("create", "participant", doc, f"p:{doc}", set={"name": name})

    def note(self, participant: str, words: str = "We talked.", doc: str | None = None, **core: Any) -> tuple[str, bytes]:
        """A new note of an hour that ended just now; its id and the change."""
        doc, ended = doc or new_id(), now()
        fields = {
            **CORE, "participant": participant, "started_at": ended - 3_600_000, "ended_at": ended,
            "answers": {"did": words}, **core,
        }  # fmt: skip
        return doc, self.capture("create", "note", doc, f"p:{participant}", set=fields)


def now() -> int:
    return time.time_ns() // 1_000_000
