"""Settling salvaged work on a supervisor's word: filed as the phone's own change, or set aside and given back.

The changes go the way of every other one, through the desk and `sync.reconcile`, in the order of n. A device that is
not revoked may go on with its own order, as the original of a copied phone does; and an n may be taken by other bytes,
or given up as lost. Then the work is filed through a *twin*: a device row of the same person that only the office
writes to, so that it too has its place, its receipt and its inbox entry.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from uuid import UUID, uuid5

import msgspec

from server.storage.access_log import Access
from server.storage.port import Decided, Filing, Rows, Storage, Submission, Transaction
from server.storage.salvage import Keeper, keeper
from sync.intake import parse
from sync.messages import Problem, Receipt


class Opened(msgspec.Struct, frozen=True):
    """A salvage row with the change's own bytes. `reason`: why it is set aside; None: file it.

    `raw`: None where the envelope does not open, so that it can only be set aside.
    """

    id: int
    raw: bytes | None
    reason: str | None = None


class Settled(msgspec.Struct):
    """`receipts`: of what was decided now, in order of n. `decided`: how many the office had decided before.

    `gap`: first and last n that are missing before the next item; nothing from there on was settled.
    """

    receipts: list[Receipt] = []
    decided: int = 0
    gap: tuple[int, int] | None = None
    problem: Problem | None = None


class Piece(msgspec.Struct):
    """One opened item in its place."""

    id: int
    n: int
    raw: bytes
    reason: str | None


class Line(msgspec.Struct):
    """A device, or a twin of it, with the order it continues. `hashes`: of what it has decided, by n."""

    key: int
    id: str
    next_n: int
    decided: dict[int, tuple[bytes, int]]
    is_new: bool = False
    runs: list[Run] = []


class Run(msgspec.Struct):
    """Adjacent changes to submit together."""

    pieces: list[Piece]
    is_past_gap: bool


class Plan(msgspec.Struct):
    """What to do with each item. `known`: (id, seq) of those whose very bytes the office has decided."""

    lines: list[Line]
    known: list[tuple[int, int]] = []
    gap: tuple[int, int] | None = None


async def settle(  # noqa: PLR0917 - where, whose, what
    storage: Storage, org: int, device: str, opened: Sequence[Opened], by: str, now: int, *, past_gaps: bool = False
) -> Settled:
    """Settle these items of a device in order of n; see `Opened`. Those settled already are left as they are.

    Items that carry the same bundle are filed together or set aside together. With `past_gaps`, numbers that are
    missing before an item are given up as lost; without, nothing behind them is touched.
    """
    async with storage.read() as rows:
        owner = await keeper(rows, org, device)
        if owner is None:
            return Settled()
        pieces = _together(await _pieces(rows, owner, opened))
        plan = _plan(owner, await _lines(rows, owner, pieces), pieces, past_gaps=past_gaps)
    settled = Settled(decided=len(plan.known), gap=plan.gap)
    await storage.write(lambda tx: _note_known(tx, owner, plan, by, now))
    for line in plan.lines:
        if line.is_new and line.runs:
            await storage.write(partial(_add_twin, owner=owner, line=line, now=now))
        for run in line.runs:
            answer = await _submit(storage, owner, line, run, by, now)
            settled.receipts += answer.receipts
            if answer.problem is not None:
                settled.problem = answer.problem
                return settled
    settled.receipts.sort(key=lambda receipt: receipt.n)
    return settled


async def _pieces(rows: Rows, owner: Keeper, opened: Sequence[Opened]) -> list[Piece]:
    by_id = {one.id: one for one in opened}
    ids = msgspec.json.encode(list(by_id)).decode()
    pieces = []
    for row in await rows.all("salvage.waiting", org=owner.org, device=owner.key, ids=ids):
        one = by_id[row["id"]]
        if one.raw is not None:
            pieces.append(Piece(one.id, row["n"], one.raw, one.reason))
        elif one.reason:
            pieces.append(Piece(one.id, row["n"], row["sealed"].encode(), one.reason))
    return sorted(pieces, key=lambda piece: (piece.n, piece.id))


def _together(pieces: list[Piece]) -> list[Piece]:
    """A bundle is set aside as a whole, as it would be decided."""
    bundles = [change.bundle if (change := parse(piece.raw, piece.n).change) else None for piece in pieces]
    pairs = list(zip(bundles, pieces, strict=True))
    reasons = {bundle: piece.reason for bundle, piece in pairs if bundle and piece.reason}
    for bundle, piece in pairs:
        if bundle:
            piece.reason = piece.reason or reasons.get(bundle)
    return pieces


async def _lines(rows: Rows, owner: Keeper, pieces: Sequence[Piece]) -> list[Line]:
    found = await rows.all("salvage.lines", org=owner.org, device=owner.key)
    lines = {row["key"]: Line(row["key"], row["id"], row["next_n"], {}) for row in found}
    devices, numbers = _json(lines), _json({piece.n for piece in pieces})
    for row in await rows.all("salvage.decided", org=owner.org, devices=devices, ns=numbers):
        lines[row["device"]].decided[row["n"]] = (row["hash"], row["seq"])
    return list(lines.values())


def _plan(owner: Keeper, lines: list[Line], pieces: Sequence[Piece], *, past_gaps: bool) -> Plan:
    plan = Plan(lines)
    for piece in pieces:
        digest = hashlib.sha256(piece.raw).digest()
        seq = next((line.decided[piece.n][1] for line in lines if line.decided.get(piece.n, (b"",))[0] == digest), None)
        if seq is not None:
            if seq > 0:  # 0: the same bytes stand in this plan already; they are settled next time
                plan.known.append((piece.id, seq))
            continue
        line = _line_for(owner, lines, piece.n)
        is_first = line.is_new and not line.runs
        expected_n = max(one.next_n for one in lines if one is not line) if is_first else line.next_n
        if piece.n > expected_n and not past_gaps:
            plan.gap = (expected_n, piece.n - 1)
            break
        if line.runs and piece.n == line.next_n:
            line.runs[-1].pieces.append(piece)
        else:
            line.runs.append(Run([piece], is_past_gap=piece.n > line.next_n))
        line.decided[piece.n] = (digest, 0)
        line.next_n = piece.n + 1
    return plan


def _line_for(owner: Keeper, lines: list[Line], n: int) -> Line:
    """The first order that `n` still fits into; the device's own only once it is revoked."""
    for line in lines:
        if n >= line.next_n and (line.key != owner.key or owner.state == "revoked"):
            return line
    twin = Line(0, str(uuid5(UUID(owner.id), f"twin {len(lines)}")), n, {}, is_new=True)
    lines.append(twin)
    return twin


