"""The small port between the office and its database. Only `server.storage` speaks SQL.

Queries are named `file.query` and live in `queries/<file>.sql` under `-- name: query`; parameters are named
(`:org`). Every query about an organisation's data takes `org`: authorising is scoping.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol, TypeVar, runtime_checkable

import msgspec

from sync.messages import Problem, Receipt, Report
from sync.records.kind import Role

T = TypeVar("T")
Row = Mapping[str, Any]


class Rows(Protocol):
    """Reads from one snapshot."""

    async def all(self, query: str, /, **params: Any) -> Sequence[Row]:
        """All rows of a named query."""
        ...

    async def one(self, query: str, /, **params: Any) -> Row | None:
        """First row of a named query, or None."""
        ...

    async def several(self, *asked: tuple[str, Mapping[str, Any]]) -> Sequence[Sequence[Row]]:
        """All rows of several named queries, for the price of one trip to the database."""
        ...


class TakesLongError(Exception):
    """Raised by a job that runs in the event loop and finds that it would hold up the others."""


class Glance(Protocol):
    """One snapshot as a job sees it that runs beside the database, where no question costs a trip.

    `must_be_brief`: the job runs in the event loop; it reads a few dozen rows at most, or raises TakesLongError.
    """

    must_be_brief: bool

    def all(self, query: str, /, **params: Any) -> Sequence[Row]:
        """All rows of a named query."""
        ...

    def one(self, query: str, /, **params: Any) -> Row | None:
        """First row of a named query, or None."""
        ...


class Transaction(Rows, Protocol):
    """Reads and writes inside the writer's current transaction, under a savepoint of its own."""

    async def run(self, query: str, /, **params: Any) -> int:
        """Execute a named statement; the number of rows it touched."""
        ...

    async def many(self, query: str, rows: Iterable[Mapping[str, Any]], /) -> None:
        """Execute a named statement for every row of parameters."""
        ...


class Filing(msgspec.Struct, frozen=True):
    """Salvaged work is filed by a supervisor as the phone's own, whether that phone is revoked or not.

    `aside`: n and reason of what is not filed, but goes back to its author. `is_past_gap`: numbers missing before the
    first are given up as lost.
    """

    by: str
    aside: Mapping[int, str] = {}
    is_past_gap: bool = False


class Submission(msgspec.Struct, frozen=True):
    """Changes of one device, n = first_n, first_n+1, ...; `raws` are the bytes as captured. `now`: ms since 1970.

    `known_n`: a next_n of the device that was true a moment ago; what lies below is a repeat and is not read again.
    """

    org: int
    device: str
    person: str
    role: Role
    first_n: int
    raws: Sequence[bytes]
    now: int
    report: Report | None = None
    known_n: int = 1
    filing: Filing | None = None


class PullSeen(msgspec.Struct, frozen=True):
    """One batch handed out. `rows`: how many records it held."""

    org: int
    device: str
    person: str
    rows: int
    now: int
    report: Report | None = None


class Decided(msgspec.Struct, frozen=True):
    """Receipts of a submission in order of n, durable when this is returned; or the problem that refused it whole."""

    receipts: list[Receipt]
    next_n: int
    head: int
    problem: Problem | None = None


class OfficeChange(msgspec.Struct, frozen=True):
    """A change made at a screen of the office; n, author and clock are filled in where it is decided.

    `base`: the record's seq that the screen showed; None: the record as it stands when this is decided.
    """

    kind: str
    type: str
    doc: str
    bucket: str
    set: dict[str, Any] = {}
    reason: str | None = None
    base: int | None = None
    content_hash: str | None = None


Along = Callable[[Transaction, Decided], Awaitable[None]]


@runtime_checkable
class Storage(Protocol):
    """The office's memory. Every write is durable before it answers; concurrent writes share commits."""

    def read(self) -> AbstractAsyncContextManager[Rows]:
        """One read-only snapshot."""
        ...

    async def look(self, job: Callable[[Glance], T]) -> T:
        """Run `job` over one snapshot: in the event loop if it is brief, else again, in the thread of a reader.

        For the exchange, where a trip to a thread costs more than the queries. The job changes nothing.
        """
        ...

    async def write(self, job: Callable[[Transaction], Awaitable[T]]) -> T:
        """Run `job` in the writer, under its own savepoint; answers after the commit. Its exceptions come back."""
        ...

    async def submit(self, submission: Submission, along: Along | None = None) -> Decided:
        """Decide a phone's changes by `sync.reconcile` and keep them; the fast path of push and of the demo.

        `along`: as in `submit_office`.
        """
        ...

    async def submit_office(  # noqa: PLR0917 - who, what, when
        self,
        org: int,
        person: str,
        role: Role,
        changes: Sequence[OfficeChange],
        now: int,
        along: Along | None = None,
    ) -> Decided:
        """The same for a member at a screen, through that member's server-side device.

        `along` writes in the same transaction, after the changes are decided; if it raises, nothing of this is kept
        and its exception comes back.
        """
        ...

    async def see_pull(self, seen: PullSeen) -> None:
        """Keep the trace of a pull with the next commit; answers when it is durable."""
        ...

    @property
    def waiting(self) -> int:
        """How much work waits for the writer."""
        ...
