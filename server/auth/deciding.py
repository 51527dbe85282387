"""What a member changes at a screen, decided by the agreement and noted under their name: in one commit, or nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from server.auth import audit
from server.auth.access import Access
from server.auth.audit import Action
from server.auth.guards import Forbidden
from server.auth.sessions import Member
from server.storage import accounts
from server.storage.port import Decided, OfficeChange, Transaction

TAKEN: Final = frozenset({"applied", "merged", "noop"})
"""Outcomes of a change that is kept."""

Also = Callable[[Transaction], Awaitable[None]]


class NotTaken(Exception):  # noqa: N818 - an answer
    """The agreement did not take it; nothing was changed. `code`, `field`: of the first refusal."""

    def __init__(self, code: str, field: str = "") -> None:
        super().__init__(code)
        self.code, self.field = code, field


async def decide_and_note(
    access: Access,
    member: Member,
    changes: Sequence[OfficeChange],
    action: Action,
    subject: str,
    *,
    also: Also | None = None,
    detail: str = "",
) -> None:
    """Decide a few changes that must all be kept, note them and write what `also` writes: all of it in one commit.

    Raises NotTaken, Forbidden (`still_may`) or what `also` raised, and keeps nothing then.
    """

    async def along(tx: Transaction, decided: Decided) -> None:
        await still_may(tx, member)
        if decided.problem is not None:
            raise NotTaken(decided.problem.code)
        for receipt in decided.receipts:
            if receipt.outcome not in TAKEN:
                raise NotTaken(receipt.code or receipt.outcome, receipt.field or "")
        if also is not None:
            await also(tx)
        await audit.note(tx, member, action, subject, now=access.now(), detail=detail)

    await access.storage.submit_office(member.org, member.person, member.role, changes, access.now(), along)


async def still_may(tx: Transaction, member: Member) -> None:
    """Somebody may have been disabled, or given another role, between the door and this commit: Forbidden then."""
    account = await accounts.by_person(tx, member.org, member.person)
    if account is None or not account.is_active or account.role != member.role:
        raise Forbidden
