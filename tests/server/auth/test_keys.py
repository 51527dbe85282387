"""Key files: made once, readable by the office alone, and what they close opens for nobody else."""

import base64
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from server.auth.keys import KeyMissing, make_office_key, new_seal_key, office_keys


def test_a_missing_key_is_said_and_never_made_up(tmp_path: Path):
    with pytest.raises(KeyMissing, match=r"office\.key is missing"):
        office_keys(tmp_path)


def test_key_files_are_private_and_never_replaced(tmp_path: Path):
    folder = tmp_path / "keys"
    make_office_key(folder)
    before = (folder / "office.key").read_bytes()
    make_office_key(folder)
    seal = new_seal_key(folder)
    assert (folder / "office.key").read_bytes() == before
    assert [path.stat().st_mode & 0o777 for path in sorted(folder.iterdir())] == [0o600, 0o600]
    assert folder.stat().st_mode & 0o777 == 0o700
    point = base64.urlsafe_b64decode(seal.point + "=")
    assert len(seal.point) == 87
    ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)


def test_an_authenticator_secret_opens_for_its_person_only(tmp_path: Path):
    make_office_key(tmp_path)
    keys = office_keys(tmp_path)
    closed = keys.close_secret(b"secret", "ana")
    assert b"secret" not in closed
    assert keys.open_secret(closed, "ana") == b"secret"
    with pytest.raises(KeyMissing):
        keys.open_secret(closed, "ben")