async def _add_twin(tx: Transaction, owner: Keeper, line: Line, now: int) -> None:
    first_n = line.runs[0].pieces[0].n
    await tx.run("salvage.add_twin", org=owner.org, device=owner.key, id=line.id, next_n=first_n, now=now)


async def _submit(  # noqa: PLR0917 - where, whose, what, by whom
    storage: Storage, owner: Keeper, line: Line, run: Run, by: str, now: int
) -> Decided:
    first_n = run.pieces[0].n
    aside = {piece.n: piece.reason for piece in run.pieces if piece.reason}

    async def note(tx: Transaction, decided: Decided) -> None:
        if decided.problem is None:
            pairs = zip(run.pieces, decided.receipts, strict=True)
            await _settle_rows(tx, owner.org, ((p.id, receipt.seq, p.reason) for p, receipt in pairs), by, now)

    submission = Submission(
        org=owner.org, device=line.id, person=owner.person, role="specialist", first_n=first_n,
        raws=[piece.raw for piece in run.pieces], now=now, known_n=first_n,
        filing=Filing(by, aside, run.is_past_gap),
    )  # fmt: skip
    return await storage.submit(submission, note)


async def _note_known(tx: Transaction, owner: Keeper, plan: Plan, by: str, now: int) -> None:
    await _settle_rows(tx, owner.org, ((id_, seq, None) for id_, seq in plan.known), by, now)
    if plan.known:
        access = Access(owner.org, now, by, "salvage_filed", owner.id, "decided", len(plan.known))
        await tx.many("access_log.append_named", [access._asdict()])


async def _settle_rows(
    tx: Transaction, org: int, rows: Iterable[tuple[int, int, str | None]], by: str, now: int
) -> None:
    await tx.many("salvage.settle", list(_rows(org, rows, by, now)))


def _rows(org: int, rows: Iterable[tuple[int, int, str | None]], by: str, now: int) -> Iterator[Mapping[str, object]]:
    for id_, seq, reason in rows:
        state = "set_aside" if reason else "filed"
        yield {"org": org, "id": id_, "state": state, "now": now, "by": by, "seq": seq, "reason": reason}


def _json(values: Iterable[int]) -> str:
    return msgspec.json.encode(list(values)).decode()
