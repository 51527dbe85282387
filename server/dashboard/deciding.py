"""A supervisor's changes, decided together with the row that says who made them: all in one commit, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from server.auth import audit
from server.auth.access import Access
from server.auth.audit import Action
from server.auth.sessions import Member
from server.storage.port import Decided, OfficeChange, Transaction

TAKEN: Final = frozenset({"applied", "merged", "noop"})


class NotTaken(Exception):  # noqa: N818 - an answer
    """The agreement did not take it; nothing was changed. `code`, `field`: of the first refusal."""

    def __init__(self, code: str, field: str = "") -> None:
        super().__init__(code)
        self.code, self.field = code, field


async def decide_and_note(
    access: Access, member: Member, changes: Sequence[OfficeChange], action: Action, subject: str
) -> None:
    """Raises NotTaken, and keeps nothing then."""

    async def along(tx: Transaction, decided: Decided) -> None:
        if decided.problem is not None:
            raise NotTaken(decided.problem.code)
        for receipt in decided.receipts:
            if receipt.outcome not in TAKEN:
                raise NotTaken(receipt.code or receipt.outcome, receipt.field or "")
        await audit.note(tx, member, action, subject, now=access.now())

    await access.storage.submit_office(member.org, member.person, member.role, changes, access.now(), along)
