"""Deciding a round of submissions: load what the agreement needs, decide in memory, write with few statements.

Nothing here commits; `writer` owns the transaction. The first attempt takes the whole round at once. Should anything
fail, `redo` takes one submission at a time, and of the one that fails one change at a time, so that a change the
office chokes on is quarantined and blocks nobody.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from hashlib import sha256
from itertools import groupby

import msgspec

from server.log import event
from server.storage.connection import SqliteTransaction
from server.storage.desk import Desk, Prepared
from server.storage.failures import is_of_the_database
from server.storage.port import Decided, Submission
from sync.forms import Form
from sync.intake import Parsed, needs, parse, reviewed


def prepare(submission: Submission) -> Prepared:
    """Hash and read; done by whoever submits, so that the writer only decides. Repeats are hashed only."""
    known = submission.known_n
    parsed = [
        parse(raw, n) if n >= known else Parsed(raw, n, sha256(raw).digest(), "", None)
        for n, raw in enumerate(submission.raws, submission.first_n)
    ]
    return Prepared(submission, parsed, needs(parsed), reviewed(parsed))


async def decide_round(
    tx: SqliteTransaction, submissions: Sequence[Prepared], forms: Mapping[str, Form]
) -> list[Decided]:
    """Decide and write all of these in the open transaction; answers in their order."""
    desk = await Desk.load(tx, submissions, forms)
    answers = []
    for prepared in submissions:
        answers.append(await desk.answer(prepared))
        await asyncio.sleep(0)
    await tx.together(*desk.writes.steps())
    return answers


async def redo(tx: SqliteTransaction, prepared: Prepared, forms: Mapping[str, Form]) -> Decided:
    """One submission under a savepoint of its own; change by change if it fails again."""
    try:
        async with savepoint(tx, "submission"):
            return (await decide_round(tx, [prepared], forms))[0]
    except Exception as error:
        if is_of_the_database(error):
            raise
    receipts = []
    answer = Decided([], 0, 0)
    for unit in _units(prepared.parsed):
        answer = await _redo_unit(tx, prepared, unit, forms)
        receipts += answer.receipts
        if answer.problem is not None:
            break
    return msgspec.structs.replace(answer, receipts=receipts)


async def _redo_unit(
    tx: SqliteTransaction, prepared: Prepared, unit: list[Parsed], forms: Mapping[str, Form]
) -> Decided:
    """A change, or a bundle, by itself; quarantined when even that fails."""
    whole = prepared.submission
    part = msgspec.structs.replace(whole, first_n=unit[0].n, raws=[parsed.raw for parsed in unit])
    alone = Prepared(part, unit, needs(unit), reviewed(unit))
    try:
        async with savepoint(tx, "unit"):
            return (await decide_round(tx, [alone], forms))[0]
    except Exception as error:
        if is_of_the_database(error):
            raise
        alone.bug = type(error).__name__
        event("change_quarantined", device=whole.device, n=unit[0].n, error=alone.bug)
    async with savepoint(tx, "unit"):
        return (await decide_round(tx, [alone], forms))[0]


def _units(parsed: Sequence[Parsed]) -> list[list[Parsed]]:
    """Bundles whole, other changes one by one, in order."""
    keyed = groupby(parsed, lambda p: p.change.bundle if p.change and p.change.bundle else p.n)
    return [list(unit) for _, unit in keyed]


@asynccontextmanager
async def savepoint(tx: SqliteTransaction, name: str) -> AsyncIterator[None]:
    """Undo everything since here if the block raises."""
    await tx.step(f"SAVEPOINT {name}")
    try:
        yield
    except BaseException:
        if tx.is_open:
            await tx.step(f"ROLLBACK TO {name}")
            await tx.step(f"RELEASE {name}")
        raise
    await tx.step(f"RELEASE {name}")
