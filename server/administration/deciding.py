"""Changes of an administrator go the way of every change: decided by the agreement, and so received by phones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from litestar import Request, Response

from server.auth.access import Access
from server.auth.audit import Action, note
from server.auth.refusals import refusal_page
from server.auth.sessions import Member
from server.storage.port import OfficeChange, Transaction
from sync.messages import Receipt

CHANGES_AT_ONCE: Final = 400
KEPT_OUTCOMES: Final = frozenset({"applied", "merged", "noop"})


class Undecided(Exception):  # noqa: N818 - an answer
    """The agreement refused a change that the screen had let through; the code says why."""


async def decide(access: Access, member: Member, changes: Sequence[OfficeChange]) -> list[Receipt]:
    """Receipts in order. Large lists are decided in parts, each kept whole or not at all."""
    receipts: list[Receipt] = []
    for first in range(0, len(changes), CHANGES_AT_ONCE):
        part = changes[first : first + CHANGES_AT_ONCE]
        decided = await access.storage.submit_office(member.org, member.person, member.role, part, access.now())
        if decided.problem is not None:
            raise Undecided(decided.problem.code)
        receipts.extend(decided.receipts)
    return receipts


async def decide_and_note(
    access: Access, member: Member, changes: Sequence[OfficeChange], action: Action, subject: str
) -> None:
    """Decide changes that must all be kept, then note them; raises Undecided otherwise."""
    for receipt in await decide(access, member, changes):
        if receipt.outcome not in KEPT_OUTCOMES:
            raise Undecided(receipt.code or receipt.outcome)

    async def append(tx: Transaction) -> None:
        await note(tx, member, action, subject, now=access.now())

    await access.storage.write(append)


def differing(before: msgspec.Struct, after: msgspec.Struct) -> dict[str, Any]:
    """The fields that an edit changed: nothing else is patched, so nothing else can be overwritten."""
    old, new = msgspec.to_builtins(before), msgspec.to_builtins(after)
    whole = msgspec.structs.asdict(after)
    return {name: msgspec.to_builtins(whole[name]) for name in whole if old.get(name) != new.get(name)}


def undecided(request: Request[Any, Any, Any], _: Undecided) -> Response[Any]:
    """Says that nothing was kept; going back still has what was typed."""
    return refusal_page(request, "undecided", 409)


def not_here(request: Request[Any, Any, Any]) -> Response[Any]:
    """A record that is not there and one of another organisation read the same."""
    return refusal_page(request, "gone", 404)
