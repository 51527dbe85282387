"""Changes of an administrator: long lists of them, and what an edit changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from server.auth.access import Access
from server.auth.deciding import NotTaken
from server.auth.sessions import Member
from server.storage.port import OfficeChange
from sync.messages import Receipt

CHANGES_AT_ONCE: Final = 400


async def decide(access: Access, member: Member, changes: Sequence[OfficeChange]) -> list[Receipt]:
    """Receipts in order. Large lists are decided in parts; raises NotTaken for a part, and keeps nothing of it."""
    receipts: list[Receipt] = []
    for first in range(0, len(changes), CHANGES_AT_ONCE):
        part = changes[first : first + CHANGES_AT_ONCE]
        decided = await access.storage.submit_office(member.org, member.person, member.role, part, access.now())
        if decided.problem is not None:
            raise NotTaken(decided.problem.code)
        receipts.extend(decided.receipts)
    return receipts


def differing(before: msgspec.Struct, after: msgspec.Struct) -> dict[str, Any]:
    """The fields that an edit changed: nothing else is patched, so nothing else can be overwritten."""
    whole, old = msgspec.structs.asdict(after), msgspec.structs.asdict(before)
    return {name: msgspec.to_builtins(value) for name, value in whole.items() if old.get(name) != value}
