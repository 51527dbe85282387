"""/administration/backups: how old the last good backup is, whether it was ever proved, and who has not come back yet.

Backups are of the whole database; the page shows no content of them. Only phones are the organisation's own.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from litestar import Response, get
from litestar.di import NamedDependency

from server.auth.access import Access
from server.auth.frame import page
from server.auth.sessions import Member
from server.responses import AnyRequest
from server.settings import Settings
from server.storage import backups
from server.storage.backups import Backup, Overdue
from server.storage.organisation_settings import zone_of
from server.storage.port import Row

SHOWN: Final = 20
PROBLEMS: Final = frozenset({
    "disk_full", "disk", "no_directory", "key", "unreadable", "damaged", "not_the_same", "empty", "schema",
})  # fmt: skip


@get("/backups")
async def listing(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member]
) -> Response[Any]:
    now, settings = access.now(), access.settings
    async with access.storage.read() as rows:
        attempts = await backups.newest_first(rows, SHOWN)
        good = await backups.last_good(rows)
        overdue = await backups.overdue(rows, now)
        proved = await backups.last_proved(rows)
        restored_at = await backups.last_restore(rows)
        behind = await backups.phones_behind(rows, member.org, restored_at) if restored_at is not None else []
        zone = await zone_of(rows, member.org)
    view = {
        "now": now, "zone": zone, "warnings": warnings(settings, attempts, overdue),
        "is_behind": request.app.state.get("behind", "") not in {"", "empty"},
        "good": _good(good), "proved_at": proved["proved_at"] if proved else None,
        "attempts": [_shown(attempt) for attempt in attempts],
        "every_h": settings.backup_every_h if is_configured(settings) else None, "keep": settings.backup_keep,
        "restored_at": restored_at,
        "behind": [{"name": row["name"] or "", "heard_at": row["heard_at"] or None} for row in behind],
    }  # fmt: skip
    return page(request, "administration/backups.html", view)


def warnings(settings: Settings, attempts: list[Backup], overdue: Overdue | None) -> list[dict[str, Any]]:
    """What is wrong, worst first: `about` names the words, `at` and `problem` fill them."""
    found: list[dict[str, Any]] = []
    if overdue:
        found.append(overdue._asdict())
    if not is_configured(settings):
        found.append({"about": "unconfigured", "at": None})
    elif _is_same_disk(settings.backups, settings.database):
        found.append({"about": "same_disk", "at": None})
    if attempts and attempts[0].problem:
        found.append({"about": "failed", "at": attempts[0].made_at, "problem": _problem(attempts[0].problem)})
    return found


def is_configured(settings: Settings) -> bool:
    """True when the office makes backups by itself."""
    return settings.backups is not None and settings.backup_recipient.exists()


def _is_same_disk(folder: Path | None, database: Path) -> bool:
    try:
        return folder is not None and folder.stat().st_dev == database.stat().st_dev
    except OSError:
        return False


def _good(row: Row | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {**row, "folder": str(Path(row["file"]).parent), "name": Path(row["file"]).name}


def _shown(attempt: Backup) -> dict[str, Any]:
    problem = attempt.problem
    return {
        "made_at": attempt.made_at, "size_bytes": attempt.size_bytes, "proved_at": attempt.proved_at,
        "problem": _problem(problem) if problem else "", "is_verified": attempt.verified_at is not None,
    }  # fmt: skip


def _problem(code: str) -> str:
    return code if code in PROBLEMS else "other"


handlers = [listing]
