"""Passphrases of accounts: what is accepted, how they are kept, and how they are checked without telling who exists.

Argon2id runs in a few threads of its own. Past `WAITING_LIMIT` waiting checks the office says it is busy, so that
a flood of sign-ins can neither fill the memory nor starve the phones' door. An unknown account is checked against
a hash of random bytes and so takes the same time.
"""

from __future__ import annotations

import asyncio
import secrets
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final, Literal, ParamSpec, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type

P = ParamSpec("P")
T = TypeVar("T")

LENGTH_MINIMUM: Final = 15
LENGTH_LIMIT: Final = 512
WAITING_LIMIT: Final = 32
THREADS: Final = 2

Weakness = Literal["too_short", "too_long", "too_simple", "too_common"]

_COMMON: Final = (
    "password", "passphrase", "passwort", "contrasena", "contraseña", "letmein", "welcome", "bienvenido", "iloveyou",
    "teamo", "qwertyuiop", "asdfghjkl", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz", "administrator", "administrador",
    "supervisor", "specialist", "especialista", "alongside", "recovery", "recuperacion", "recuperación", "changeme",
    "correcthorsebatterystaple", "trustno1", "superman", "football", "futbol", "baseball", "sunshine", "princess",
    "dragon", "monkey", "secret", "secreto", "master", "shadow", "01234567890123456789", "98765432109876543210",
)  # fmt: skip


class Busy(Exception):  # noqa: N818 - a state of the office, not a mistake
    """Too many sign-ins are waiting; try again in a few seconds."""


def normalise(passphrase: str) -> str:
    """NFKC, so that the same words typed on another keyboard are the same passphrase."""
    return unicodedata.normalize("NFKC", passphrase)


def weakness(passphrase: str, *, of: tuple[str, ...] = ()) -> Weakness | None:
    """Why a new passphrase is not accepted; None when it is. `of`: words an attacker knows, such as the sign-in name.

    Length is asked for, composition is not: what is left after common words and the account's own names have been
    taken out must still hold eight characters, and six different ones in all.
    """
    text = normalise(passphrase)
    if len(text) < LENGTH_MINIMUM:
        return "too_short"
    if len(text) > LENGTH_LIMIT:
        return "too_long"
    folded = text.casefold()
    if len(set(folded)) < 6 or _is_repeated(folded):
        return "too_simple"
    rest = "".join(c for c in folded if c.isalnum())
    for word in sorted((*_COMMON, *of), key=len, reverse=True):
        known = "".join(c for c in word.casefold() if c.isalnum())
        if len(known) >= 3:
            rest = rest.replace(known, "")
    return "too_common" if len(rest) < 8 else None


def _is_repeated(text: str) -> bool:
    """True for one short piece said again and again: found inside its own doubling before its own end."""
    return (text + text).find(text, 1) < len(text)


class Passwords:
    """Hashes and checks passphrases off the event loop."""

    def __init__(self, *, memory_kib: int = 46 * 1024, passes: int = 2) -> None:
        self._hasher = PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=1, type=Type.ID)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="argon2")
        self._waiting = 0
        self._nobody = self._hasher.hash(secrets.token_urlsafe())

    async def hash(self, passphrase: str) -> str:
        """The hash to keep, parameters included."""
        return await self._run(self._hasher.hash, normalise(passphrase))

    async def is_right(self, kept: str | None, passphrase: str) -> bool:
        """True when `passphrase` made `kept`. Takes its full time also when there is no account or hash."""
        is_match = await self._run(self._matches, kept or self._nobody, normalise(passphrase[: LENGTH_LIMIT * 4]))
        return is_match and kept is not None

    def is_outdated(self, kept: str) -> bool:
        """True when `kept` was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(kept)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _matches(self, kept: str, passphrase: str) -> bool:
        try:
            return self._hasher.verify(kept, passphrase)
        except (VerificationError, InvalidHashError):
            return False

    async def _run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        if self._waiting >= WAITING_LIMIT:
            raise Busy
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, partial(work, *args, **kwargs))
        finally:
            self._waiting -= 1
