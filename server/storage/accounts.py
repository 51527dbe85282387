"""Accounts: who may sign in. What other phones may know of a person is the member record, not this."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from server.storage.port import Rows, Transaction
from sync.records.kind import Role


class NewAccount(msgspec.Struct, frozen=True):
    """`person`: doc id of the member record; `sign_in`: folded; `passphrase`: its hash, None until one is chosen."""

    person: str
    org: int
    sign_in: str
    name: str
    role: Role
    created_at: int
    title: str = ""
    passphrase: str | None = None
    lang: str = ""


class Account(msgspec.Struct, frozen=True):
    """An account with its secrets, for `server.auth` alone. `factor`: the authenticator secret, sealed."""

    person: str
    org: int
    sign_in: str
    name: str
    title: str
    role: Role
    is_active: bool
    passphrase: str | None
    factor: bytes | None
    factor_step: int
    lang: str
    theme: str
    created_at: int
    is_demo: bool
    organisation: str


class AccountRow(msgspec.Struct, frozen=True):
    """An account as the list of people shows it."""

    person: str
    sign_in: str
    name: str
    title: str
    role: Role
    is_active: bool
    has_passphrase: bool
    has_factor: bool


async def add_account(tx: Transaction, account: NewAccount) -> None:
    """The caller has made sure that the sign-in name is free (`by_sign_in` in the same transaction)."""
    await tx.run("accounts.add", **msgspec.structs.asdict(account))


async def by_sign_in(rows: Rows, sign_in: str) -> Account | None:
    """The account of a folded sign-in name: the one look-up that cannot be scoped, because nobody is known yet."""
    row = await rows.one("accounts.by_sign_in", sign_in=sign_in)
    return msgspec.convert(dict(row), Account, strict=False) if row else None


async def by_person(rows: Rows, org: int, person: str) -> Account | None:
    """None for nobody, and for somebody of another organisation."""
    row = await rows.one("accounts.by_person", org=org, person=person)
    return msgspec.convert(dict(row), Account, strict=False) if row else None


async def page(rows: Rows, org: int, search: str, limit: int, offset: int) -> list[AccountRow]:
    """People of an organisation by name, the active ones first. `search` is part of a name; '' is everybody."""
    pattern = "%" + search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%" if search else ""
    found = await rows.all("accounts.page", org=org, search=pattern, limit=limit, offset=offset)
    return [msgspec.convert(dict(row), AccountRow, strict=False) for row in found]


async def specialists(rows: Rows, org: int) -> list[tuple[str, str, str]]:
    """(person, name, sign-in name) of the active specialists, by name."""
    return [(r["person"], r["name"], r["sign_in"]) for r in await rows.all("accounts.specialists", org=org)]


async def names(rows: Rows, org: int) -> dict[str, str]:
    """Person id to name, also of people who have left."""
    return {row["person"]: row["name"] for row in await rows.all("accounts.names", org=org)}


class Described(msgspec.Struct, frozen=True):
    """What an administrator may change of an account. `sign_in`: folded."""

    name: str
    title: str
    role: Role
    sign_in: str


async def describe(tx: Transaction, org: int, person: str, described: Described) -> None:
    """The caller has made sure that the sign-in name is free (`by_sign_in` in the same transaction)."""
    await tx.run("accounts.describe", org=org, person=person, **msgspec.structs.asdict(described))


async def set_active(tx: Transaction, org: int, person: str, *, is_active: bool) -> None:
    """A disabled account signs in no more; to end its sessions and phones is the caller's."""
    await tx.run("accounts.set_active", org=org, person=person, is_active=int(is_active))


async def set_passphrase(tx: Transaction, org: int, person: str, passphrase: str | None) -> None:
    """`passphrase`: its hash; None takes it away until its owner chooses a new one."""
    await tx.run("accounts.set_passphrase", org=org, person=person, passphrase=passphrase)


async def set_screen(tx: Transaction, org: int, person: str, lang: str, theme: str) -> None:
    """The reader's own `lang` (en, es) and `theme` (system, light, dark)."""
    await tx.run("accounts.set_screen", org=org, person=person, lang=lang, theme=theme)


async def set_factor(
    tx: Transaction, org: int, person: str, factor: bytes | None, *, step: int, recovery: Iterable[bytes]
) -> None:
    """Replace authenticator secret and recovery codes; None and no codes take the second factor away."""
    await tx.run("accounts.set_factor", org=org, person=person, factor=factor, factor_step=step)
    await tx.run("accounts.drop_recovery_codes", org=org, person=person)
    await tx.many("accounts.add_recovery_code", [{"person": person, "code": code} for code in recovery])


async def use_factor_step(tx: Transaction, org: int, person: str, step: int) -> bool:
    """Spend a code's step; False when it, or a later one, was spent before."""
    return await tx.run("accounts.use_factor_step", org=org, person=person, factor_step=step) == 1


async def use_recovery_code(tx: Transaction, person: str, codes: Sequence[bytes]) -> bool:
    """Spend a recovery code; False when the person has no such code (any more)."""
    return any([await tx.run("accounts.use_recovery_code", person=person, code=code) == 1 for code in codes])


async def recovery_codes_left(rows: Rows, person: str) -> int:
    """How many have not been used."""
    row = await rows.one("accounts.recovery_codes_left", person=person)
    return int(row["n"]) if row else 0
