"""Reading what a phone captured."""

import hashlib

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from sync.intake import needs, parse
from tests.sync.desk import ANA, NOTE, SAM, note


def test_identity_is_the_hash_of_the_bytes_as_captured():
    """Spaces count: the bytes are the change."""
    raw = msgspec.json.encode({**note(), "n": 1, "author": ANA})
    spaced = raw.replace(b'","', b'", "')
    assert parse(raw, 1).hash == hashlib.sha256(raw).digest()
    assert parse(raw, 1).change == parse(spaced, 1).change
    assert parse(raw, 1).hash != parse(spaced, 1).hash


def test_another_counter_than_the_place_in_the_request_is_unreadable():
    """The place decides n; a change that says otherwise cannot be trusted to be that change."""
    assert parse(msgspec.json.encode({**note(), "n": 2, "author": ANA}), 1).change is None


def test_the_record_is_named_even_if_the_rest_is_unreadable():
    """So that what comes back can say what it was about."""
    parsed = parse(msgspec.json.encode({**note(kind="fly"), "n": 1, "author": ANA}), 1)
    assert parsed.change is None
    assert parsed.doc == NOTE


def test_needs_names_the_record_and_the_participant_of_its_bucket():
    """What the storage has to load before deciding."""
    assert needs([parse(msgspec.json.encode({**note(), "n": 1, "author": ANA}), 1), parse(b"{", 2)]) == {NOTE, SAM}


@given(st.binary(max_size=200))
def test_no_bytes_raise(raw):
    """Whatever arrives is kept and gets a hash."""
    assert parse(raw, 1).raw == raw


def test_deep_nesting_is_unreadable_not_a_crash():
    """A thousand brackets do not overflow anything."""
    assert parse(b'{"set":' + b"[" * 100_000, 1).change is None
    assert parse(b'{"\\ud800":' + b"[" * 100_000, 1).change is None
