"""The search itself finds what it should: a check that cannot fail proves nothing."""

from __future__ import annotations

import base64
import gzip
import zlib
from pathlib import Path

import cramjam
import pytest

from tests.support.forensics import MAGIC, search

WORD = "canario-Ñandú 17"


@pytest.mark.parametrize(
    "hidden",
    [
        WORD.encode(),
        WORD.encode("utf-16-le"),
        base64.b64encode(b"x" + WORD.encode() + b"yz"),
        b"junk" + gzip.compress(b"a" * 99 + WORD.encode()),
        b"junk" + zlib.compress(WORD.encode() * 3),
        b"junk" + bytes(cramjam.zstd.compress(b"....." + WORD.encode())),
    ],
)
def test_a_hidden_word_is_found(tmp_path: Path, hidden: bytes) -> None:
    (tmp_path / "file").write_bytes(b"\0\1\2" + hidden + b"\3")
    assert search(tmp_path, [WORD, "another"]) == {WORD: {"file"}}


def _varint(number: int) -> bytes:
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def test_a_word_in_a_compressed_database_table_is_found(tmp_path: Path) -> None:
    """A LevelDB table keeps its blocks packed with snappy, where a plain search is blind."""

    def block(value: bytes) -> bytes:
        return (
            _varint(0)
            + _varint(1)
            + _varint(len(value))
            + b"k"
            + value
            + (0).to_bytes(4, "little")
            + (1).to_bytes(4, "little")
        )

    text = (b"abcdefgh" * 50) + WORD.encode()[:9] + (b"abcdefgh" * 3) + WORD.encode()
    data = bytes(cramjam.snappy.compress_raw(block(text)))
    index = block(_varint(0) + _varint(len(data)))
    body = data + b"\1" + b"\0" * 4 + index + b"\0" + b"\0" * 4
    footer = _varint(0) + _varint(0) + _varint(len(data) + 5) + _varint(len(index))
    (tmp_path / "000005.ldb").write_bytes(body + footer.ljust(40, b"\0") + MAGIC)
    assert search(tmp_path, [WORD]) == {WORD: {"000005.ldb"}}
