"""Changes of an administrator go the way of every change: decided by the agreement, and so received by phones."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

import msgspec
from litestar import Request, Response

from server.auth.access import Access
from server.auth.audit import Action, note
from server.auth.refusals import refusal_page
from server.auth.sessions import Member
from server.storage.port import Decided, OfficeChange, Transaction
from sync.messages import Receipt

CHANGES_AT_ONCE: Final = 400
KEPT_OUTCOMES: Final = frozenset({"applied", "merged", "noop"})


class Undecided(Exception):  # noqa: N818 - an answer
    """The agreement refused a change that the screen had let through; the code says why. Nothing was kept."""


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


Also = Callable[[Transaction], Awaitable[None]]


async def decide_and_note(  # noqa: PLR0917 - who decides what, and what is said of it
    access: Access,
    member: Member,
    changes: Sequence[OfficeChange],
    action: Action,
    subject: str,
    also: Also | None = None,
) -> None:
    """Decide a few changes that must all be kept, note them and write what `also` writes: all of it in one commit.

    Raises Undecided, or what `also` raised, and keeps nothing then.
    """

    async def along(tx: Transaction, decided: Decided) -> None:
        for receipt in decided.receipts:
            if receipt.outcome not in KEPT_OUTCOMES:
                raise Undecided(receipt.code or receipt.outcome)
        if decided.problem is not None:
            raise Undecided(decided.problem.code)
        if also is not None:
            await also(tx)
        await note(tx, member, action, subject, now=access.now())

    now = access.now()
    await access.storage.submit_office(member.org, member.person, member.role, changes, now, along)


def differing(before: msgspec.Struct, after: msgspec.Struct) -> dict[str, Any]:
    """The fields that an edit changed: nothing else is patched, so nothing else can be overwritten."""
    whole, old = msgspec.structs.asdict(after), msgspec.structs.asdict(before)
    return {name: msgspec.to_builtins(value) for name, value in whole.items() if old.get(name) != value}


def undecided(request: Request[Any, Any, Any], _: Undecided) -> Response[Any]:
    """Says that nothing was kept; going back still has what was typed."""
    return refusal_page(request, "undecided", 409)


def not_here(request: Request[Any, Any, Any]) -> Response[Any]:
    """A record that is not there and one of another organisation read the same."""
    return refusal_page(request, "gone", 404)
