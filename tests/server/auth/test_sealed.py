"""Sealed copies: the vector that both languages read, and everything that must not open or not count."""

import copy
import json
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from server.auth.keys import KeyMissing, new_seal_key
from server.auth.sealed import SealBroken, is_of_device, open_envelope, open_item
from sync.messages import SealedItem
from tests.support.sealing import VECTOR, from_base64url, point_of, seal, seal_text, sealed_item

VECTOR_CASE = json.loads(VECTOR.read_text())
DEVICE, CHANGE = VECTOR_CASE["device"], VECTOR_CASE["change"]
DEVICE_KEY = from_base64url(VECTOR_CASE["device_key"])


def private_key():
    d = int.from_bytes(from_base64url(VECTOR_CASE["private"]["d"]), "big")
    return ec.derive_private_key(d, ec.SECP256R1())


def item_of(data) -> SealedItem:
    return msgspec.convert(data, SealedItem)


def test_the_vector_opens_and_names_its_device():
    item = item_of(VECTOR_CASE["item"])
    content = open_envelope(private_key(), item.sealed)
    assert (content.device, content.n, content.change) == (DEVICE, item.n, CHANGE)
    assert seal_text(DEVICE, item.n, VECTOR_CASE["item"]["sealed"]) == VECTOR_CASE["seal_text"]
    assert is_of_device(DEVICE_KEY, DEVICE, item)


@pytest.mark.parametrize("part", ["n", "epk", "iv", "ct", "kid", "sig", "device", "key"])
def test_a_signature_holds_for_nothing_else(part):
    data, device, key = copy.deepcopy(VECTOR_CASE["item"]), DEVICE, DEVICE_KEY
    if part == "n":
        data["n"] += 1
    elif part == "device":
        device = DEVICE.replace("0189", "0190")
    elif part == "key":
        key = point_of(ec.generate_private_key(ec.SECP256R1()))
    elif part == "kid":
        data["sealed"]["kid"] = "k2"
    elif part == "sig":
        data["sig"] = "A" * 86
    else:
        text = data["sealed"][part]
        data["sealed"][part] = text[:20].swapcase() + text[20:]
    assert not is_of_device(key, device, item_of(data))


def test_characters_that_are_no_base64_count_for_nothing():
    data = copy.deepcopy(VECTOR_CASE["item"])
    data["sig"] = "*" + data["sig"][1:]
    assert not is_of_device(DEVICE_KEY, DEVICE, item_of(data))


def test_an_altered_envelope_does_not_open():
    data = copy.deepcopy(VECTOR_CASE["item"])
    data["sealed"]["ct"] = ("B" if data["sealed"]["ct"][0] == "A" else "A") + data["sealed"]["ct"][1:]
    with pytest.raises(SealBroken):
        open_envelope(private_key(), item_of(data).sealed)


def test_opening_needs_the_key_file_and_the_right_owner(tmp_path: Path):
    seal_key, signing = new_seal_key(tmp_path), ec.generate_private_key(ec.SECP256R1())
    point = from_base64url(seal_key.point)
    item = item_of(sealed_item(signing, "d", 3, '{"n":3}', seal_key.kid, point))
    assert open_item(tmp_path, "d", 3, item.sealed) == b'{"n":3}'
    for device, n in (("e", 3), ("d", 4)):
        with pytest.raises(SealBroken, match="another phone"):
            open_item(tmp_path, device, n, item.sealed)
    (tmp_path / f"seal-{seal_key.kid}.pem").unlink()
    with pytest.raises(KeyMissing, match="put the key back"):
        open_item(tmp_path, "d", 3, item.sealed)


@pytest.mark.parametrize("kid", ["../office", "", "a/b"])
def test_a_key_name_never_leaves_its_folder(tmp_path: Path, kid):
    sealed = seal(kid, point_of(ec.generate_private_key(ec.SECP256R1())), "{}")
    with pytest.raises(KeyMissing):
        open_item(tmp_path, "d", 1, msgspec.convert({"n": 1, "sealed": sealed, "sig": "A" * 86}, SealedItem).sealed)


@pytest.mark.parametrize("content", ["", "null", '{"device":"d"}', '{"device":"d","n":1,"change":"x","more":1}'])
def test_an_envelope_that_holds_something_else_is_broken(content):
    key = ec.generate_private_key(ec.SECP256R1())
    sealed = msgspec.convert(seal("k1", point_of(key), content), type(item_of(VECTOR_CASE["item"]).sealed))
    with pytest.raises(SealBroken):
        open_envelope(key, sealed)
