"""Failed attempts, by budget: a keyed hash of the account, and of the browser where it is a known one."""

from __future__ import annotations

from server.storage.port import Rows, Transaction


async def find(rows: Rows, budget: bytes) -> tuple[int, int]:
    """(failures in a row, time in ms from which the next attempt is allowed)."""
    row = await rows.one("attempts.find", budget=budget)
    return (row["failures"], row["free_at"]) if row else (0, 0)


async def put(tx: Transaction, budget: bytes, failures: int, free_at: int, now: int) -> None:
    """`failures` in a row; `free_at`, `now`: ms."""
    await tx.run("attempts.put", budget=budget, failures=failures, free_at=free_at, now=now)


async def clear(tx: Transaction, budget: bytes) -> None:
    """After a success."""
    await tx.run("attempts.clear", budget=budget)


async def forget_old(tx: Transaction, before: int) -> None:
    """Those whose last failure was before `before` (ms)."""
    await tx.run("attempts.forget_old", before=before)
