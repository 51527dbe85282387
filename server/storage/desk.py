"""The desk of one round: devices, positions, records and caseloads in memory, kept current while deciding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import msgspec

from server.storage.access_log import Access
from server.storage.connection import SqliteTransaction, ask
from server.storage.devices import report_row
from server.storage.port import Along, Decided, Filing, Submission
from server.storage.receipts import replayed
from server.storage.records import record_of
from server.storage.write_set import Touched, WriteSet
from sync.forms import Form
from sync.intake import Parsed
from sync.lineage import may_begin_above
from sync.messages import Problem
from sync.reconcile import Asker, State, decide, set_aside
from sync.state import Record
from sync.verdict import Case, Decision, refuse

Spans = list[tuple[int, int | None]]


class Prepared(msgspec.Struct):
    """A submission read before it waits for the writer: the parsed changes and the records they will need.

    `reviewed`: the notes among them that are to be returned or co-signed.

    `bug`: set when these changes were tried alone and failed; they are quarantined instead of decided. `along`:
    what is written with them, in the same transaction.
    """

    submission: Submission
    parsed: list[Parsed]
    needs: set[str]
    reviewed: set[str]
    bug: str | None = None
    along: Along | None = None


class Held(msgspec.Struct):
    """A device's row as the round knows it."""

    key: int
    id: str
    org: int
    person: str
    state: str
    mode: str | None
    next_n: int
    may_skip: int
    head: int


class Desk:
    """Made anew for every attempt: a failed attempt leaves nothing behind."""

    def __init__(self, tx: SqliteTransaction, forms: Mapping[str, Form]) -> None:
        self._tx = tx
        self._forms = forms
        self._devices: dict[str, Held] = {}
        self._heads: dict[int, int] = {}
        self._records: dict[int, dict[str, Record]] = {}
        self._revised: dict[int, set[str]] = {}
        self._as_created: dict[tuple[int, str], dict[str, Any]] = {}
        self._caseloads: dict[tuple[int, str], dict[str, Spans]] = {}
        self.writes = WriteSet()

    @classmethod
    async def load(cls, tx: SqliteTransaction, submissions: Sequence[Prepared], forms: Mapping[str, Form]) -> Desk:
        """Three queries in one hop, however many submissions there are."""
        desk = cls(tx, forms)
        askers = {(p.submission.org, p.submission.person) for p in submissions}
        orgs = sorted({org for org, _ in askers})
        docs = [set[str]().union(*(p.needs for p in submissions if p.submission.org == org)) for org in orgs]
        reviewed = [(org, some) for org in orgs if (some := _reviewed(submissions, org))]
        devices, caseloads, *by_org = await tx.together(
            ask("devices.by_ids", ids=_json([p.submission.device for p in submissions])),
            ask("caseload.spans", askers=_json(sorted(askers))),
            *(ask("records.by_docs", org=org, docs=_json(list(some))) for org, some in zip(orgs, docs, strict=True)),
            *(ask("records.revised", org=org, docs=_json(some)) for org, some in reviewed),
        )
        for row in devices:
            held = msgspec.convert(row, Held)
            desk._devices[held.id] = held
            desk._heads[held.org] = held.head
        for row in caseloads:
            spans = desk._caseloads.setdefault((row["org"], row["specialist"]), {}).setdefault(row["bucket"], [])
            spans.append((row["from_seq"], row["to_seq"]))
        for org, found in zip(orgs, by_org[: len(orgs)], strict=True):
            records = desk._records[org] = {}
            for row in found:
                record = records[row["doc"]] = record_of(row)
                if row["fields"] is None:
                    desk._as_created[org, record.doc] = record.fields
        for (org, _), found in zip(reviewed, by_org[len(orgs) :], strict=True):
            desk._revised[org] = {row["doc"] for row in found}
        return desk

    async def answer(self, prepared: Prepared) -> Decided:
        """Receipts for one submission: the stored ones for what was decided before, new ones for the rest."""
        submission = prepared.submission
        device = self._devices.get(submission.device)
        if device is None or device.org != submission.org or device.person != submission.person:
            return Decided([], 1, 0, Problem("NOT_SIGNED"))
        if problem := _objection(device, submission):
            return Decided([], device.next_n, device.head, problem)
        known = max(0, device.next_n - submission.first_n)
        receipts = await replayed(self._tx, device.key, prepared.parsed[:known])
        if receipts is None:
            if submission.filing is None:
                self._note_fork(device, submission)
            return Decided([], device.next_n, device.head, Problem("DEVICE_FORKED"))
        fresh = prepared.parsed[known:]
        if fresh:
            self._skip(device, submission)
            receipts += [decision.receipt for decision in self._decide(device, prepared, fresh)]
            device.next_n += len(fresh)
        self._note(device, submission)
        return Decided(receipts, device.next_n, self._heads[submission.org])

    def _decide(self, device: Held, prepared: Prepared, fresh: list[Parsed]) -> list[Decision]:
        submission = prepared.submission
        org, now = submission.org, submission.now
        asker = Asker(device.id, device.person, submission.role)
        head, records = self._heads[org], self._records[org]
        caseload = self._caseloads.setdefault((org, device.person), {})
        known = {doc: records[doc] for doc in prepared.needs if doc in records}
        state = State(known, caseload, self._forms, self._revised.setdefault(org, set()))
        if prepared.bug is None:
            decisions = _judged(state, asker, fresh, head + 1, submission)
        else:
            cases = [Case(asker, parsed, seq, now) for seq, parsed in enumerate(fresh, head + 1)]
            decisions = [refuse(case, "quarantined", "INTERNAL", bug=prepared.bug) for case in cases]
        self._caseloads[org, device.person] = state.caseload
        for parsed, decision in zip(fresh, decisions, strict=True):
            self._keep(org, device, parsed, decision)
        self._heads[org] = head + len(decisions)
        seen, _ = self.writes.heads.get(org, (head, head))
        self.writes.heads[org] = (seen, self._heads[org])
        return decisions

    def _keep(self, org: int, device: Held, parsed: Parsed, decision: Decision) -> None:
        self.writes.add(org, device.key, parsed, decision)
        if (record := decision.record) is not None:
            if decision.is_new_record:
                self._as_created[org, record.doc] = record.fields
            elif not decision.kept and (before := self._records[org].get(record.doc)) is not None:
                self.writes.settle(org, before, record)
            self._touch(org, record, device.key if decision.is_new_record else 0)
        for made in (decision.returned, decision.assignment):
            if made is not None:
                self._touch(org, made, device.key)
        for grant in decision.grants:
            self._grant(org, grant.specialist, grant.bucket, grant.from_seq, device.person)
        for ending in decision.ends:
            self._end(org, ending.specialist, ending.bucket, decision.receipt.seq, device.person)

    def _touch(self, org: int, record: Record, device: int) -> None:
        """Remember a record's newest standing; one that this round made is still an insert."""
        self._records[org][record.doc] = record
        touched = self.writes.touched.get((org, record.doc))
        device = touched.device if touched else device
        self.writes.touched[org, record.doc] = Touched(record, device, self._as_created.get((org, record.doc)))

    def _grant(self, org: int, specialist: str, bucket: str, seq: int, asker: str) -> None:
        """Another specialist's caseload follows at once, so that a later submission of this round sees it."""
        caseload = self._caseloads.get((org, specialist))
        if caseload is not None and specialist != asker:
            spans = caseload.setdefault(bucket, [])
            if all(to_seq is not None for _, to_seq in spans):
                spans.append((seq, None))

    def _end(self, org: int, specialist: str, bucket: str, seq: int, asker: str) -> None:
        caseload = self._caseloads.get((org, specialist))
        if caseload is not None and specialist != asker:
            caseload[bucket] = [(start, seq if to is None else to) for start, to in caseload.get(bucket, ())]

    def _skip(self, device: Held, submission: Submission) -> None:
        """What the device left out is on record as lost; it may do so once after a restore (sync/lineage.py)."""
        if submission.filing is None:
            device.may_skip = 0
        if submission.first_n > device.next_n:
            by = submission.filing.by if submission.filing else None
            gap = (device.next_n, submission.first_n - 1)
            self.writes.rows["devices.lost"].append((device.org, device.key, *gap, submission.now, by))
            device.next_n = submission.first_n

    def _note_fork(self, device: Held, submission: Submission) -> None:
        self.writes.rows["devices.forked"].append((device.key, submission.now))
        self.writes.rows["alarms.ring"].append(
            (device.org, "device_forked", device.key, submission.now, str(submission.first_n)),
        )

    def _note(self, device: Held, submission: Submission) -> None:
        now = submission.now
        if submission.filing is not None:
            self._note_filing(device, submission, submission.filing)
            return
        self.writes.rows["devices.pushed"].append((device.key, device.next_n, now, device.may_skip))
        if submission.report is not None:
            self.writes.rows["devices.reported"].append(report_row(device.id, now, submission.report))
        self.writes.audit(
            Access(submission.org, now, device.person, "push", device.id, number=len(submission.raws)),
        )

    def _note_filing(self, device: Held, submission: Submission, filing: Filing) -> None:
        """The phone itself was not heard; who filed its work, and who set it aside, is on record."""
        self.writes.rows["devices.pushed"].append((device.key, device.next_n, None, device.may_skip))
        aside = len(filing.aside)
        for action, number in (("salvage_filed", len(submission.raws) - aside), ("salvage_set_aside", aside)):
            if number:
                self.writes.audit(Access(submission.org, submission.now, filing.by, action, device.id, number=number))


