"""A desk for tests: one office state, phones and a supervisor that put changes on it, one seq after the other."""

from __future__ import annotations

from typing import Any

import msgspec

from sync.canonical import content_hash
from sync.ids import participant_bucket, specialist_bucket
from sync.reconcile import Asker, Decision, State, decide, parse


def an_id(number: int) -> str:
    return f"0190a000-0000-7000-8000-{number:012x}"


ANA, BEN, SUE = an_id(1), an_id(2), an_id(3)
SAM, ALEX = an_id(11), an_id(12)
NOTE = an_id(21)
WALL = 1_763_740_000_000
ANA_PHONE = Asker(an_id(31), ANA, "specialist")
ANA_TABLET = Asker(an_id(32), ANA, "specialist")
BEN_PHONE = Asker(an_id(33), BEN, "specialist")
SUE_DESK = Asker(an_id(34), SUE, "supervisor")

CORE: dict[str, Any] = {
    "participant": SAM,
    "contact_kind": "one_on_one",
    "form": "contact@1",
    "started_at": WALL - 7_200_000,
    "ended_at": WALL - 3_600_000,
    "zone": "America/Chicago",
    "setting": "home",
    "mode": "in_person",
}


class Desk:
    """`caseload`: of every specialist; the state's own is swapped in for whoever asks."""

    def __init__(self) -> None:
        self.caseload: dict[str, dict[str, list[tuple[int, int | None]]]] = {
            ANA: {participant_bucket(SAM): [(0, None)]},
            BEN: {participant_bucket(SAM): [(0, None)]},
        }
        self.state = State({}, {}, {})
        self.counters: dict[str, int] = {}
        self.head = 0

    def put(self, asker: Asker, *changes: dict[str, Any] | bytes) -> list[Decision]:
        """Changes of one request, counters filled in."""
        n = self.counters.get(asker.device, 0)
        raws = [
            change
            if isinstance(change, bytes)
            else msgspec.json.encode({**change, "n": n + i, "author": asker.person} | change)
            for i, change in enumerate(changes, 1)
        ]
        self.state.caseload = self.caseload.setdefault(asker.person, {})
        parsed = [parse(raw, n + i) for i, raw in enumerate(raws, 1)]
        decisions = decide(self.state, asker, parsed, self.head + 1, WALL + 5)
        self.counters[asker.device] = n + len(changes)
        self.head += len(changes)
        return decisions

    def one(self, asker: Asker, change: dict[str, Any] | bytes) -> Decision:
        return self.put(asker, change)[0]

    def fields(self, doc: str = NOTE) -> dict[str, Any]:
        return self.state.records[doc].fields

    def end(self, person: str, participant: str = SAM) -> None:
        """The specialist's assignment ends now."""
        spans = self.caseload[person][participant_bucket(participant)]
        self.head += 1
        spans[-1] = (spans[-1][0], self.head)


def note(kind: str = "create", doc: str = NOTE, **more: Any) -> dict[str, Any]:
    about = {"kind": kind, "type": "note", "doc": doc, "bucket": participant_bucket(SAM), "captured": {"wall": WALL}}
    return {**about, **({"set": CORE} if kind == "create" else {}), **more}


def person(kind: str = "create", doc: str = SAM, **more: Any) -> dict[str, Any]:
    about = {
        "kind": kind,
        "type": "participant",
        "doc": doc,
        "bucket": participant_bucket(doc),
        "captured": {"wall": WALL},
    }
    return {**about, **({"set": {"name": "Sam"}} if kind == "create" else {}), **more}


def draft(kind: str = "create", who: str = ANA, doc: str = an_id(41), **more: Any) -> dict[str, Any]:
    about = {"kind": kind, "type": "draft", "doc": doc, "bucket": specialist_bucket(who), "captured": {"wall": WALL}}
    return {**about, **({"set": {"form": "contact@1", "content": "{}"}} if kind == "create" else {}), **more}


def assignment(kind: str = "create", who: str = BEN, participant: str = ALEX, doc: str = an_id(51)) -> dict[str, Any]:
    about = {
        "kind": kind,
        "type": "assignment",
        "doc": doc,
        "bucket": specialist_bucket(who),
        "captured": {"wall": WALL},
    }
    return {**about, **({"set": {"specialist": who, "participant": participant}} if kind == "create" else {})}


def task(kind: str = "create", who: str = BEN, doc: str = an_id(61), **more: Any) -> dict[str, Any]:
    about = {"kind": kind, "type": "task", "doc": doc, "bucket": specialist_bucket(who), "captured": {"wall": WALL}}
    return {**about, **({"set": {"specialist": who, "text": "Call Sam."}} if kind == "create" else {}), **more}


def bundle(*changes: dict[str, Any], name: str = "b") -> list[dict[str, Any]]:
    return [{**change, "bundle": name, "bundle_size": len(changes)} for change in changes]


def sign(fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    return note("sign", content_hash=content_hash(fields), **more)


def verdicts(decisions: list[Decision]) -> list[str]:
    """Outcome, or code where there is one."""
    return [decision.receipt.code or decision.receipt.outcome for decision in decisions]
