"""`alongside backup` and `alongside restore`: what they take, and what they say when it is done."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NoReturn

from server.backup import age, restoring, taking
from server.backup.restoring import Allowed, Opened, Turned
from server.clock import now_ms
from server.errors import BackupError
from server.pokes import Pokes
from server.settings import Settings
from server.storage import backups
from server.storage.backups import Attempt
from server.storage.forms import forms
from server.storage.sqlite import SqliteStorage

NOT_RECORDED: Final = frozenset({"running", "schema"})
"""Failures without a row: another backup is at work, or there is no table for it yet. A backup never migrates."""


def backup(settings: Settings, arguments: argparse.Namespace) -> int:
    """Take an encrypted, verified backup while the office runs, or make the key pair for them."""
    signal.signal(signal.SIGTERM, _stop)
    if arguments.make_key:
        return _make_key(settings, arguments.make_key)
    try:
        taken = taking.take(settings, arguments.to, arguments.recipient, now_ms)
        asyncio.run(_record(settings, taken.attempt))
    except BackupError as error:
        if settings.database.exists() and error.code not in NOT_RECORDED:
            asyncio.run(_record(settings, Attempt(made_at=now_ms(), problem=error.code)))
        raise
    attempt = taken.attempt
    _say(f"{taken.path}\n{attempt.size_bytes:,} bytes, SHA-256 {attempt.hash}\nchecked, written and read back.")
    for path in taken.gone:
        _say(f"deleted {path.name} (BACKUP_KEEP)")
    return 0


def restore(settings: Settings, arguments: argparse.Namespace) -> int:
    """Put a backup in place, prove one, or adopt a database that was put in place by hand."""
    signal.signal(signal.SIGTERM, _stop)
    own = settings.database
    settings = settings.with_database(arguments.database)
    if arguments.adopt:
        _say(_adopted(restoring.adopt(settings, now_ms)))
        return 0
    if arguments.file is None or arguments.key is None:
        raise BackupError("key", "say which backup FILE, and its private key: --key FILE")
    if arguments.check:
        opened = restoring.prove(settings, arguments.file, arguments.key)
        is_known = asyncio.run(_prove(settings, opened.hash)) if settings.database.exists() else False
        _say(_proved(arguments.file, opened, is_known=is_known))
        return 0
    allowed = Allowed(move_aside=arguments.move_aside, unlisted=arguments.unlisted, elsewhere=settings.database != own)
    turned = restoring.restore(settings, arguments.file, arguments.key, now_ms, allowed)
    _say(_restored(settings, turned))
    return 0


def add_arguments(command: Any) -> None:
    """Declare both commands; `command(name, run)` makes one."""
    taking_one = command("backup", backup)
    taking_one.add_argument("--to", type=Path, metavar="DIR", help="where to (otherwise BACKUP_DIR)")
    taking_one.add_argument("--recipient", type=Path, metavar="FILE", help="public key (otherwise KEYS/backup.pub)")
    taking_one.add_argument("--make-key", type=Path, metavar="FILE", help="make a key pair; the private half into FILE")
    restoring_one = command("restore", restore)
    restoring_one.add_argument("file", type=Path, nargs="?", help="the backup")
    restoring_one.add_argument("--key", type=Path, metavar="FILE", help="private key of the backups")
    restoring_one.add_argument("--database", type=Path, metavar="PATH", help="where to (otherwise DATABASE)")
    restoring_one.add_argument("--check", action="store_true", help="only prove that the backup can be restored")
    restoring_one.add_argument("--move-aside", action="store_true", help="keep a database in place under another name")
    restoring_one.add_argument("--unlisted", action="store_true", help="accept a backup that this office did not write")
    restoring_one.add_argument("--adopt", action="store_true", help="go on with a database put in place by hand")


def _make_key(settings: Settings, private: Path) -> int:
    private = private.absolute()
    for folder in (settings.keys, settings.backups, settings.database.parent):
        if folder is not None and private.is_relative_to(folder):
            raise BackupError("key", f"the private key must not lie in {folder}: whoever finds one would have both")
    age.make_key(private, settings.backup_recipient, now_ms())
    _say(
        f"Private key: {private}\nPublic key: {settings.backup_recipient}\n\n"
        "Take the private key off this machine now: print it, or put it on two sticks in two safe places.\n"
        "Without it no backup can ever be opened. With it anybody can read every backup."
    )
    return 0


async def _record(settings: Settings, attempt: Attempt) -> None:
    async with SqliteStorage.open(settings.database, Pokes(), forms()) as storage:
        await storage.write(lambda tx: backups.add(tx, attempt))


async def _prove(settings: Settings, file_hash: str) -> bool:
    async with SqliteStorage.open(settings.database, Pokes(), forms()) as storage:
        return await storage.write(lambda tx: backups.prove(tx, file_hash, now_ms()))


def _proved(file: Path, opened: Opened, *, is_known: bool) -> str:
    rows = opened.facts.rows
    ours = {True: "This office wrote it.", False: "It is NOT in this office's list.", None: ""}[opened.is_ours]
    noted = "The administrator's page shows that it was proved today." if is_known else ""
    return "\n".join(line for line in (
        f"{file} can be restored: decrypted, every page checked.",
        f"It holds {rows['organisation']:,} organisation(s), {rows['record']:,} records, {rows['change']:,} changes.",
        ours, noted,
    ) if line)  # fmt: skip


def _restored(settings: Settings, turned: Turned) -> str:
    aside = f"\nThe database that stood there is now {turned.aside}." if turned.aside else ""
    return f"The backup stands at {settings.database}.{aside}\n\n{_next(turned)}"


def _adopted(turned: Turned) -> str:
    known = any(turned.forks.values())
    how = (
        "Phones send again what came after it."
        if known
        else "Nobody can know how old it is: phones send again everything they have kept."
    )
    return f"The database is adopted. {how}\n\n{_next(turned)}"


def _next(turned: Turned) -> str:
    """What happens now, and who has to come by."""
    phones = "\n".join(
        f"  {name or 'somebody'}: {_heard(at)}" for name, at in turned.phones
    ) or "  none"  # fmt: skip
    shut = (
        f"{turned.shut_out} phones and accounts that were shut out after the backup are shut out again.\n"
        if turned.shut_out
        else ""
    )
    return (
        f"A new epoch has begun ({turned.epoch}). What happens next:\n"
        "1. Start the office. Everybody at a screen signs in again. Unused codes and links are void.\n"
        "2. Each phone notices by itself, sends again what the office no longer has, and reads everything anew.\n"
        "   Nobody types anything twice. Until a phone was here, what it alone holds is missing.\n"
        "3. These phones have to come by (open the app where there is signal):\n"
        f"{phones}\n"
        "4. A phone set up after the backup was made is unknown: set it up again, it delivers its work sealed.\n"
        "5. Changes made at the office's own screens after the backup are gone: look at people, sites, caseloads.\n"
        f"{shut}"
        "The administrator's page \"Backups\" lists the phones that have not come yet."
    )  # fmt: skip


def _heard(at: int) -> str:
    return f"last heard {datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%d %H:%M} UTC" if at else "not heard yet"


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _stop(*_: object) -> NoReturn:
    """Told to stop: leave through the doors, so that no plain copy stays behind."""
    raise SystemExit(143)
