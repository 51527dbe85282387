"""The office's durable memory, in which every commit is one step, and the real `decide` in front of it.

A push is decided against the memory as seen, and committed later only if nothing was committed in between; otherwise
it is decided again. So positions are allocated last, as the real storage does it. What comes back from a backup is
`DURABLE`; see `sync.simulation.archive`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple, Protocol

import msgspec

from sync.forms import Form
from sync.lineage import Epoch, may_begin_above, shared_seq
from sync.messages import Problem, PullAnswer, PushAnswer, Receipt
from sync.reconcile import Asker, Decision, Parsed, Record, State, decide, needs
from sync.records.kind import KeptValue
from sync.state import Span

DURABLE: Final = (
    "epoch", "lineage", "head", "records", "feed", "newest", "floors", "history", "by_device", "caseload", "conflicts",
    "devices", "revoked", "skippers", "unsent", "sealed",
)  # fmt: skip


class Entry(NamedTuple):
    """One row of the change log."""

    device: str
    person: str
    parsed: Parsed
    receipt: Receipt


class Sealed(NamedTuple):
    """One envelope that a phone delivered. The office cannot read `raw` until a supervisor opens it."""

    raw: bytes
    seq: int
    at: int
    state: str = "waiting"


class Pending(msgspec.Struct):
    """A push between deciding and committing. `seen`: the head it was decided against."""

    asker: Asker
    changes: Sequence[Parsed]
    seen: int
    decisions: list[Decision]
    is_aside: bool = False


class Refusal(Exception):  # noqa: N818 - an answer of the office
    """The request as a whole is refused with this problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


class Watch(Protocol):
    """What the checkers want to be told."""

    def committed(self, office: Ledger, entries: Sequence[Entry], records: Sequence[Record]) -> None: ...
    def answered(self, asker: Asker, answer: PullAnswer, limit: int) -> None: ...


