"""Reading a change from the bytes it was captured in.

Its identity is (device, n) and the SHA-256 of those bytes; they are kept verbatim whatever they hold. What cannot be
read has no `change`, and is quarantined rather than lost.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Final

import msgspec

from sync.ids import Id
from sync.messages import CHANGE_LIMIT_BYTES, Change


class Parsed(msgspec.Struct, frozen=True, gc=False):
    """`n`: by its place in the request; `hash`: SHA-256 of `raw` (32 bytes); `doc`: "" where none can be read."""

    raw: bytes
    n: int
    hash: bytes
    doc: str
    change: Change | None

    @property
    def text(self) -> str:
        """The change as text, verbatim but for bytes that are no UTF-8."""
        return self.raw.decode("utf-8", "backslashreplace")


class _Glimpse(msgspec.Struct):
    doc: Id


_REVIEWS: Final = frozenset({"return", "cosign"})
_read: Final = msgspec.json.Decoder(Change).decode
_glimpse: Final = msgspec.json.Decoder(_Glimpse).decode


def parse(raw: bytes, n: int) -> Parsed:
    """Read the change that stands for counter `n`. Never raises; a change that names another n is unreadable."""
    digest = hashlib.sha256(raw).digest()
    if len(raw) > CHANGE_LIMIT_BYTES:
        return Parsed(raw, n, digest, _doc_of(raw), None)
    try:
        change = _read(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        found = _read_surrogates(raw)
        if found is None:
            return Parsed(raw, n, digest, _doc_of(raw), None)
        change = found
    return Parsed(raw, n, digest, change.doc, change if change.n == n else None)


def needs(changes: Iterable[Parsed]) -> set[str]:
    """Ids of the records that `decide` looks at, where they exist; the storage loads them into the `State`."""
    docs: set[str] = set()
    for parsed in changes:
        change = parsed.change
        if change is not None:
            docs.add(change.doc)
            if change.bucket.startswith("p:"):
                docs.add(change.bucket[2:])
            if change.kind == "create" and isinstance(before := change.set.get("supersedes"), str):
                docs.add(before)
    return docs


def reviewed(changes: Iterable[Parsed]) -> set[str]:
    """Ids of the notes of which `decide` must know whether a signed note supersedes them (`State.revised`)."""
    return {parsed.doc for parsed in changes if parsed.change is not None and parsed.change.kind in _REVIEWS}


def _read_surrogates(raw: bytes) -> Change | None:
    """A change with lone surrogates is readable enough to name the field that holds them; msgspec stops before."""
    if b"\\ud" not in raw.lower():
        return None
    try:
        return msgspec.convert(json.loads(raw), Change)
    except (ValueError, RecursionError):
        return None


def _doc_of(raw: bytes) -> str:
    try:
        return _glimpse(raw).doc
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return ""
