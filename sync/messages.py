"""The wire: every message between a phone and the office. docs/protocol.md tells the same in prose.

Requests forbid unknown fields, answers may grow. Numbers are integers, times are ms since 1970 UTC unless a
name says otherwise. A change is read twice: as `msgspec.Raw`, whose SHA-256 is its identity together with
(device, n), and as `Change`.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

import msgspec

from sync import words
from sync.clock import ClockReading, Millis
from sync.ids import Bucket, Id, Seq, Sha256

PROTOCOL: Final = 1
SCHEMA: Final = 1

PUSH_CHANGES_LIMIT: Final = 500
PUSH_LIMIT_BYTES: Final = 1024 * 1024
BODY_HARD_LIMIT_BYTES: Final = 2 * 1024 * 1024
CHANGE_LIMIT_BYTES: Final = 256 * 1024
BATCH_DOCS_LIMIT: Final = 500
BATCH_LIMIT_BYTES: Final = 1024 * 1024
BUCKETS_LIMIT: Final = 500
OPEN_LIMIT: Final = 1000
SALVAGE_ITEMS_LIMIT: Final = 200
PIECE_LIMIT_BYTES: Final = 512 * 1024
ATTACHMENT_LIMIT_BYTES: Final = 4 * 1024 * 1024

Counter = Annotated[int, msgspec.Meta(ge=1, le=2**53 - 1)]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]
ShortText = Annotated[str, msgspec.Meta(max_length=200)]

ChangeKind = words.ChangeKind
RecordType = words.RecordType
Outcome = words.Outcome
Code = words.Code
Offer = words.Offer


class Change(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, omit_defaults=True):
    """One entry of a device's outbox, exactly as captured.

    `base`: the record's seq that the author saw (0 for a create); a field whose version is above it, set by
    another device, is concurrent. `scope_seq`: the bucket's cursor at capture. `set`: fields to values, for a
    note with the answers nested under `answers`. `bundle`: changes of one device, adjacent in n, that share it
    are decided together; each states how many they are (`bundle_size`), so that a cut bundle is noticed.
    """

    n: Counter
    kind: ChangeKind
    type: RecordType
    doc: Id
    bucket: Bucket
    author: Id
    captured: ClockReading
    scope_seq: Seq = 0
    base: Seq = 0
    bundle: Annotated[str, msgspec.Meta(max_length=36)] | None = None
    bundle_size: Annotated[int, msgspec.Meta(ge=0, le=PUSH_CHANGES_LIMIT)] = 0
    set: dict[str, Any] = {}
    add: dict[str, list[str]] = {}
    remove: dict[str, list[str]] = {}
    content_hash: Sha256 | None = None
    reason: ShortText | None = None


class Report(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a phone says of itself, so that the office's figures can carry their freshness."""

    unsent: Count = 0
    oldest_unsent: Millis | None = None
    drafts: Count = 0
    is_storage_protected: bool | None = None
    app: Annotated[str, msgspec.Meta(max_length=40)] = ""


class PushRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Changes n = first_n, first_n+1, ... in order; at most 500, 1 MiB decoded, 256 KiB each."""

    v: int
    epoch: Id
    device: Id
    schema: int
    first_n: Counter
    clock: ClockReading
    changes: Annotated[list[msgspec.Raw], msgspec.Meta(min_length=1, max_length=PUSH_CHANGES_LIMIT)]
    report: Report | None = None


class Receipt(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """The office's final answer to one change. `conflicts` names the fields whose other value was kept aside.

    `hash`: SHA-256 of the bytes that were decided; only in the answer to a pull, so that a phone whose answer was
    lost can compare and need not send the bytes again.
    """

    n: int
    outcome: Outcome
    seq: int
    doc: str
    at: Millis
    code: Code | None = None
    field: str | None = None
    offer: Offer | None = None
    conflicts: list[str] = []
    hash: str | None = None


class PushAnswer(msgspec.Struct, frozen=True):
    """One receipt per change sent, replayed ones included; `next_n` is the first n the office has not decided."""

    epoch: str
    results: list[Receipt]
    next_n: int
    safe_seq: int
    server_time: Millis
    backoff_ms: int = 0


class PullRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """`since`: cursor per held bucket. `open`: own n whose receipt is not yet known."""

    v: int
    epoch: Id
    device: Id
    schema: int
    since: Annotated[dict[Bucket, Seq], msgspec.Meta(max_length=BUCKETS_LIMIT)]
    clock: ClockReading
    open: Annotated[list[Counter], msgspec.Meta(max_length=OPEN_LIMIT)] = []
    limit_docs: Annotated[int, msgspec.Meta(ge=1, le=BATCH_DOCS_LIMIT)] = BATCH_DOCS_LIMIT
    limit_bytes: Annotated[int, msgspec.Meta(ge=1024, le=BATCH_LIMIT_BYTES)] = BATCH_LIMIT_BYTES
    digest: bool = False
    report: Report | None = None


class Row(msgspec.Struct, frozen=True, omit_defaults=True):
    """One record of a batch: its whole body, or the word why it is gone from this bucket."""

    b: str
    doc: str
    type: str
    seq: int
    body: msgspec.Raw | None = None
    gone: Literal["moved", "void", "purged"] | None = None


class Drop(msgspec.Struct, frozen=True):
    """A bucket the device may no longer hold."""

    b: str
    why: Literal["reassigned", "closed"]


class PullAnswer(msgspec.Struct, frozen=True):
    """One batch. The device applies rows, cursors (`next`), drops, resets and receipts in one transaction.

    `lease_ms`: how long the phone may be read without another answer; 0: no limit.
    """

    epoch: str
    head: int
    safe_seq: int
    server_time: Millis
    rows: list[Row]
    next: dict[str, int]
    grant: list[str]
    drop: list[Drop]
    reset: list[str]
    receipts: list[Receipt]
    remaining: int
    more: bool
    next_n: int
    digest: dict[str, str] = {}
    backoff_ms: int = 0
    lease_ms: int = 0


class Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sealed copy; base64url without padding. docs/protocol.md, "Sealed copies"."""

    v: Literal[1]
    kid: Annotated[str, msgspec.Meta(max_length=64)]
    epk: Annotated[str, msgspec.Meta(min_length=87, max_length=87)]
    iv: Annotated[str, msgspec.Meta(min_length=16, max_length=16)]
    ct: Annotated[str, msgspec.Meta(max_length=2 * CHANGE_LIMIT_BYTES * 4 // 3 + 64)]


class SealedItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The sealed copy of change `n`. `sig`: the device's signature over the envelope, made at capture."""

    n: Counter
    sealed: Envelope
    sig: Annotated[str, msgspec.Meta(min_length=86, max_length=86)]


class SalvageRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Sealed work of `device`, in order of n. `left`: how many more of it the sender still holds after these.

    `public_key`: of a device that the office does not know any more; only in a request signed by another device of
    the same person.
    """

    v: int
    device: Id
    items: Annotated[list[SealedItem], msgspec.Meta(max_length=SALVAGE_ITEMS_LIMIT)]
    left: Count = 0
    public_key: Annotated[str, msgspec.Meta(min_length=87, max_length=87)] | None = None


class SalvageResult(msgspec.Struct, frozen=True, omit_defaults=True):
    """`known`: the office had decided n already; `kept`: it waits for a supervisor; `refused`: not of this device.

    `seq`: once the office's `safe_seq` has reached it, the item is in a verified backup.
    """

    n: int
    outcome: Literal["kept", "known", "refused"]
    seq: int = 0


class SalvageAnswer(msgspec.Struct, frozen=True):
    """One result per item. `is_wipe_due`: everything delivered is safe, the sender may forget what it holds of it.

    `epoch`: the answers of one pass must name the same; where they do not, a restore lies between and may have lost
    what was delivered before it. "" where nothing was looked up.
    """

    results: list[SalvageResult]
    safe_seq: int
    is_wipe_due: bool
    server_time: Millis
    epoch: str = ""


class AttachmentRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A piece of the sealed bytes of an attachment, from `offset` on, base64url; without `data` it only asks."""

    v: int
    device: Id
    id: Sha256
    size: Annotated[int, msgspec.Meta(ge=29, le=ATTACHMENT_LIMIT_BYTES)]
    offset: Annotated[int, msgspec.Meta(ge=0, le=ATTACHMENT_LIMIT_BYTES)] = 0
    data: Annotated[str, msgspec.Meta(max_length=PIECE_LIMIT_BYTES * 4 // 3 + 4, pattern=r"^[A-Za-z0-9_-]*$")] = ""


class AttachmentAnswer(msgspec.Struct, frozen=True):
    """`have`: how many bytes the office holds from the beginning on. `seq`: once it is whole, its position; else 0.

    What does not begin at `have` was not taken. Whole and not what its id says, it was thrown away: `have` is 0 again.
    """

    have: int
    seq: int
    safe_seq: int
    server_time: Millis
    epoch: str


class EmergencyFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a phone writes when it cannot send: its sealed work, for a supervisor to bring in."""

    v: Literal[1]
    device: Id
    public_key: Annotated[str, msgspec.Meta(min_length=87, max_length=87)]
    made_at: Millis
    items: list[SealedItem]


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """Every refusal of the sync endpoints: a stated code, and where the caller can go on from."""

    code: Literal[
        "NOT_SIGNED", "STALE_NONCE", "DEVICE_REVOKED", "EPOCH_CHANGED", "SEQ_GAP", "DEVICE_FORKED", "CURSOR_AHEAD",
        "TOO_LARGE", "UNREADABLE", "UPGRADE_REQUIRED", "BUSY", "THROTTLED", "ENROLMENT_REFUSED", "STORAGE_FULL",
        "OUT_OF_SERVICE",
    ]  # fmt: skip
    epoch: str | None = None
    fork_seq: int | None = None
    expected_n: int | None = None
    mode: Literal["lock", "wipe_now"] | None = None
    retry_after_s: int | None = None
