"""Changes of an administrator: those of an import, and what an edit changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from server.auth import audit
from server.auth.access import Access
from server.auth.deciding import TAKEN
from server.auth.sessions import Member
from server.storage.port import OfficeChange, Transaction

CHANGES_AT_ONCE: Final = 400


async def keep_import(access: Access, member: Member, changes: Sequence[OfficeChange]) -> list[str]:
    """Decide what was confirmed, and note how much of it was kept; the codes of what was not, one for each change.

    Long lists are decided in parts, each in a commit of its own. Where a part is not taken at all, nothing after it is
    tried: its code stands for everything from there on.
    """
    refused: list[str] = []
    for first in range(0, len(changes), CHANGES_AT_ONCE):
        part = changes[first : first + CHANGES_AT_ONCE]
        decided = await access.storage.submit_office(member.org, member.person, member.role, part, access.now())
        if decided.problem is not None:
            refused += [decided.problem.code] * (len(changes) - first)
            break
        refused += [receipt.code or receipt.outcome for receipt in decided.receipts if receipt.outcome not in TAKEN]

    async def note(tx: Transaction) -> None:
        await audit.note(tx, member, "import", None, now=access.now(), detail=str(len(changes) - len(refused)))

    await access.storage.write(note)
    return refused


def differing(before: msgspec.Struct, after: msgspec.Struct) -> dict[str, Any]:
    """The fields that an edit changed: nothing else is patched, so nothing else can be overwritten."""
    whole, old = msgspec.structs.asdict(after), msgspec.structs.asdict(before)
    return {name: msgspec.to_builtins(value) for name, value in whole.items() if old.get(name) != value}
