"""The second factor of an account: set up, spent once a code, replaced by recovery codes when the phone is gone."""

from __future__ import annotations

from server.auth import totp
from server.auth.codes import keyed_hash
from server.auth.keys import OfficeKeys
from server.storage import accounts
from server.storage.accounts import Account
from server.storage.port import Transaction


async def spend(tx: Transaction, keys: OfficeKeys, account: Account, code: str, now: int) -> bool:
    """True when `code` is right and was not used before; it is worth nothing afterwards."""
    if account.factor is None:
        return False
    step = totp.accepted_step(keys.open_secret(account.factor, account.person), code, now, account.factor_step)
    if step is not None:
        return await accounts.use_factor_step(tx, account.org, account.person, step)
    return await accounts.use_recovery_code(tx, account.person, [recovery_hash(keys, account.person, code)])


async def set_up(
    tx: Transaction, keys: OfficeKeys, account: Account, *, secret: bytes, code: str, now: int
) -> list[str] | None:
    """Keep a secret that the authenticator has proven to know; the recovery codes to show once, or None."""
    step = totp.accepted_step(secret, code, now, last_step=0)
    if step is None:
        return None
    codes = totp.new_recovery_codes()
    hashes = [recovery_hash(keys, account.person, recovery) for recovery in codes]
    closed = keys.close_secret(secret, account.person)
    await accounts.set_factor(tx, account.org, account.person, closed, step=step, recovery=hashes)
    return codes


def recovery_hash(keys: OfficeKeys, person: str, code: str) -> bytes:
    """What is kept of a recovery code; spacing and look-alike letters do not matter."""
    letters = "".join(c for c in code.upper() if c.isalnum()).replace("O", "0").replace("I", "1").replace("L", "1")
    return keyed_hash(keys.codes, "recovery", f"{person}\n{letters}")
