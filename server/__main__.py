"""The commands of the office: `alongside <command>`. Settings come from the environment (docs/operations.md)."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import uvicorn

from server import bench, demo, log, runtime
from server.administration import instruments
from server.administration.founding import Founding, found
from server.app import create_app
from server.auth import one_time
from server.auth.access import Access
from server.auth.sign_in import fold_sign_in
from server.backup import command as backup_commands
from server.clock import now_ms
from server.errors import BackupError, SettingsError
from server.pokes import Pokes
from server.settings import Settings, from_environment
from server.storage import accounts
from server.storage.forms import forms
from server.storage.migrations import MigrationError, migrate
from server.storage.sqlite import SqliteStorage


def main(argv: list[str] | None = None) -> int:
    """Run one command; its exit status."""
    arguments = _parser().parse_args(argv)
    try:
        settings = from_environment()
        return int(arguments.run(settings, arguments) or 0)
    except (SettingsError, MigrationError) as error:
        sys.stderr.write(f"alongside: {error}\n")
        return 2
    except BackupError as error:
        sys.stderr.write(f"alongside: {error}\n")
        return 1


def serve(settings: Settings, _: argparse.Namespace) -> None:
    """Serve the office until it is told to stop."""
    log.configure()
    runtime.settle()
    uvicorn.run(
        create_app(settings),
        http=runtime.Punctual,
        host=settings.host,
        port=settings.port,
        access_log=False,
        log_config=None,
        server_header=False,
        backlog=4096,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=5,
    )


def run_migrations(settings: Settings, _: argparse.Namespace) -> None:
    """Bring the database up to date."""
    applied = migrate(settings.database, now_ms())
    sys.stdout.write(f"{settings.database}: {', '.join(applied) or 'nothing to do'}\n")


def run_demo(settings: Settings, arguments: argparse.Namespace) -> None:
    """Make the demo organisation if the database is empty, then serve it."""

    async def make(storage: SqliteStorage) -> None:
        await demo.prepare(storage, settings, now_ms(), notes=arguments.notes, seed=arguments.seed)

    asyncio.run(_with_storage(settings, make))
    if not arguments.only_generate:
        serve(settings, arguments)


def enrol(settings: Settings, arguments: argparse.Namespace) -> None:
    """Print a one-time link that enrols a phone for a specialist."""

    async def issue(storage: SqliteStorage) -> None:
        access = Access(storage, settings, now_ms)
        async with storage.read() as rows:
            account = await accounts.by_sign_in(rows, fold_sign_in(arguments.sign_in))
        if account is None or account.role != "specialist" or not account.is_active:
            raise SettingsError(f"nobody here signs in as {arguments.sign_in!r}, or not as a specialist")
        issued = await storage.write(lambda tx: one_time.issue(tx, access, account.person, "phone", account.person))
        sys.stdout.write(f"{issued.link}\nor type the code {issued.typed}\n")

    asyncio.run(_with_storage(settings, issue))


def run_bench(_: Settings, arguments: argparse.Namespace) -> int:
    """Measure the office and write docs/benchmarks.md; fails if a budget is missed."""
    return bench.run(arguments.notes, arguments.seed)


def organisation(settings: Settings, arguments: argparse.Namespace) -> None:
    """Found a new organisation and print the link with which its administrator begins."""
    lines = [line.partition("=")[::2] for line in arguments.on_call]
    plan = Founding(
        arguments.name, arguments.zone, arguments.administrator, fold_sign_in(arguments.sign_in), tuple(lines)
    )

    async def begin(storage: SqliteStorage) -> None:
        issued = await found(Access(storage, settings, now_ms), plan, now_ms())
        sys.stdout.write(f"{issued.link}\nor, at {settings.public_url}/set-passphrase, the code {issued.typed}\n")

    asyncio.run(_with_storage(settings, begin))


def run_instruments(settings: Settings, arguments: argparse.Namespace) -> None:
    """Install (add FILE), list or remove (remove KEY) published questions of an organisation."""

    async def act(storage: SqliteStorage) -> None:
        what, name = arguments.what, arguments.organisation
        if what != "list" and not arguments.which:
            raise SettingsError(f"instruments {what} needs a {'file' if what == 'add' else 'key'}")
        if what == "add":
            said = await instruments.add(storage, Path(arguments.which), name, now_ms())
        elif what == "remove":
            said = await instruments.remove(storage, arguments.which, name, now_ms())
        else:
            said = await instruments.listed(storage, name)
        sys.stdout.write(f"{said}\n")

    asyncio.run(_with_storage(settings, act))


async def _with_storage(settings: Settings, work: Callable[[SqliteStorage], Awaitable[None]]) -> None:
    migrate(settings.database, now_ms())
    async with SqliteStorage.open(settings.database, Pokes(), forms()) as storage:
        await work(storage)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="alongside", description="Session notes for peer support specialists.")
    commands = parser.add_subparsers(required=True, metavar="command")

    def command(name: str, run: Callable[[Settings, argparse.Namespace], int | None]) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=(run.__doc__ or "").rstrip("."))
        added.set_defaults(run=run)
        return added

    command("serve", serve)
    made = command("demo", run_demo)
    made.add_argument("--notes", type=int, default=demo.NOTES, help="how many notes to make")
    made.add_argument("--seed", type=int, default=demo.SEED, help="another seed makes another organisation")
    made.add_argument("--only-generate", action="store_true", help="do not serve afterwards")
    command("migrate", run_migrations)
    measured = command("bench", run_bench)
    measured.add_argument("--notes", type=int, default=bench.dashboard.NOTES, help="notes of the office at rest")
    measured.add_argument("--seed", type=int, default=bench.SEED, help="another seed writes other notes")
    founding = command("organisation", organisation)
    founding.add_argument("name")
    founding.add_argument("--zone", required=True, help="IANA time zone, such as America/New_York")
    founding.add_argument("--administrator", required=True, help="name of its first administrator")
    founding.add_argument("--sign-in", required=True, help="what the administrator signs in with")
    founding.add_argument("--on-call", action="append", default=[], metavar="NAME=NUMBER", help="for the safety card")
    asking = command("instruments", run_instruments)
    asking.add_argument("what", choices=("add", "list", "remove"))
    asking.add_argument("which", nargs="?", default="", metavar="FILE or KEY")
    asking.add_argument("--organisation", default="", metavar="NAME", help="needed where there are several")
    backup_commands.add_arguments(command)
    command("enrol", enrol).add_argument("sign_in", help="sign-in name of the specialist")
    return parser


if __name__ == "__main__":
    sys.exit(main())
