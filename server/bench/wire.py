"""A small HTTP client that counts every byte, and a phone that signs. Light, so that it does not become the limit."""

from __future__ import annotations

import asyncio
import base64
import gzip
import hashlib
from typing import Any, Final, NamedTuple

import msgspec
import zstandard
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from server.storage.ids import new_id

_ALGORITHM: Final = ec.ECDSA(hashes.SHA256())


class Answer(NamedTuple):
    """`body`: as on the wire; `sent_bytes`, `received_bytes`: whole messages, headers included."""

    status: int
    headers: dict[str, str]
    body: bytes
    sent_bytes: int
    received_bytes: int

    def json(self) -> Any:
        is_zstd = self.headers.get("content-encoding") == "zstd"
        return msgspec.json.decode(zstandard.decompress(self.body) if is_zstd else self.body)


class Wire:
    """One kept connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, port: int) -> Wire:
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def post(self, path: str, headers: str, body: bytes) -> Answer:
        head = f"POST {path} HTTP/1.1\r\nHost: office\r\nContent-Length: {len(body)}\r\n{headers}\r\n".encode()
        self._writer.write(head + body)
        answer = await self._reader.readuntil(b"\r\n\r\n")
        first, *lines = answer.decode().rstrip().split("\r\n")
        found = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        text = await self._reader.readexactly(int(found["content-length"]))
        return Answer(int(first.split()[1]), found, text, len(head) + len(body), len(answer) + len(text))

    def close(self) -> None:
        self._writer.close()


class BenchPhone:
    """A device with its key, counter and last nonce."""

    def __init__(self, person: str, now: int) -> None:
        self.person = person
        self.device = new_id(now)
        self.n = 1
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._nonce = ""
        self._wire: Wire | None = None

    @property
    def point(self) -> bytes:
        return self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    async def connect(self, port: int) -> None:
        self._wire = await Wire.open(port)

    def close(self) -> None:
        if self._wire:
            self._wire.close()

    async def send(self, path: str, body: bytes) -> Answer:
        """A gzipped body, signed; once more if the nonce was stale. The answer must be 200."""
        assert self._wire is not None
        digest = hashlib.sha256(body).hexdigest()
        for _ in range(2):
            text = f"alongside-v1\nPOST\n{path}\n{digest}\n{self._nonce}".encode()
            r, s = decode_dss_signature(self._key.sign(text, _ALGORITHM))
            seal = base64.urlsafe_b64encode(r.to_bytes(32, "big") + s.to_bytes(32, "big")).rstrip(b"=").decode()
            headers = (
                f"Content-Type: application/json\r\nContent-Encoding: gzip\r\nAccept-Encoding: gzip, zstd\r\n"
                f"Alongside-Device: {self.device}\r\nAlongside-Nonce: {self._nonce}\r\nAlongside-Signature: {seal}\r\n"
            )
            answer = await self._wire.post(path, headers, body)
            self._nonce = answer.headers.get("alongside-nonce", self._nonce)
            if answer.status != 401:
                break
        if answer.status != 200:
            raise RuntimeError(f"{path} was answered {answer.status}: {answer.body[:200]!r}")
        return answer

    def push_body(self, epoch: str, raws: list[bytes], now: int) -> bytes:
        """A push of changes captured one after another, as it travels."""
        message = {
            "v": 1, "epoch": epoch, "device": self.device, "schema": 1, "first_n": msgspec.json.decode(raws[0])["n"],
            "clock": {"wall": now}, "changes": [msgspec.Raw(raw) for raw in raws],
        }  # fmt: skip
        return gzip.compress(msgspec.json.encode(message), 6)

    def pull_body(self, epoch: str, since: dict[str, int], now: int) -> bytes:
        message = {
            "v": 1, "epoch": epoch, "device": self.device, "schema": 1, "since": since, "clock": {"wall": now},
            "report": {"unsent": 0, "app": "1.0.0"},
        }  # fmt: skip
        return gzip.compress(msgspec.json.encode(message), 6)

    async def pull_all(self, epoch: str, since: dict[str, int], now: int) -> tuple[int, int]:
        """Pull until nothing is left, moving `since`; rows and bytes received."""
        rows = received = 0
        while True:
            answer = await self.send("/sync/v1/pull", self.pull_body(epoch, since, now))
            message = answer.json()
            rows += len(message["rows"])
            received += len(answer.body)
            since.update(message["next"])
            if not message["more"]:
                return rows, received
