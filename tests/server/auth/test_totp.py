"""Authenticator codes: the vectors of RFC 6238, drift, replay, and the text people type."""

import base64

import pytest

from server.auth import totp

SECRET = b"12345678901234567890"
# RFC 6238, appendix B (SHA-1): the eight digits there end in our six.
VECTORS = [
    (59, "287082"),
    (1111111109, "081804"),
    (1111111111, "050471"),
    (1234567890, "005924"),
    (2000000000, "279037"),
    (20000000000, "353130"),
]


@pytest.mark.parametrize(("seconds", "code"), VECTORS)
def test_the_vectors_of_the_rfc(seconds: int, code: str):
    assert totp.code_at(SECRET, seconds // 30) == code
    assert totp.accepted_step(SECRET, code, seconds * 1000, 0) == seconds // 30


def test_a_code_that_was_used_is_worth_nothing():
    now = 1_700_000_000_000
    step = now // totp.STEP_MS
    code = totp.code_at(SECRET, step)
    assert totp.accepted_step(SECRET, code, now, last_step=step - 1) == step
    assert totp.accepted_step(SECRET, code, now, last_step=step) is None


@pytest.mark.parametrize(("drift", "is_accepted"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_one_step_of_drift_is_forgiven(drift: int, is_accepted: bool):
    now = 1_700_000_000_000
    code = totp.code_at(SECRET, now // totp.STEP_MS + drift)
    assert (totp.accepted_step(SECRET, code, now, 0) is not None) == is_accepted


@pytest.mark.parametrize("typed", ["287 082", "287-082", "287\u00a0082"])
def test_spaces_in_a_code_do_not_matter(typed: str):
    assert totp.accepted_step(SECRET, typed, 59_000, 0) == 1


@pytest.mark.parametrize("typed", ["", "28708", "2870822", "२८७०८२", "abcdef", "\ud800"])
def test_what_is_no_code_is_refused(typed: str):
    assert totp.accepted_step(SECRET, typed, 59_000, 0) is None


def test_the_typed_secret_reads_back():
    secret = totp.new_secret()
    assert base64.b32decode(totp.secret_text(secret).replace(" ", "")) == secret


def test_the_uri_names_the_account_and_hides_nothing_in_other_fields():
    uri = totp.provisioning_uri(SECRET, "ana@example.org", "Alongside · Río & Co")
    assert uri == (
        "otpauth://totp/Alongside%20%C2%B7%20R%C3%ADo%20%26%20Co:ana%40example.org"
        "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Alongside%20%C2%B7%20R%C3%ADo%20%26%20Co"
    )


def test_recovery_codes_are_ten_different_ones():
    codes = totp.new_recovery_codes()
    assert len(set(codes)) == 10
    assert all(len(code.replace("-", "")) == 16 for code in codes)
