"""Rows of the access log, appended by every door: who did or read what, never a word of its content.

What changes something is noted in the transaction that changes it (`note_access`). A read is noted before the page
is shown. `ACTIONS` is the whole vocabulary; the reading page and its catalogue know every one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, get_args

from server.auth.access import Access
from server.auth.sessions import Member
from server.storage.access_log import Access as AccessEntry
from server.storage.access_log import note_access
from server.storage.port import Transaction

Action = Literal[
    "sign_in", "sign_in_failed", "sign_out", "factor_failed", "factor_set", "passphrase_set", "session_ended",
    "read", "list", "push", "pull", "salvage", "enrol_code", "enrol", "enrol_failed", "revoke",
    "account_added", "account_changed", "account_disabled", "account_enabled", "account_reset",
    "site_changed", "participant_changed", "assignment_changed", "import", "log_read", "restore",
    "kept_settled", "quarantine_read", "quarantine_settled", "salvage_opened", "salvage_filed", "salvage_set_aside",
    "organisation_changed", "alarm_acknowledged", "rules_changed", "rules_profile", "export",
    "resource_changed", "credential_changed", "instrument_changed",
    "note_returned", "note_cosigned", "flag_closed", "task_given", "task_withdrawn",
]  # fmt: skip
ACTIONS: Final[tuple[str, ...]] = get_args(Action)


async def note(
    tx: Transaction, member: Member, action: Action, subject: str | None, *, now: int, detail: str = ""
) -> None:
    """Note an act of a signed-in member within its own transaction. `detail`: a code or a number, never words."""
    await note_access(tx, member.org, member.person, action, subject, now, detail or None)


async def note_read(access: Access, member: Member, subject: str, detail: str = "") -> None:
    """Note that a member read one record, before it is shown. `subject`: the record's id; `detail`: its type."""
    await note_reads(access, member, [subject], detail)


async def note_list(access: Access, member: Member, what: str, shown: int) -> None:
    """Note that a member was shown a list of records. `what`: their type; `shown`: how many."""
    await _append(access, [AccessEntry(member.org, access.now(), member.person, "list", None, what, shown)])


async def note_reads(access: Access, member: Member, subjects: Sequence[str], detail: str = "") -> None:
    """The same for records read together, such as a page with a few whole notes."""
    now = access.now()
    entries = [AccessEntry(member.org, now, member.person, "read", subject, detail or None) for subject in subjects]
    await _append(access, entries)


async def _append(access: Access, entries: Sequence[AccessEntry]) -> None:
    async def append(tx: Transaction) -> None:
        await tx.many("access_log.append_named", [entry._asdict() for entry in entries])

    await access.storage.write(append)
