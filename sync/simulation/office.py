"""The office: a durable memory in which every commit is one step, and the real `decide` in front of it.

A push is decided against the memory as seen, and committed later only if nothing was committed in between; otherwise
it is decided again. So positions are allocated last, as the real storage does it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import msgspec

from sync.cursor import compare
from sync.forms import Form
from sync.ids import ORG_BUCKET, specialist_bucket
from sync.messages import Drop, Problem, PullAnswer, PullRequest, PushAnswer, Receipt, Row
from sync.reconcile import Asker, Decision, Parsed, Record, State, decide, needs
from sync.records.kind import Body, KeptValue
from sync.state import Span


class Entry(NamedTuple):
    """One row of the change log."""

    device: str
    person: str
    parsed: Parsed
    receipt: Receipt


class Pending(msgspec.Struct):
    """A push between deciding and committing. `seen`: the head it was decided against."""

    asker: Asker
    changes: Sequence[Parsed]
    seen: int
    decisions: list[Decision]


class Refusal(Exception):  # noqa: N818 - an answer of the office
    """The request as a whole is refused with this problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


class Watch(Protocol):
    """What the checkers want to be told."""

    def committed(self, office: Office, entries: Sequence[Entry], records: Sequence[Record]) -> None: ...
    def answered(self, asker: Asker, answer: PullAnswer, limit: int) -> None: ...


class Office:
    """Durable memory of one organisation; nothing here is volatile."""

    def __init__(self, epoch: str, forms: Mapping[str, Form], watch: Watch) -> None:
        self.epoch, self.forms, self.watch = epoch, forms, watch
        self.head, self.now = 0, 0
        self.records: dict[str, Record] = {}
        self.feed: dict[str, dict[str, tuple[int, bool]]] = {}
        self.newest: dict[str, int] = {}
        self.history: list[Entry] = []
        self.by_device: dict[str, list[Entry]] = {}
        self.caseload: dict[str, dict[str, list[Span]]] = {}
        self.conflicts: list[tuple[str, KeptValue]] = []
        self.devices: dict[str, Asker] = {}
        self._bodies: dict[str, tuple[int, msgspec.Raw]] = {}

    def begin(self, asker: Asker, changes: Sequence[Parsed]) -> Pending:
        """Decide without writing anything. Raises Refusal for a gap or a fork."""
        known = self.by_device.get(asker.device, [])
        fresh = list(self.unknown(known, changes))
        wanted = needs(fresh)
        records = {doc: record for doc in wanted if (record := self.records.get(doc)) is not None}
        caseload = {bucket: list(spans) for bucket, spans in self.caseload.get(asker.person, {}).items()}
        state = State(records, caseload, self.forms)
        return Pending(asker, changes, self.head, decide(state, asker, fresh, self.head + 1, self.now))

    def unknown(self, known: Sequence[Entry], changes: Sequence[Parsed]) -> Iterator[Parsed]:
        """Changes not decided yet; the others must be the very bytes that were."""
        if changes[0].n > len(known) + 1:
            raise Refusal(Problem("SEQ_GAP", expected_n=len(known) + 1))
        for parsed in changes:
            if parsed.n > len(known):
                yield parsed
            elif known[parsed.n - 1].parsed.hash != parsed.hash:
                raise Refusal(Problem("DEVICE_FORKED"))

    def commit(self, pending: Pending) -> PushAnswer:
        """Write everything in one step, positions last; answer only then."""
        if pending.seen != self.head:
            pending = self.begin(pending.asker, pending.changes)
        self.write(pending)
        return self.answer(pending)

    def write(self, pending: Pending) -> None:
        asker = pending.asker
        log = self.by_device.setdefault(asker.device, [])
        decided = {decision.receipt.n: decision for decision in pending.decisions}
        entries: list[Entry] = []
        touched: list[Record] = []
        for parsed in pending.changes:
            decision = decided.get(parsed.n)
            if decision is not None:
                entries.append(Entry(asker.device, asker.person, parsed, decision.receipt))
                touched += self._keep(decision)
        log += entries
        self.history += entries
        self.head += len(entries)
        self.watch.committed(self, entries, touched)

    def answer(self, pending: Pending) -> PushAnswer:
        log = self.by_device.get(pending.asker.device, [])
        receipts = [log[parsed.n - 1].receipt for parsed in pending.changes if parsed.n <= len(log)]
        return PushAnswer(self.epoch, receipts, len(log) + 1, 0, self.now)

    def edit(self, asker: Asker, changes: Sequence[Mapping[str, Any]], parse: Any) -> None:
        """A change made at a screen of the office, through the member's server-side device."""
        n = len(self.by_device.get(asker.device, [])) + 1
        raws = [msgspec.json.encode({**change, "n": n + i, "author": asker.person}) for i, change in enumerate(changes)]
        self.commit(self.begin(asker, [parse(raw, n + i) for i, raw in enumerate(raws)]))

    def allowed(self, person: str) -> list[str]:
        """Buckets this person's phone may hold now."""
        held = [bucket for bucket, spans in self.caseload.get(person, {}).items() if spans[-1][1] is None]
        return [ORG_BUCKET, specialist_bucket(person), *sorted(held)]

    def pull(self, asker: Asker, request: PullRequest) -> PullAnswer:
        """One batch from one snapshot. Cursors move where there are rows; a bucket read to its end gets the head."""
        scope = compare(request.since, self.allowed(asker.person))
        rows: list[Row] = []
        following: dict[str, int] = {}
        remaining = 0
        for bucket in sorted(scope.keep | scope.grant):
            since = request.since.get(bucket, 0)
            if self.newest.get(bucket, 0) <= since:
                continue
            new = sorted((seq, doc, gone) for doc, (seq, gone) in self.feed[bucket].items() if seq > since)
            room = request.limit_docs - len(rows)
            remaining += max(0, len(new) - room)
            if room > 0:
                rows += [self._row(bucket, doc, seq, is_gone=gone) for seq, doc, gone in new[:room]]
                following[bucket] = self.cursor_after([seq for seq, _, _ in new], room)
        if not remaining:
            following = dict.fromkeys(scope.grant, self.head) | following
        drops = [Drop(bucket, "reassigned") for bucket in sorted(scope.drop)]
        next_n = len(self.by_device.get(asker.device, [])) + 1
        answer = PullAnswer(
            self.epoch, self.head, 0, self.now, rows, following, sorted(scope.grant), drops, [], [], remaining,
            remaining > 0, next_n,
        )  # fmt: skip
        self.watch.answered(asker, answer, request.limit_docs)
        return answer

    def cursor_after(self, new: Sequence[int], room: int) -> int:
        """Cursor of a bucket once the first `room` of its new rows are applied."""
        return self.head if len(new) <= room else new[room - 1]

    def body(self, record: Record) -> msgspec.Raw:
        """A record on the wire."""
        cached = self._bodies.get(record.doc)
        if cached is not None and cached[0] == record.seq:
            return cached[1]
        fields = msgspec.Raw(msgspec.json.encode(record.fields))
        body = Body(
            record.author, record.state, record.captured, record.received, record.created, fields, record.signed,
            record.addenda, record.kept,
        )  # fmt: skip
        raw = msgspec.Raw(msgspec.json.encode(body))
        self._bodies[record.doc] = (record.seq, raw)
        return raw

    def _row(self, bucket: str, doc: str, seq: int, *, is_gone: bool) -> Row:
        record = self.records[doc]
        return Row(bucket, doc, record.type, seq, None if is_gone else self.body(record), "void" if is_gone else None)

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
