"""The office's database through its restores: a chain of epochs, each parting from the one before at a fork.

A restore brings back an earlier state; what came after it is in no database any more, but the phones still hold it.
They are told the fork and offer everything above it again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Epoch(NamedTuple):
    """One epoch as an organisation sees it. `fork_seq`: highest seq it took over from the epoch before (0: none)."""

    epoch: str
    fork_seq: int


def shared_seq(lineage: Sequence[Epoch], theirs: str) -> int:
    """Highest seq that a device of epoch `theirs` has in common with the newest epoch of `lineage` (oldest first).

    An epoch that nobody knows shares nothing that could be proved: 0, and everything kept is offered again, which its
    identity makes harmless.
    """
    for at, epoch in enumerate(lineage):
        if epoch.epoch == theirs:
            return min((later.fork_seq for later in lineage[at + 1 :]), default=2**53 - 1)
    return 0


def may_begin_above(expected_n: int, first_n: int, *, has_pushed_since_restore: bool) -> bool:
    """True when a device may leave out the changes from `expected_n` to `first_n` - 1.

    After a restore to a backup older than what a phone was told is safe, the phone no longer has them. They are
    recorded as lost, once, rather than keeping the phone out for ever.
    """
    return first_n > expected_n and not has_pushed_since_restore
