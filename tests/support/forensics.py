"""Looks for words in everything a browser left on disk, as somebody who found the phone would.

Every file of the profile is read as it is, and unpacked: LevelDB tables block by block (snappy), and whatever looks
like gzip, zlib or zstd inside. Each canary is looked for in UTF-8, UTF-16, base64 (all three alignments),
percent-encoding and JSON escapes.
"""

from __future__ import annotations

import base64
import contextlib
import json
import struct
import urllib.parse
import zlib
from collections.abc import Iterator
from pathlib import Path

import cramjam

MAGIC = bytes.fromhex("57fb808b247547db")[::-1]
UNPACKED_LIMIT = 32 * 1024 * 1024


def spellings(canary: str) -> Iterator[bytes]:
    """All byte forms in which a word may stand on a disk."""
    plain = canary.encode()
    for encoded in (plain, canary.encode("utf-16-le"), canary.encode("utf-16-be")):
        yield encoded
        for shift in range(3):
            text = base64.b64encode(b"\0" * shift + encoded)
            yield text[4 if shift else 0 : -4]
    yield urllib.parse.quote_plus(canary).encode()
    yield urllib.parse.quote(canary).encode()
    yield json.dumps(canary)[1:-1].encode()


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def _block(data: bytes, offset: int, size: int) -> bytes:
    raw = data[offset : offset + size]
    return bytes(cramjam.snappy.decompress_raw(raw)) if data[offset + size] == 1 else raw


def _entries(block: bytes) -> Iterator[bytes]:
    """Values of a LevelDB block's entries."""
    restarts = struct.unpack("<I", block[-4:])[0]
    at, end = 0, len(block) - 4 - 4 * restarts
    while at < end:
        _shared, at = _varint(block, at)
        unshared, at = _varint(block, at)
        length, at = _varint(block, at)
        yield block[at + unshared : at + unshared + length]
        at += unshared + length


def table_blocks(data: bytes) -> Iterator[bytes]:
    """Unpacked data blocks of a LevelDB table (`.ldb`, `.sst`)."""
    footer = data[-48:]
    if footer[-8:] != MAGIC:
        return
    at = 0
    for _ in range(2):
        _, at = _varint(footer, at)
    index_offset, at = _varint(footer, 0)
    _, at = _varint(footer, at)
    index_offset, at = _varint(footer, at)
    index_size, at = _varint(footer, at)
    for handle in _entries(_block(data, index_offset, index_size)):
        offset, after = _varint(handle, 0)
        size, _ = _varint(handle, after)
        yield _block(data, offset, size)


def unpacked(data: bytes) -> Iterator[bytes]:
    """Whatever inside looks compressed and opens."""
    for magic, wbits in ((b"\x1f\x8b\x08", 31), (b"\x78\x01", 15), (b"\x78\x9c", 15), (b"\x78\xda", 15)):
        at = data.find(magic)
        while at != -1:
            with contextlib.suppress(zlib.error):
                yield zlib.decompressobj(wbits).decompress(data[at:], UNPACKED_LIMIT)
            at = data.find(magic, at + 1)
    at = data.find(b"\x28\xb5\x2f\xfd")
    while at != -1:
        with contextlib.suppress(cramjam.DecompressionError):
            yield bytes(cramjam.zstd.decompress(data[at:]))
        at = data.find(b"\x28\xb5\x2f\xfd", at + 1)


def search(profile: Path, canaries: list[str]) -> dict[str, set[str]]:
    """Canary to the files that hold it, in whatever form."""
    forms = [(canary, form) for canary in canaries for form in set(spellings(canary))]
    found: dict[str, set[str]] = {}
    for path in sorted(profile.rglob("*")):
        if not path.is_file() or path.is_symlink():
            continue
        data = path.read_bytes()
        pieces = [data, *table_blocks(data)] if path.suffix in {".ldb", ".sst"} else [data]
        for piece in [*pieces, *(inner for outer in pieces for inner in unpacked(outer))]:
            for canary, form in forms:
                if form in piece:
                    found.setdefault(canary, set()).add(str(path.relative_to(profile)))
    return found
