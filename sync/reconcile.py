"""The heart: changes of one device, in order, become decisions. Pure: state and changes in, decisions out.

Every change gets exactly one final outcome and takes exactly one seq, refused ones too. A bundle is decided as one.
A bug in a rule quarantines the change it met, never the others and never the request.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePath

from sync.effects import effect
from sync.intake import Parsed, needs, parse
from sync.messages import CHANGE_LIMIT_BYTES
from sync.refusal import Refused
from sync.state import Asker, End, Grant, Record, Span, State
from sync.verdict import Case, Decision, refuse

__all__ = ["Asker", "Decision", "End", "Grant", "Parsed", "Record", "State", "decide", "needs", "parse", "set_aside"]


def decide(state: State, asker: Asker, changes: Sequence[Parsed], first_seq: int, now: int) -> list[Decision]:
    """Decisions in the changes' order, with seq first_seq, first_seq + 1, ... Keeps `state` current.

    `changes`: new ones only, n dense; `now`: the office's clock (ms), recorded and never judged by.
    """
    decisions: list[Decision] = []
    at = 0
    while at < len(changes):
        end = _bundle_end(changes, at)
        cases = [Case(asker, parsed, first_seq + i, now) for i, parsed in enumerate(changes[at:end], at)]
        change = changes[at].change
        if change is None or change.bundle is None:
            decisions.append(_judge(state, cases[0]))
        else:
            decisions += _judge_bundle(state, cases, change.bundle_size)
        at = end
    return decisions


def set_aside(
    asker: Asker, changes: Sequence[Parsed], first_seq: int, now: int, reason: str = ""
) -> list[Decision]:
    """Salvaged work that a supervisor does not file: refused, and back in its author's inbox, word for word.

    A bundle is set aside as a whole, as it would be decided.
    """
    cases = (Case(asker, parsed, seq, now) for seq, parsed in enumerate(changes, first_seq))
    return [refuse(case, "rejected", "SET_ASIDE", reason=reason) for case in cases]


def _judge(state: State, case: Case) -> Decision:
    """One change by itself; the state follows only when it is accepted."""
    change = case.parsed.change
    if len(case.parsed.raw) > CHANGE_LIMIT_BYTES:
        return refuse(case, "rejected", "TOO_LARGE_CHANGE")
    if change is None:
        return refuse(case, "quarantined", "SCHEMA_UNREADABLE")
    try:
        decision = effect(state, case, change)
    except Refused as refusal:
        return refuse(case, "rejected", refusal.code, refusal.field)
    except Exception as error:  # noqa: BLE001 - whatever a rule does, the change is kept and the others go on
        return refuse(case, "quarantined", "INTERNAL", bug=_where(error))
    _follow(state, case, decision)
    return decision


def _judge_bundle(state: State, cases: list[Case], size: int) -> list[Decision]:
    """All or none. A bundle that a request border cut, or that does not state its size, is refused as a whole."""
    if len(cases) != size:
        return [refuse(case, "rejected", "BUNDLE_FAILED", "bundle_size") for case in cases]
    before = {case.parsed.doc: state.records.get(case.parsed.doc) for case in cases}
    caseload = dict(state.caseload)
    decisions: list[Decision] = []
    for case in cases:
        decision = _judge(state, case)
        decisions.append(decision)
        if decision.receipt.code is not None:
            _go_back(state, before, caseload)
            failed = decision.receipt.n
            return [
                decision if case.parsed.n == failed else refuse(case, "rejected", "BUNDLE_FAILED") for case in cases
            ]
    return decisions


def _follow(state: State, case: Case, decision: Decision) -> None:
    record = decision.record
    if record is not None:
        state.records[record.doc] = record
        if record.state == "signed" and (before := record.fields.get("supersedes")):
            state.revised.add(before)
    for grant in decision.grants:
        spans = state.caseload.get(grant.bucket, [])
        if grant.specialist == case.asker.person and all(to_seq is not None for _, to_seq in spans):
            state.caseload[grant.bucket] = [*spans, (grant.from_seq, None)]
    for ending in decision.ends:
        if ending.specialist == case.asker.person:
            spans = state.caseload.get(ending.bucket, [])
            state.caseload[ending.bucket] = [(start, case.seq if to is None else to) for start, to in spans]


def _go_back(state: State, before: Mapping[str, Record | None], caseload: Mapping[str, list[Span]]) -> None:
    for doc, record in before.items():
        if record is None:
            state.records.pop(doc, None)
        else:
            state.records[doc] = record
    state.caseload.clear()
    state.caseload.update(caseload)


def _bundle_end(changes: Sequence[Parsed], at: int) -> int:
    change = changes[at].change
    end = at + 1
    if change is not None and change.bundle is not None:
        while end < len(changes):
            other = changes[end].change
            if other is None or other.bundle != change.bundle:
                break
            end += 1
    return end


def _where(error: Exception) -> str:
    """Kind and place of a bug, without the words it stumbled over."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{PurePath(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace is not None else "?"
    return f"{type(error).__name__} at {place}"
