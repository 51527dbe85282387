"""Failures the office expects, as values a caller can answer with. Anything else is a bug and becomes a 500."""

from __future__ import annotations

from sync.messages import Problem


class SettingsError(Exception):
    """The environment asks for something unsafe or impossible; the office refuses to start."""


class BackupError(Exception):
    """A backup or a restore that cannot go on. `code` goes into the table of backups, the sentence to the operator."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class StorageFullError(Exception):
    """The disk or the database is full. Nothing of the group was kept, nothing may be acknowledged."""


class StorageBusyError(Exception):
    """More work is waiting than the office is willing to hold; the caller comes back later."""


class Refusal(Exception):  # noqa: N818 - an answer, not an accident
    """A refusal of the sync doors: HTTP status, stated problem, and the next nonce when the device is known.

    `untold`: the revoked device that learns it by this answer.
    """

    def __init__(self, status: int, problem: Problem, nonce: str | None = None) -> None:
        super().__init__(problem.code)
        self.status = status
        self.problem = problem
        self.nonce = nonce
        self.untold: str | None = None
