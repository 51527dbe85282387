"""The access log: who did or read what, without content. Append-only, by trigger."""

from __future__ import annotations

from typing import NamedTuple

from server.storage.port import Transaction


class Access(NamedTuple):
    """One audit row. `detail` is a code, `number` of changes or rows; never a word that somebody wrote."""

    org: int | None
    at: int
    actor: str | None
    action: str
    subject: str | None = None
    detail: str | None = None
    number: int | None = None


async def note_access(  # noqa: PLR0917 - the order of a sentence: who did what to whom
    tx: Transaction,
    org: int | None,
    actor: str | None,
    action: str,
    subject: str | None,
    now: int,
    detail_code: str | None = None,
) -> None:
    """Append one row within a job's own transaction, so that the act and its trace are kept or lost together."""
    access = Access(org, now, actor, action, subject, detail_code)
    await tx.many("access_log.append_named", [access._asdict()])
