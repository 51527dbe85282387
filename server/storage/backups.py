"""The table of backups: what is safe, what an administrator is shown, and the turn to a new epoch after a restore."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal, NamedTuple

import msgspec

from server.storage.port import Row, Rows, Transaction

OVERDUE_MS: Final = 48 * 3_600_000


class Overdue(NamedTuple):
    """`at`: when the last good backup was made. One from the future is no better: some clock is wrong."""

    about: Literal["none", "old"]
    at: int | None


class Backup(msgspec.Struct, frozen=True):
    """One attempt. `problem`: a code of why it failed; then nothing else of it is worth anything."""

    id: int
    made_at: int
    verified_at: int | None
    proved_at: int | None
    size_bytes: int
    file: str
    kid: str
    problem: str | None


class Attempt(msgspec.Struct, frozen=True):
    """A backup to be recorded. `heads`: position of each organisation that it holds."""

    made_at: int
    epoch: str = ""
    heads: dict[int, int] = {}
    verified_at: int | None = None
    size_bytes: int = 0
    file: str = ""
    hash: str = ""
    kid: str = ""
    problem: str | None = None


class Standing(msgspec.Struct, frozen=True):
    """Where the database stands, for the witness: its epochs, its heads, and who was shut out.

    `forks`: by epoch and organisation, how far it goes back on the epoch before.
    """

    lineage: list[str]
    heads: dict[int, int]
    phones: dict[str, str]
    accounts: list[str]
    forks: dict[str, dict[int, int]] = {}


async def safe_seq(rows: Rows, org: int) -> int:
    """Everything up to this seq is in a verified backup; 0 while there is none."""
    row = await rows.one("backups.safe_seq", org=org)
    return int(row["seq"]) if row else 0


async def add(tx: Transaction, attempt: Attempt) -> None:
    """Record an attempt; from a verified one on, `safe_seq` is higher."""
    values = {name: value for name, value in msgspec.structs.asdict(attempt).items() if name != "heads"}
    await tx.run("backups.add", **values)
    row = await tx.one("backups.newest")
    heads = [{"backup": row["id"], "org": org, "head": head} for org, head in attempt.heads.items()] if row else []
    await tx.many("backups.add_head", heads)


async def prove(tx: Transaction, file_hash: str, now: int) -> bool:
    """Note that a file was decrypted and checked; False when this database knows no such backup."""
    return await tx.run("backups.prove", hash=file_hash, now=now) > 0


async def newest_first(rows: Rows, limit: int) -> list[Backup]:
    """Attempts, the failed ones too."""
    return [msgspec.convert(dict(row), Backup) for row in await rows.all("backups.newest_first", limit=limit)]


async def last_good(rows: Rows) -> Row | None:
    """The newest verified backup: made_at, verified_at, size_bytes, file."""
    return await rows.one("backups.last_good")


async def overdue(rows: Rows, now: int) -> Overdue | None:
    """Why there is no backup to rely on: none at all, or the last good one is older than 48 hours."""
    good = await last_good(rows)
    if good is None:
        return Overdue("none", None)
    return None if 0 <= now - good["made_at"] <= OVERDUE_MS else Overdue("old", good["made_at"])


async def last_proved(rows: Rows) -> Row | None:
    """The backup proved last: made_at, proved_at."""
    return await rows.one("backups.last_proved")


async def last_restore(rows: Rows) -> int | None:
    """When this database last came back from a backup."""
    row = await rows.one("backups.last_restore")
    return int(row["made_at"]) if row else None


async def phones_behind(rows: Rows, org: int, since: int) -> Sequence[Row]:
    """Active phones that have not been heard since a restore: they may hold what it could not bring back."""
    return await rows.all("backups.phones_behind", org=org, since=since)


async def phones(rows: Rows) -> Sequence[Row]:
    """Every active phone with its person's name, last heard first; for the command line."""
    return await rows.all("backups.phones")


async def standing(rows: Rows) -> Standing:
    """All of it in one look."""
    lineage, heads, closed_phones, closed_accounts, parted = await rows.several(
        ("backups.lineage", {}), ("backups.heads", {}), ("backups.closed_phones", {}), ("backups.closed_accounts", {}),
        ("backups.forks", {}),
    )  # fmt: skip
    forks: dict[str, dict[int, int]] = {}
    for row in parted:
        forks.setdefault(row["epoch"], {})[row["org"]] = row["fork_seq"]
    return Standing(
        lineage=[row["epoch"] for row in lineage],
        heads={row["org"]: row["head"] for row in heads},
        phones={row["id"]: row["mode"] for row in closed_phones},
        accounts=[row["person"] for row in closed_accounts],
        forks=forks,
    )


async def begin_epoch(
    tx: Transaction, epoch: str, *, reason: str, forks: Mapping[int, int], heads: Mapping[int, int], now: int
) -> None:
    """Part from the epoch before at `forks`, and go on at `heads`, which must lie above every position ever given."""
    parent = await tx.one("organisations.epoch")
    await tx.run(
        "organisations.add_epoch", epoch=epoch, parent=parent["epoch"] if parent else None,
        fork_seq=min(forks.values(), default=0), now=now, reason=reason,
    )  # fmt: skip
    await tx.many("backups.add_fork", [{"epoch": epoch, "org": org, "fork_seq": at} for org, at in forks.items()])
    await tx.many("backups.jump_head", [{"org": org, "head": head} for org, head in heads.items()])
    await tx.run("backups.let_phones_skip")


async def end_access(tx: Transaction) -> None:
    """End every session and every code not used yet: what was ended since the backup would be open again."""
    await tx.run("backups.end_sessions")
    await tx.run("backups.end_codes")


async def shut_out_again(tx: Transaction, phones: Mapping[str, str], accounts: Sequence[str], now: int) -> int:
    """Revoke phones and disable accounts that were shut out after the backup; how many of both."""
    done = 0
    for phone, mode in phones.items():
        done += await tx.run("backups.close_phone_again", id=phone, mode=mode, now=now)
    for person in accounts:
        done += await tx.run("backups.close_account_again", person=person)
    return done
