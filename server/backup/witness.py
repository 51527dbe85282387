"""The witness: a small file beside the keys that remembers how far the database had come.

A database that somebody put back by hand is older than its witness; the office then answers no phone until the
operator adopts it (`alongside restore --adopt`). The file is named by the first epoch of the database, which no
restore changes. It also remembers whom the office had shut out, so that an old backup lets nobody in again.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, Literal

import msgspec

from server.backup.files import sync_directory
from server.log import event
from server.storage import backups
from server.storage.backups import Standing
from server.storage.port import Storage

LOOK_S: Final = 1.0
Behind = Literal["", "older", "unknown", "empty"]


class Seen(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the witness saw last. `noticed`: heads at which the database stood when it was found to be behind.

    `forks`: by epoch and organisation. An old database does not know that its last epoch was left at a fork below its
    head, after another copy had gone on with it.
    """

    lineage: list[str]
    heads: dict[int, int]
    phones: dict[str, str] = {}
    accounts: list[str] = []
    noticed: dict[int, int] | None = None
    forks: dict[str, dict[int, int]] = {}
    v: int = 1


def path_of(keys: Path, root: str) -> Path:
    """`root`: the first epoch of the lineage, so that databases that share their keys have a file each."""
    return keys / f"witness-{root}.json"


def read(keys: Path, lineage: list[str]) -> Seen | None:
    """What the witness of this database saw; None at the first start, or when its file is lost or unreadable."""
    try:
        return msgspec.json.decode(path_of(keys, lineage[0]).read_bytes(), type=Seen) if lineage else None
    except OSError:
        return None
    except msgspec.MsgspecError:
        event("witness_unreadable")
        return None


def write(keys: Path, seen: Seen) -> None:
    """Replace the file in one step: it is the old one or the new one, never half."""
    keys.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = path_of(keys, seen.lineage[0])
    part = path.with_suffix(".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(msgspec.json.encode(seen))
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    sync_directory(keys)


def seen_of(standing: Standing) -> Seen:
    """What is to be remembered of where the database stands."""
    return Seen(standing.lineage, standing.heads, standing.phones, standing.accounts, forks=standing.forks)


def shared_heads(seen: Seen | None, lineage: list[str], heads: dict[int, int]) -> dict[int, int]:
    """By organisation, how far a database is a past of every epoch that the witness saw in force.

    An epoch whose fork the witness does not know took nothing over.
    """
    if seen is None:
        return heads
    common = max((at for at, epoch in enumerate(seen.lineage) if epoch in lineage), default=-1)
    later = seen.lineage[common + 1 :]
    return {
        org: min([head, *(seen.forks.get(epoch, {}).get(org, 0) for epoch in later)]) for org, head in heads.items()
    }


def is_behind(seen: Seen | None, lineage: list[str], heads: dict[int, int]) -> Behind:
    """Why this database cannot be the one that the witness saw last: '' when it can.

    'older': the same epoch with a lower head. 'unknown': it has never heard of the epoch that was last in force.
    """
    if seen is None or not lineage:
        return ""
    if seen.lineage[-1] not in lineage:
        return "unknown"
    is_same = seen.lineage[-1] == lineage[-1]
    return "older" if is_same and any(heads.get(org, 0) < head for org, head in seen.heads.items()) else ""


def look(keys: Path, standing: Standing) -> Behind:
    """Compare a database with its witness, and remember where it stood when it was first found to be behind.

    What it gives out from then on is not what the phones know under these positions.
    """
    if not standing.lineage:
        return "empty" if any(keys.glob("witness-*.json")) else ""
    seen = read(keys, standing.lineage)
    behind = is_behind(seen, standing.lineage, standing.heads)
    if seen is not None and behind:
        before = seen.noticed or standing.heads
        noticed = {org: min(head, before.get(org, 0)) for org, head in standing.heads.items()}
        write(keys, msgspec.structs.replace(seen, noticed=noticed))
        event("database_behind", why=behind)
    return behind


@asynccontextmanager
async def kept(storage: Storage, keys: Path, say: Callable[[Behind], None]) -> AsyncIterator[None]:
    """Look at the start and `say` what was found; unless the database is behind, follow it until the office stops."""
    async with storage.read() as rows:
        behind = look(keys, await backups.standing(rows))
    say(behind)
    if behind not in {"", "empty"}:
        yield
        return
    stop = asyncio.Event()
    task = asyncio.create_task(_follow(storage, keys, say, stop), name="witness")
    try:
        yield
    finally:
        stop.set()
        await task


async def _follow(storage: Storage, keys: Path, say: Callable[[Behind], None], stop: asyncio.Event) -> None:
    """Write the file whenever the database has moved, at most once a second, and once more at the end."""
    last: Standing | None = None
    is_last_look = False
    while not is_last_look:
        is_last_look = stop.is_set()
        async with storage.read() as rows:
            standing = await backups.standing(rows)
        if standing != last and standing.lineage:
            try:
                await asyncio.to_thread(write, keys, seen_of(standing))
            except OSError as error:
                event("witness_not_written", error=type(error).__name__)
            else:
                if last is None:
                    say("")
                last = standing
        if not is_last_look:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), LOOK_S)
