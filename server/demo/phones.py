"""The demo's phones: each captures changes with its own counter and hands them over when it has signal."""

from __future__ import annotations

import hashlib
from collections import deque
from random import Random
from typing import Any, Final, NamedTuple

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from server.demo.dice import new_id
from server.storage.port import Submission
from sync.canonical import content_hash
from sync.clock import ClockReading
from sync.ids import participant_bucket
from sync.messages import Change, Report

APP: Final = "0.1.0"
OLD_APP: Final = "0.0.9"
P256_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551

_encode: Final = msgspec.json.Encoder().encode


class Signed(NamedTuple):
    """A note this phone signed lately."""

    at: int
    doc: str
    bucket: str


class Phone:
    """One phone of a specialist. `scope_seq`: how far it had heard from the office when it began."""

    def __init__(self, person: str, enrolled_at: int, chance: Random) -> None:
        self.id: Final = new_id(enrolled_at, chance)
        self.person: Final = person
        self.enrolled_at: Final = enrolled_at
        self.scope_seq = 0
        self.unsent: list[bytes] = []
        self.is_unsent_since = 0
        self.signed: deque[Signed] = deque(maxlen=60)
        self._chance: Final = chance
        self._n = 1
        self._boot: Final = new_id(enrolled_at, chance)
        self._key: Final = ec.derive_private_key(chance.randrange(1, P256_ORDER), ec.SECP256R1())

    @property
    def public_key(self) -> bytes:
        """The uncompressed point that the office keeps."""
        return self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def deposit_hash(self) -> str:
        """Stands for a deposit token that nobody holds: these phones are not there."""
        return hashlib.sha256(self.id.encode()).hexdigest()

    def capture(self, at: int, kind: Any, noun: Any, doc: str, bucket: str, **more: Any) -> None:
        """Put one change into the outbox, as captured at `at`."""
        change = Change(
            n=self._n + len(self.unsent),
            kind=kind,
            type=noun,
            doc=doc,
            bucket=bucket,
            author=self.person,
            captured=ClockReading(at, at - self.enrolled_at, self._boot),
            scope_seq=self.scope_seq,
            **more,
        )
        self.is_unsent_since = self.is_unsent_since if self.unsent else at
        self.unsent.append(_encode(change))

    def sign_note(self, at: int, fields: dict[str, Any]) -> str:
        """A new note and its signature, as one bundle; the note's id."""
        doc, bundle = new_id(at, self._chance), new_id(at, self._chance)
        bucket = participant_bucket(fields["participant"])
        self.capture(at, "create", "note", doc, bucket, set=fields, bundle=bundle, bundle_size=2)
        self.capture(at, "sign", "note", doc, bucket, content_hash=content_hash(fields), bundle=bundle, bundle_size=2)
        self.signed.append(Signed(at, doc, bucket))
        return doc

    def new_id(self, at: int) -> str:
        return new_id(at, self._chance)

    def hand_over(self, org: int, now: int, report: Report | None = None) -> Submission:
        """Everything in the outbox, as a push that arrives at `now`; the outbox is empty afterwards."""
        submission = Submission(org, self.id, self.person, "specialist", self._n, self.unsent, now, report)
        self._n += len(self.unsent)
        self.unsent = []
        return submission
