r"""One spelling of a value, so that phone and office hash the same bytes (tests/vectors/content_hash.json).

Canonical JSON: keys sorted, no spaces, UTF-8, escapes as JSON.stringify writes them (a lone surrogate as `\udxxx`),
integers only, within 2^53.
"""

from __future__ import annotations

import hashlib
from typing import Any, Final

import msgspec

from sync.records.note import content

_encode: Final = msgspec.json.Encoder(order="deterministic").encode
_LARGEST: Final = 2**53


def canonical_json(value: Any) -> bytes:
    """Canonical bytes. Raises ValueError for what two languages would spell apart: floats, larger integers."""
    _check(value)
    try:
        return _encode(value)
    except UnicodeEncodeError:
        return _spell(value).encode("utf-8", "backslashreplace")


def content_hash(fields: dict[str, Any]) -> str:
    """SHA-256, in hex, over the canonical content of a note; what a signature is made over."""
    return hashlib.sha256(canonical_json(content(fields))).hexdigest()


def _check(value: Any) -> None:
    if isinstance(value, dict):
        for inner in value.values():
            _check(inner)
    elif isinstance(value, list):
        for inner in value:
            _check(inner)
    elif isinstance(value, float) or (isinstance(value, int) and not -_LARGEST <= value <= _LARGEST):
        raise ValueError(f"canonical JSON has no spelling for a {type(value).__name__} like this")


def _spell(value: Any) -> str:
    """The same as text, by hand, for strings that no UTF-8 encoder takes."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{_spell(key)}:{_spell(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_spell(item) for item in value) + "]"
    if isinstance(value, str):
        return '"' + "".join(c if "\ud800" <= c <= "\udfff" else _encode(c)[1:-1].decode() for c in value) + '"'
    return _encode(value).decode()
