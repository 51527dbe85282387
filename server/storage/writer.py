"""The one writer. It gathers whatever waits into one transaction and answers after the commit.

So a hundred phones share one fsync, positions are handed out in the order of commits, and no reader ever sees a
position before a smaller one. See docs/protocol.md, "Positions".
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, Self, TypeVar, cast

from server.errors import StorageBusyError
from server.pokes import Pokes
from server.storage.changes import decide_round, prepare, redo, savepoint
from server.storage.connection import SqliteTransaction, Step
from server.storage.desk import Prepared
from server.storage.failures import is_of_the_database, translated
from server.storage.office import OfficeWork, prepare_office
from server.storage.port import Along, Decided, PullSeen, Submission, Transaction
from server.storage.pulls import pull_steps
from sync.forms import Form

T = TypeVar("T")
Job = Callable[[Transaction], Awaitable[Any]]
Asked = Prepared | OfficeWork
Work = Job | Asked | PullSeen

BEGIN: Final = Step("BEGIN IMMEDIATE")
DECIDING: Final = Step("SAVEPOINT deciding")
COMMIT: Final = Step("COMMIT")

ROUND_CHANGES: Final = 5_000
ROUND_WORKS: Final = 512
GATHER_S: Final = 0.004
"""How long to gather before the next round when the last one was shared: a crowd then needs few commits."""

WAITING_LIMIT_BYTES: Final = 64 * 1024 * 1024
WAITING_LIMIT: Final = 4_096


class Waiting:
    """One piece of work and the future its asker awaits; the asker may have gone away meanwhile."""

    __slots__ = ("answer", "size_bytes", "work")

    def __init__(self, work: Work, size_bytes: int = 0) -> None:
        self.work = work
        self.size_bytes = size_bytes
        self.answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    def settle(self, result: Any) -> None:
        if self.answer.done():
            return
        if isinstance(result, BaseException):
            self.answer.set_exception(result)
        else:
            self.answer.set_result(result)


class Writer:
    """Use as a context manager: leaving it finishes what waits, then stops."""

    def __init__(self, tx: SqliteTransaction, pokes: Pokes, forms: Mapping[str, Form]) -> None:
        self._tx = tx
        self._pokes = pokes
        self._forms = forms
        self._queue: deque[Waiting] = deque()
        self._waiting_bytes = 0
        self._is_closing = False
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run(), name="writer")
        return self

    async def __aexit__(self, *_: object) -> None:
        self._is_closing = True
        self._wake.set()
        if self._task is not None:
            await self._task

    async def run_job(self, job: Callable[[Transaction], Awaitable[T]]) -> T:
        """`port.Storage.write`."""
        return cast("T", await self._enqueue(Waiting(job)))

    async def submit(self, submission: Submission, along: Along | None = None) -> Decided:
        """`port.Storage.submit`."""
        size_bytes = sum(map(len, submission.raws))
        prepared = prepare(submission)
        prepared.along = along
        return cast("Decided", await self._enqueue(Waiting(prepared, size_bytes)))

    async def submit_office(self, work: OfficeWork) -> Decided:
        """`port.Storage.submit_office`."""
        return cast("Decided", await self._enqueue(Waiting(work)))

    async def see_pull(self, seen: PullSeen) -> None:
        """Keep the trace of a pull; answers when it is durable."""
        await self._enqueue(Waiting(seen))

    @property
    def waiting(self) -> int:
        """How many pieces of work wait; what `backoff_ms` is made of."""
        return len(self._queue)

    def _enqueue(self, waiting: Waiting) -> asyncio.Future[Any]:
        is_full = len(self._queue) >= WAITING_LIMIT or self._waiting_bytes + waiting.size_bytes > WAITING_LIMIT_BYTES
        if self._is_closing or is_full:
            raise StorageBusyError
        self._queue.append(waiting)
        self._waiting_bytes += waiting.size_bytes
        self._wake.set()
        return waiting.answer

    async def _run(self) -> None:
        is_crowded = False
        while self._queue or not self._is_closing:
            if not self._queue:
                self._wake.clear()
                await self._wake.wait()
                continue
            if is_crowded:
                await asyncio.sleep(GATHER_S)
            round_ = self._take()
            is_crowded = len(round_) > 1
            try:
                answers: Sequence[Any] = await self._commit([waiting.work for waiting in round_])
            except Exception as error:  # noqa: BLE001 - whatever it is goes to those who asked; the writer lives on
                answers = [translated(error)] * len(round_)
            for waiting, answer in zip(round_, answers, strict=True):
                waiting.settle(answer)
            orgs = {answer_org(w.work) for w in round_ if not isinstance(w.work, PullSeen)}
            self._pokes.poke(org for org in orgs if org is not None)

    def _take(self) -> list[Waiting]:
        """The next round in order of arrival: bounded, and with no device twice (its second part may be a repeat)."""
        taken: list[Waiting] = []
        devices: set[str] = set()
        changes = 0
        while self._queue and changes < ROUND_CHANGES and len(taken) < ROUND_WORKS:
            work = self._queue[0].work
            if isinstance(work, Prepared | OfficeWork):
                device = work.device if isinstance(work, OfficeWork) else work.submission.device
                if device in devices:
                    break
                devices.add(device)
                changes += len(work.changes if isinstance(work, OfficeWork) else work.parsed)
            waiting = self._queue.popleft()
            self._waiting_bytes -= waiting.size_bytes
            taken.append(waiting)
        return taken

    async def _commit(self, works: Sequence[Work]) -> list[Any]:
        """Pulls and jobs, then decisions, so that positions come last; one commit for all."""
        answers: dict[int, Any] = {}
        pulls = pull_steps([work for work in works if isinstance(work, PullSeen)])
        jobs = [i for i, work in enumerate(works) if callable(work)]
        asked = [i for i, work in enumerate(works) if isinstance(work, Prepared | OfficeWork)]
        try:
            if not jobs and not asked:
                await self._tx.together(BEGIN, *pulls, COMMIT)
                return [None] * len(works)
            await self._tx.together(BEGIN, *pulls, DECIDING)
            for i in jobs:
                answers[i] = await self._job(cast("Job", works[i]))
            if asked:
                if jobs:
                    await self._tx.together(DECIDING)
                decided = await self._decide([cast("Asked", works[i]) for i in asked])
                answers.update(zip(asked, decided, strict=True))
            await self._tx.step("COMMIT")
        except BaseException:
            if self._tx.is_open:
                await self._tx.step("ROLLBACK")
            raise
        return [answers.get(i) for i in range(len(works))]

    async def _job(self, job: Job) -> Any:
        try:
            async with savepoint(self._tx, "job"):
                return await job(self._tx)
        except Exception as error:
            if is_of_the_database(error):
                raise
            return error

    async def _decide(self, asked: Sequence[Asked]) -> list[Any]:
        """All at once; one by one if that fails."""
        try:
            ready = [await self._ready(work) for work in asked]
            decided = await decide_round(self._tx, ready, self._forms)
            for work, answer in zip(asked, decided, strict=True):
                await self._write_along(work, answer)
            return list(decided)
        except Exception as error:
            if is_of_the_database(error):
                raise
        await self._tx.step("ROLLBACK TO deciding")
        return [await self._redo(work) for work in asked]

    async def _redo(self, work: Asked) -> Any:
        try:
            async with savepoint(self._tx, "work"):
                answer = await redo(self._tx, await self._ready(work), self._forms)
                await self._write_along(work, answer)
                return answer
        except Exception as error:
            if is_of_the_database(error):
                raise
            return error

    async def _write_along(self, work: Asked, answer: Decided) -> None:
        if work.along is not None:
            await work.along(self._tx, answer)

    async def _ready(self, work: Asked) -> Prepared:
        return work if isinstance(work, Prepared) else await prepare_office(self._tx, work)


def answer_org(work: Work) -> int | None:
    """Organisation that a piece of work is about, if it says so."""
    if isinstance(work, Prepared):
        return work.submission.org
    return work.org if isinstance(work, OfficeWork) else None