class Ledger:
    """Memory of one organisation.

    Beside what is durable: `is_closed` until a restore is adopted, `is_astray` after one that nobody has noticed yet,
    `is_old` while old code serves, `safe_seq` as the archive says, `ever`: the highest seq ever given.
    """

    def __init__(self, epoch: str, forms: Mapping[str, Form], watch: Watch) -> None:
        self.epoch, self.forms, self.watch = epoch, forms, watch
        self.lineage = [Epoch(epoch, 0)]
        self.head, self.now, self.ever = 0, 0, 0
        self.records: dict[str, Record] = {}
        self.feed: dict[str, dict[str, tuple[int, bool]]] = {}
        self.newest: dict[str, int] = {}
        self.floors: dict[str, int] = {}
        self.history: list[Entry] = []
        self.by_device: dict[str, list[Entry | None]] = {}
        self.caseload: dict[str, dict[str, list[Span]]] = {}
        self.conflicts: list[tuple[str, KeptValue]] = []
        self.devices: dict[str, Asker] = {}
        self.revoked: dict[str, Any] = {}
        self.skippers: dict[str, bool] = {}
        self.unsent: dict[str, int] = {}
        self.sealed: dict[tuple[str, int, bytes], Sealed] = {}
        self.safe_seq, self.lease_ms = 0, 0
        self.is_closed = self.is_astray = self.is_old = False
        self.bodies: dict[str, tuple[int, msgspec.Raw]] = {}

    def admit(self, device: str, epoch: str) -> Asker:
        """Who is asking, if they may; raises Refusal."""
        self.check_open()
        asker = self.devices.get(device)
        if asker is None:
            raise Refusal(Problem("NOT_SIGNED"))
        mode = self.is_revoked(device)
        if mode is not None:
            raise Refusal(Problem("DEVICE_REVOKED", mode=mode))
        if epoch != self.epoch:
            fork_seq = shared_seq(self.lineage, epoch)
            raise Refusal(Problem("EPOCH_CHANGED", epoch=self.epoch, fork_seq=fork_seq))
        return asker

    def is_revoked(self, device: str) -> Any:
        """How, if so."""
        return self.revoked.get(device)

    def check_open(self) -> None:
        if self.is_closed:
            raise Refusal(Problem("OUT_OF_SERVICE", retry_after_s=300))

    def begin(self, asker: Asker, changes: Sequence[Parsed]) -> Pending:
        """Decide without writing anything. Raises Refusal for a gap or a fork."""
        fresh = list(self.unknown(asker.device, changes))
        wanted = needs(fresh)
        records = {doc: record for doc in wanted if (record := self.records.get(doc)) is not None}
        caseload = {bucket: list(spans) for bucket, spans in self.caseload.get(asker.person, {}).items()}
        state = State(records, caseload, self.forms, self.revised())
        return Pending(asker, changes, self.head, decide(state, asker, fresh, self.head + 1, self.now))

    def revised(self) -> set[str]:
        """Notes that a signed note supersedes."""
        signed = (record.fields for record in self.records.values() if record.state == "signed")
        return {fields["supersedes"] for fields in signed if "supersedes" in fields}

    def unknown(self, device: str, changes: Sequence[Parsed]) -> Iterator[Parsed]:
        """Changes not decided yet; the others must be the very bytes that were."""
        known = self.by_device.get(device, [])
        expected, first_n = len(known) + 1, changes[0].n
        may_skip = may_begin_above(expected, first_n, has_pushed_since_restore=device not in self.skippers)
        if first_n > expected and not may_skip:
            raise Refusal(Problem("SEQ_GAP", expected_n=expected))
        for parsed in changes:
            if parsed.n >= expected:
                yield parsed
            else:
                before = known[parsed.n - 1]
                if before is None or before.parsed.hash != parsed.hash:
                    raise Refusal(Problem("DEVICE_FORKED"))

    def commit(self, pending: Pending) -> PushAnswer:
        """Write everything in one step, positions last; answer only then."""
        if pending.seen != self.head and not pending.is_aside:
            pending = self.begin(pending.asker, pending.changes)
        self.write(pending)
        self.skippers.pop(pending.asker.device, None)
        return self.answer(pending)

    def write(self, pending: Pending) -> None:
        asker = pending.asker
        log = self.by_device.setdefault(asker.device, [])
        decided = {decision.receipt.n: decision for decision in pending.decisions}
        entries: list[Entry] = []
        touched: list[Record] = []
        log += [None] * (pending.changes[0].n - 1 - len(log))
        for parsed in pending.changes:
            decision = decided.get(parsed.n)
            if decision is not None:
                entries.append(Entry(asker.device, asker.person, parsed, decision.receipt))
                touched += self._keep(decision)
        log += entries
        self.history += entries
        self.advance(len(entries))
        self.watch.committed(self, entries, touched)

    def advance(self, count: int) -> None:
        """Take positions; `ever` is the witness that stands beside the database."""
        self.head += count
        self.ever = max(self.ever, self.head)

    def answer(self, pending: Pending) -> PushAnswer:
        log = self.by_device.get(pending.asker.device, [])
        found = [log[parsed.n - 1] for parsed in pending.changes if parsed.n <= len(log)]
        receipts = [entry.receipt for entry in found if entry is not None]
        return PushAnswer(self.epoch, receipts, len(log) + 1, self.safe_seq, self.now)

    def edit(self, asker: Asker, changes: Sequence[Mapping[str, Any]], parse: Any) -> None:
        """A change made at a screen of the office, through the member's server-side device."""
        n = len(self.by_device.get(asker.device, [])) + 1
        raws = [msgspec.json.encode({**change, "n": n + i, "author": asker.person}) for i, change in enumerate(changes)]
        self.commit(self.begin(asker, [parse(raw, n + i) for i, raw in enumerate(raws)]))

    def _keep(self, decision: Decision) -> list[Record]:
        made = [record for record in (decision.record, decision.returned, decision.assignment) if record is not None]
        for record in made:
            self.records[record.doc] = record
            self.feed.setdefault(record.bucket, {})[record.doc] = (record.seq, record.state == "void")
            self.newest[record.bucket] = record.seq
        for grant in decision.grants:
            spans = self.caseload.setdefault(grant.specialist, {}).setdefault(grant.bucket, [])
            if not spans or spans[-1][1] is not None:
                spans.append((grant.from_seq, None))
        for end in decision.ends:
            spans = self.caseload.get(end.specialist, {}).get(end.bucket, [])
            if spans and spans[-1][1] is None:
                spans[-1] = (spans[-1][0], decision.receipt.seq)
        self.conflicts += [(decision.receipt.doc, kept) for kept in decision.kept]
        return made

