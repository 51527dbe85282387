"""The wire of enrolment: how a phone becomes known to the office. The other messages are in `sync.messages`."""

from __future__ import annotations

from typing import Annotated

import msgspec

from sync.clock import Millis
from sync.ids import Sha256


class EnrolRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new phone introduces itself: one-time code, the account's passphrase, its public signing key.

    `public_key`: P-256 point, uncompressed (65 bytes), base64url without padding. `deposit_hash`: SHA-256 of the
    deposit token that the phone keeps in clear.
    """

    code: Annotated[str, msgspec.Meta(max_length=64)]
    passphrase: Annotated[str, msgspec.Meta(max_length=512)]
    public_key: Annotated[str, msgspec.Meta(min_length=87, max_length=87)]
    deposit_hash: Sha256
    app: Annotated[str, msgspec.Meta(max_length=40)] = ""


class EarlierPhone(msgspec.Struct, frozen=True, omit_defaults=True):
    """Another phone of the same person, as it last spoke: what a browser that cleared its storage took along."""

    device: str
    enrolled_at: Millis
    heard_at: Millis | None = None
    unsent: int = 0
    drafts: int = 0


class EnrolAnswer(msgspec.Struct, frozen=True):
    """Who the phone is from now on, and the organisation's public key that every outbox item is sealed to."""

    device: str
    specialist: str
    name: str
    organisation: str
    epoch: str
    seal_kid: str
    seal_key: str
    next_n: int = 1
    earlier: list[EarlierPhone] = []
