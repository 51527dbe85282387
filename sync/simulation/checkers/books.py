"""The books the checkers keep of one history, and how they say that an invariant does not hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sync.ids import ORG_BUCKET, specialist_bucket
from sync.messages import Receipt
from sync.simulation.checkers.oracle import flat, is_prose

if TYPE_CHECKING:
    from sync.simulation.office import Office


class Violation(AssertionError):  # noqa: N818 - the word of the invariants
    """An invariant does not hold."""

    def __init__(self, number: int, words: str) -> None:
        super().__init__(f"invariant {number}: {words}")
        self.number = number
        self.trace: list[str] = []


def hold(number: int, truth: bool, words: str) -> None:
    """Raise Violation unless true."""
    if not truth:
        raise Violation(number, words)


class Books:
    """What was captured and written, who was assigned, what devices have seen; by the checkers' own account."""

    office: Office

    def __init__(self) -> None:
        self.head = 0
        self.captured: dict[int, dict[int, bytes]] = {}
        self.hashes: set[tuple[str, int, bytes]] = set()
        self.prose: dict[tuple[str, str], set[str]] = {}
        self.saw_closing: dict[tuple[str, int, bytes], bool] = {}
        self.assigned: dict[str, Counter[str]] = {}
        self.voided: set[str] = set()
        self.seals: dict[str, str] = {}
        self.scopes: dict[tuple[str, int], set[str]] = {}
        self.seen: dict[tuple[int, str, str], int] = {}
        self.receipts: dict[tuple[str, int], Receipt] = {}

    def written(self, change: Mapping[str, Any]) -> None:
        """Words that somebody wrote."""
        for path, value in flat(change.get("set", {})):
            if isinstance(value, str) and (is_prose(path) or path == "text"):
                self.prose.setdefault((change["doc"], path), set()).add(value)

    def caseload(self, person: str) -> set[str]:
        """Buckets a specialist may hold now."""
        held = self.assigned.get(person, Counter())
        return {ORG_BUCKET, specialist_bucket(person)} | {bucket for bucket, count in held.items() if count > 0}
