"""Passphrases: what is accepted, and that checking one tells nothing about who exists."""

import asyncio

import pytest

from server.auth import passwords
from server.auth.passwords import Busy, Passwords, weakness

GOOD = "grey heron under the bridge"


@pytest.fixture
def checks():
    made = Passwords(memory_kib=64, passes=1)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("passphrase", "why"),
    [
        ("", "too_short"),
        ("fourteen chars", "too_short"),
        ("x" * 600, "too_long"),
        ("abababababababab", "too_simple"),
        ("river river river ", "too_simple"),
        ("passwordpassword1", "too_common"),
        ("alongside-recovery-1", "too_common"),
        ("Ana Morales 2026!", "too_common"),
        ("contraseña secreto", "too_common"),
        (GOOD, None),
        ("cuatro garzas bajo el puente", None),
        ("７ ｈｅｒｏｎｓ under the bridge", None),
    ],
)
def test_what_is_accepted(passphrase: str, why: str | None):
    assert weakness(passphrase, of=("ana.morales", "Ana Morales")) == why


async def test_a_right_passphrase_is_right_also_in_another_spelling_of_unicode(checks: Passwords):
    kept = await checks.hash("garza ｇｒｉｓ bajo el puente é")
    assert await checks.is_right(kept, "garza gris bajo el puente e\u0301")
    assert not await checks.is_right(kept, "garza gris bajo el puente")


async def test_nobody_is_checked_like_somebody(checks: Passwords, monkeypatch: pytest.MonkeyPatch):
    """An unknown account costs one Argon2id check too, against a hash with the same parameters."""
    seen = []
    verify = checks._matches
    monkeypatch.setattr(checks, "_matches", lambda kept, given: seen.append(kept) or verify(kept, given))
    assert not await checks.is_right(None, GOOD)
    assert not await checks.is_right(await checks.hash("another passphrase here"), GOOD)
    assert [kept.rpartition("$")[0].rpartition("$")[0] for kept in seen] == ["$argon2id$v=19$m=64,t=1,p=1"] * 2


async def test_hashes_of_other_parameters_are_renewed(checks: Passwords):
    stronger = Passwords(memory_kib=128, passes=1)
    assert stronger.is_outdated(await checks.hash(GOOD))
    assert not checks.is_outdated(await checks.hash(GOOD))
    stronger.close()


async def test_a_flood_is_told_to_come_back(checks: Passwords):
    kept = await checks.hash(GOOD)
    flood = [checks.is_right(kept, GOOD) for _ in range(passwords.WAITING_LIMIT + 5)]
    answers = await asyncio.gather(*flood, return_exceptions=True)
    assert sum(isinstance(answer, Busy) for answer in answers) == 5
    assert all(answer is True for answer in answers if not isinstance(answer, Busy))


async def test_a_hash_that_is_none_is_refused(checks: Passwords):
    assert not await checks.is_right("not a hash", GOOD)