def _reviewed(submissions: Sequence[Prepared], org: int) -> list[str]:
    return [doc for prepared in submissions if prepared.submission.org == org for doc in prepared.reviewed]


def _objection(device: Held, submission: Submission) -> Problem | None:
    """Why a submission is refused whole; checked under the writer, where nothing can change in between."""
    filing = submission.filing
    if device.state == "revoked" and filing is None:
        return Problem("DEVICE_REVOKED", mode="wipe_now" if device.mode == "wipe_now" else "lock")
    may_skip = filing.is_past_gap if filing else bool(device.may_skip)
    is_whole = submission.first_n <= device.next_n
    if not is_whole and not may_begin_above(device.next_n, submission.first_n, has_pushed_since_restore=not may_skip):
        return Problem("SEQ_GAP", expected_n=device.next_n)
    return None


def _judged(state: State, asker: Asker, fresh: list[Parsed], first_seq: int, submission: Submission) -> list[Decision]:
    """Decided by the agreement; of a filing, what is set aside among it is refused in its place."""
    if submission.filing is None or not submission.filing.aside:
        return decide(state, asker, fresh, first_seq, submission.now)
    aside, decisions = submission.filing.aside, list[Decision]()
    for reason, some in groupby(fresh, key=lambda parsed: aside.get(parsed.n)):
        run, seq = list(some), first_seq + len(decisions)
        if reason is None:
            decisions += decide(state, asker, run, seq, submission.now)
        else:
            decisions += set_aside(asker, run, seq, submission.now, reason)
    return decisions


def _json(values: Sequence[Any]) -> str:
    return msgspec.json.encode(values).decode()
