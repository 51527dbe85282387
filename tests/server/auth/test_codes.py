"""One-time codes as people hand them on: by link, by voice, by a thumb on a small keyboard."""

import pytest

from server.auth.codes import folded, keyed_hash, new_token, new_typed_code


def test_a_typed_code_has_fifty_bits_and_no_look_alikes():
    code = new_typed_code()
    assert len(code) == 11
    assert code[5] == "-"
    assert not set(code) & set("ILOU")


def test_a_token_has_128_bits():
    assert len(new_token()) == 22
    assert folded("#" + (token := new_token())) == token


@pytest.mark.parametrize("typed", ["7k3mq-x0d1z", "7K3MQX0D1Z", " 7k3mq x0d1z ", "7K3MQ–XODIZ", "7k3mq-xodlz"])
def test_a_code_is_read_as_it_was_meant(typed: str):
    assert folded(typed) == "7K3MQX0D1Z"


@pytest.mark.parametrize("typed", ["", "7k3mq", "7k3mq-x0d1zz", "7k3mq-x0d1u", "a" * 23, "\u202e7k3mqx0d1z", "7k3mq/x0d1"])
def test_what_can_be_no_code_is_none(typed: str):
    assert folded(typed) is None


def test_hashes_depend_on_key_and_purpose():
    assert len({keyed_hash(key, purpose, "x") for key in (b"a", b"b") for purpose in ("one", "two")}) == 4
